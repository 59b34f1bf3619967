import type { FunctionStats } from './cached.js';
import { valueMutated, type CacheError } from './errors/index.js';
import type { Audience, CacheEvents, MissReason, RemovalReason } from './events.js';
import { notify } from './events.js';
import { showKey } from './key/index.js';
import { Counters } from './observe/counters.js';
import { RecentKeys } from './observe/recent-keys.js';
import type { CallOptions, CallOutcome, FunctionOptions } from './options.js';

/** How the next look-up of a key misses after its entry was removed so; not for what another takes the place of. */
const MISSED_AFTER: Readonly<Record<RemovalReason, MissReason | undefined>> = {
  evict: 'evicted',
  expire: 'expired',
  delete: 'deleted',
  clear: 'cleared',
  invalid: 'invalid',
  discard: 'unkept',
  replace: undefined,
  scope: undefined,
  close: undefined,
};

/** What has a key. */
interface Keyed {
  readonly key: string;
}

/** Counts what happens to one function's calls, remembers why keys are gone, and tells whoever listens. */
export class Reporter {
  readonly fn: string;
  /** What people are shown while it runs. */
  readonly #label: string | undefined;
  readonly #cache: string | undefined;
  readonly #events: CacheEvents;
  /** Asked at every hit: who hears of those that do not ask for it themselves. */
  readonly hearsHits: Audience;
  readonly counters: Counters = new Counters();
  /** How the look-up of a key that is not there misses. */
  readonly #gone = new RecentKeys<MissReason>();
  readonly #missed = new RecentKeys<MissReason>();

  constructor(events: CacheEvents, cache: string | undefined, fn: string, label: string | undefined) {
    this.#events = events;
    this.hearsHits = events.audience('hit');
    this.#cache = cache;
    this.fn = fn;
    this.#label = label;
  }

  /**
   * `saved`: how long the value took to compute. Allocates nothing when nobody listens, as everything on the hit path: the
   * text of a key may have to be made first.
   */
  hit(of: Keyed, tier: 'memory' | 'store', age: number, saved: number, { observe }: CallOptions): void {
    this.counters.hit(tier, saved);
    if (observe === undefined && !this.hearsHits.listens) return;
    this.#tell({ type: 'hit', ...this.#call(of.key), tier, age }, observe);
  }

  miss(key: string, reason: MissReason, { observe }: CallOptions): void {
    this.counters.miss(reason);
    this.#missed.note(key, reason);
    if (observe === undefined && !this.#events.wants('miss')) return;
    this.#tell({ type: 'miss', ...this.#call(key), reason }, observe);
  }

  join(key: string, { observe }: CallOptions): void {
    this.counters.joins += 1;
    if (observe === undefined && !this.#events.wants('join')) return;
    this.#tell({ type: 'join', ...this.#call(key) }, observe);
  }

  /** One who joined a run has its value, without a run of its own, which had taken about as long. */
  joined(duration: number): void {
    this.counters.saved(duration);
  }

  /** `saved` is 0 when it is served because a run has failed: then nothing was. */
  stale(
    key: string,
    age: number,
    saved: number,
    cause: 'revalidate' | 'error' | 'timeout',
    { observe }: CallOptions,
  ): void {
    this.counters.stale += 1;
    this.counters.saved(saved);
    if (observe === undefined && !this.#events.wants('stale')) return;
    this.#tell({ type: 'stale', ...this.#call(key), age, cause }, observe);
  }

  /** A stale answer got no refresh. */
  refreshSkipped(key: string, reason: 'limit' | 'cooldown'): void {
    if (this.#events.wants('refreshSkipped')) {
      this.#events.emit({ type: 'refreshSkipped', ...this.#call(key), reason });
    }
  }

  /** The function itself is about to be called; without a key for a call that nothing is kept of. */
  started(key: string | undefined): void {
    this.counters.runs += 1;
    if (key !== undefined) this.begun(key);
  }

  /** The run of a key has begun. */
  protected begun(key: string): void {
    if (this.#events.wants('started')) this.#events.emit({ type: 'started', ...this.#call(key), label: this.#label });
  }

  computed(key: string, duration: number, kept: boolean): void {
    this.counters.durations.add(duration);
    if (!kept) this.#gone.note(key, 'unkept');
    if (this.#events.wants('computed')) {
      this.#events.emit({ type: 'computed', ...this.#call(key), duration, kept });
    }
  }

  failed(key: string, duration: number, error: unknown): void {
    this.counters.errors += 1;
    if (this.#events.wants('failed')) this.#events.emit({ type: 'failed', ...this.#call(key), duration, error });
  }

  /** Nobody joins a run any more that goes on. */
  abandoned(key: string, reason: 'timeout' | 'deserted'): void {
    if (this.#events.wants('abandoned')) this.#events.emit({ type: 'abandoned', ...this.#call(key), reason });
  }

  /** A session-scoped function begins to run for nobody in particular. */
  anonymous(key: string): void {
    if (this.#events.wants('anonymous')) this.#events.emit({ type: 'anonymous', ...this.#call(key) });
  }

  /** Memory has refused a value because of its size. */
  notKept(key: string, bytes: number): void {
    this.#gone.note(key, 'unkept');
    if (this.#events.wants('notKept')) this.#events.emit({ type: 'notKept', ...this.#call(key), bytes });
  }

  /** An entry left memory; `missed` is how the next look-up misses, where that is known better than by the reason. */
  removed(key: string, reason: RemovalReason, missed: MissReason | undefined = MISSED_AFTER[reason]): void {
    this.counters.removals[reason] += 1;
    if (missed !== undefined) this.#gone.note(key, missed);
    if (this.#events.wants('removed')) this.#events.emit({ type: 'removed', ...this.#call(key), reason });
  }

  /** `delete` of a call; in a store there may be an entry also when memory had none. */
  deleted(key: string): void {
    this.#gone.note(key, 'deleted');
    if (this.#events.wants('deleted')) this.#events.emit({ type: 'deleted', ...this.#call(key) });
  }

  released(key: string, reason: RemovalReason): void {
    if (this.#events.wants('released')) this.#events.emit({ type: 'released', ...this.#call(key), reason });
  }

  releaseFailed(key: string, reason: RemovalReason, error: CacheError): void {
    this.#events.emit({ type: 'releaseFailed', ...this.#call(key), reason, error });
  }

  mutated(key: string, path: string): void {
    this.#events.emit({ type: 'mutated', ...this.#call(key), path, error: valueMutated(this.fn, path) });
  }

  cleared(): void {
    if (this.#events.wants('cleared')) this.#events.emit({ type: 'cleared', cache: this.#cache, fn: this.fn });
  }

  /** Why memory does not have a key, as far as that is remembered. */
  goneBecause(key: string): MissReason | undefined {
    return this.#gone.of(key);
  }

  /** Why the last look-up of a key that missed did so, as far as that is remembered. */
  lastMiss(key: string): MissReason | undefined {
    return this.#missed.of(key);
  }

  stats(entries: number, bytes: number): FunctionStats {
    return this.counters.stats(this.fn, entries, bytes);
  }

  #call(key: string): { readonly cache: string | undefined; readonly fn: string; readonly key: string } {
    return { cache: this.#cache, fn: this.fn, key: showKey(key) };
  }

  #tell(event: CallOutcome, observe: ((event: CallOutcome) => void) | undefined): void {
    if (observe !== undefined) notify(observe, event);
    this.#events.emit(event);
  }
}

/** What people are shown while a function runs (Streamlit's spinner). */
export function labelOf({ label }: Pick<FunctionOptions<never>, 'label'>, shown: string): string | undefined {
  return label === false ? undefined : (label ?? `Running \`${shown}()\``);
}

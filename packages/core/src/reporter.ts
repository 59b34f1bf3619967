import type { FunctionStats } from './cached.js';
import type { CacheError } from './errors.js';
import type { CacheEvents, MissReason, RemovalReason } from './events.js';
import { notify } from './events.js';
import { showKey } from './key/index.js';
import type { CallOptions, CallOutcome } from './options.js';

/** Counts what happens to one function's calls, and tells whoever listens. */
export class Reporter {
  readonly fn: string;
  readonly #cache: string | undefined;
  readonly #events: CacheEvents;
  #hits = 0;
  #misses = 0;
  #joins = 0;
  #stale = 0;
  #errors = 0;
  #runs = 0;

  constructor(events: CacheEvents, cache: string | undefined, fn: string) {
    this.#events = events;
    this.#cache = cache;
    this.fn = fn;
  }

  hit(key: string, tier: 'memory' | 'store', age: number, { observe }: CallOptions): void {
    this.#hits += 1;
    if (observe === undefined && !this.#events.wants('hit')) return;
    this.#tell({ type: 'hit', ...this.#call(key), tier, age }, observe);
  }

  miss(key: string, reason: MissReason, { observe }: CallOptions): void {
    this.#misses += 1;
    if (observe === undefined && !this.#events.wants('miss')) return;
    this.#tell({ type: 'miss', ...this.#call(key), reason }, observe);
  }

  join(key: string, { observe }: CallOptions): void {
    this.#joins += 1;
    if (observe === undefined && !this.#events.wants('join')) return;
    this.#tell({ type: 'join', ...this.#call(key) }, observe);
  }

  stale(key: string, age: number, cause: 'revalidate' | 'error', { observe }: CallOptions): void {
    this.#stale += 1;
    if (observe === undefined && !this.#events.wants('stale')) return;
    this.#tell({ type: 'stale', ...this.#call(key), age, cause }, observe);
  }

  /** The function itself is about to be called. */
  started(): void {
    this.#runs += 1;
  }

  computed(key: string, duration: number, kept: boolean): void {
    if (this.#events.wants('computed')) {
      this.#events.emit({ type: 'computed', ...this.#call(key), duration, kept });
    }
  }

  failed(key: string, duration: number, error: unknown): void {
    this.#errors += 1;
    if (this.#events.wants('failed')) this.#events.emit({ type: 'failed', ...this.#call(key), duration, error });
  }

  removed(key: string, reason: RemovalReason): void {
    if (this.#events.wants('removed')) this.#events.emit({ type: 'removed', ...this.#call(key), reason });
  }

  released(key: string, reason: RemovalReason): void {
    if (this.#events.wants('released')) this.#events.emit({ type: 'released', ...this.#call(key), reason });
  }

  releaseFailed(key: string, reason: RemovalReason, error: CacheError): void {
    this.#events.emit({ type: 'releaseFailed', ...this.#call(key), reason, error });
  }

  notKept(key: string, error: CacheError): void {
    if (this.#events.wants('notKept')) this.#events.emit({ type: 'notKept', ...this.#call(key), error });
  }

  cleared(): void {
    if (this.#events.wants('cleared')) this.#events.emit({ type: 'cleared', cache: this.#cache, fn: this.fn });
  }

  stats(entries: number, bytes: number): FunctionStats {
    return {
      name: this.fn,
      hits: this.#hits,
      misses: this.#misses,
      joins: this.#joins,
      stale: this.#stale,
      errors: this.#errors,
      runs: this.#runs,
      entries,
      bytes,
    };
  }

  #call(key: string): { readonly cache: string | undefined; readonly fn: string; readonly key: string } {
    return { cache: this.#cache, fn: this.fn, key: showKey(key) };
  }

  #tell(event: CallOutcome, observe: ((event: CallOutcome) => void) | undefined): void {
    if (observe !== undefined) notify(observe, event);
    this.#events.emit(event);
  }
}

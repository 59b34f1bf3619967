import type { Clock, Timer } from '../clock.js';
import { inRootContext } from '../context.js';
import { releaseFailed, type CacheError } from '../errors.js';
import type { ReleaseReason } from '../options.js';
import type { Reporter } from '../reporter.js';

/** One live thing, and how far it is on its way out. It is released once, whatever ends it. */
export interface Holding {
  /** The function that built it first, which is the one to release it. */
  readonly owner: Releaser;
  readonly key: string;
  readonly resource: unknown;
  /** Entries and flights that hold it. */
  claims: number;
  /** Why it goes, once nothing holds it any more. */
  leaving: ReleaseReason | undefined;
  delay: Timer | undefined;
  released: boolean;
}

/** How the resources of one function are let go; times in milliseconds. */
export interface ReleaserOptions {
  /** What every function of the cache holds: one that answers with another's resource shares its holding. */
  readonly holdings: WeakMap<object, Holding>;
  readonly report: Reporter;
  readonly clock: Clock;
  readonly onRelease: (resource: unknown, reason: ReleaseReason) => unknown;
  readonly releaseAfter: number;
  /** How long one release is waited for before it is reported as failed. */
  readonly timeout: number;
}

/** After these, whoever got the resource just before may go on using it for `releaseAfter` (hazard 41). */
const DELAYED: ReadonlySet<ReleaseReason> = new Set(['expire', 'evict', 'replace', 'invalid']);

/** Holds the resources of one function and lets each go exactly once. */
export class Releaser {
  readonly #options: ReleaserOptions;
  /** What has not been released, in the order in which it was made. */
  readonly #unreleased = new Set<Holding>();
  readonly #underWay = new Set<Promise<CacheError | undefined>>();

  constructor(options: ReleaserOptions) {
    this.#options = options;
  }

  /** Takes a resource in hand. A factory that answers with a known object gets its holding. */
  hold(key: string, resource: unknown): Holding {
    const { holdings } = this.#options;
    const known = isObject(resource) ? holdings.get(resource) : undefined;
    if (known !== undefined) {
      known.claims += 1;
      known.leaving = undefined;
      known.delay?.cancel();
      return known;
    }
    const holding: Holding = {
      owner: this,
      key,
      resource,
      claims: 1,
      leaving: undefined,
      delay: undefined,
      released: false,
    };
    this.#unreleased.add(holding);
    if (isObject(resource)) holdings.set(resource, holding);
    return holding;
  }

  /** One claim ends. When it was the last, the resource is released: later, or once its waiters have resumed. */
  letGo(holding: Holding, reason: ReleaseReason): void {
    holding.claims -= 1;
    if (holding.claims === 0 && !holding.released) holding.owner.#leave(holding, reason);
  }

  #leave(holding: Holding, reason: ReleaseReason): void {
    holding.leaving = reason;
    if (reason === 'close') {
      this.#release(holding, reason);
    } else if (DELAYED.has(reason) && this.#options.releaseAfter > 0) {
      const { clock, releaseAfter } = this.#options;
      holding.delay = clock.setTimer(() => this.#releaseIfLeft(holding), releaseAfter, 'background');
    } else {
      // Callers who wait for it resume first (hazard 57).
      inRootContext(() => setImmediate(() => this.#releaseIfLeft(holding)));
    }
  }

  /** Releases everything now, the last made first; resolves when all have ended, with those that failed. */
  async releaseAll(): Promise<readonly CacheError[]> {
    for (const holding of [...this.#unreleased].toReversed()) {
      holding.delay?.cancel();
      this.#release(holding, holding.leaving ?? 'close');
    }
    const ends = await Promise.all(this.#underWay);
    return ends.filter((failure) => failure !== undefined);
  }

  #releaseIfLeft(holding: Holding): void {
    if (holding.leaving !== undefined) this.#release(holding, holding.leaving);
  }

  #release(holding: Holding, reason: ReleaseReason): void {
    if (holding.released) return;
    holding.released = true;
    this.#unreleased.delete(holding);
    const end = inRootContext(() => this.#run(holding, reason));
    this.#underWay.add(end);
    void end.then(() => this.#underWay.delete(end));
  }

  /** Calls `onRelease`; what goes wrong is reported, and never reaches a caller. */
  async #run({ key, resource }: Holding, reason: ReleaseReason): Promise<CacheError | undefined> {
    const { report, onRelease } = this.#options;
    try {
      await this.#withinTimeout(Promise.resolve(onRelease(resource, reason)));
      report.released(key, reason);
      return undefined;
    } catch (error) {
      const why = error instanceof Error ? error.message : 'onRelease threw';
      const failure = releaseFailed(report.fn, reason, why, error);
      report.releaseFailed(key, reason, failure);
      return failure;
    }
  }

  async #withinTimeout(work: Promise<unknown>): Promise<void> {
    const { clock, timeout } = this.#options;
    let timer: Timer | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const tooLate = (): void => reject(new Error(`it did not end within ${timeout} ms`));
      timer = clock.setTimer(tooLate, timeout, 'awaited');
    });
    try {
      await Promise.race([work, late]);
    } finally {
      timer?.cancel();
    }
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

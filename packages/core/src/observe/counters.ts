import type { FunctionStats } from '../cached.js';
import type { MissReason, RemovalReason } from '../events.js';
import { DurationSketch } from './duration-sketch.js';

/** What is counted of one function since it was wrapped. Counting allocates nothing. */
export class Counters {
  joins = 0;
  stale = 0;
  errors = 0;
  runs = 0;
  savedMs = 0;
  readonly durations: DurationSketch = new DurationSketch();
  readonly removals: Record<RemovalReason, number> = {
    evict: 0,
    expire: 0,
    delete: 0,
    clear: 0,
    replace: 0,
    invalid: 0,
    scope: 0,
    close: 0,
    discard: 0,
  };
  #memoryHits = 0;
  #storeHits = 0;
  readonly #missReasons: Record<MissReason, number> = {
    cold: 0,
    expired: 0,
    evicted: 0,
    deleted: 0,
    cleared: 0,
    tag: 0,
    unkept: 0,
    invalid: 0,
    'memory-ttl': 0,
    fence: 0,
    damaged: 0,
    'store-down': 0,
    refresh: 0,
  };

  /** `saved`: how long the value took to compute, in milliseconds. */
  hit(tier: 'memory' | 'store', saved: number): void {
    if (tier === 'memory') this.#memoryHits += 1;
    else this.#storeHits += 1;
    this.savedMs += saved;
  }

  miss(reason: MissReason): void {
    this.#missReasons[reason] += 1;
  }

  /** All of it as it stands, of the function that is shown by this name; what memory has now is told by its shelf. */
  stats(name: string, entries: number, bytes: number): FunctionStats {
    const { joins, stale, errors, runs, savedMs, durations } = this;
    const missReasons = { ...this.#missReasons };
    return {
      name,
      hits: this.#memoryHits + this.#storeHits,
      hitsFrom: { memory: this.#memoryHits, store: this.#storeHits },
      misses: Object.values(missReasons).reduce((sum, count) => sum + count, 0),
      missReasons,
      joins,
      stale,
      errors,
      runs,
      computeMs: { p50: durations.quantile(0.5), p95: durations.quantile(0.95) },
      savedMs,
      removals: { ...this.removals },
      entries,
      bytes,
    };
  }
}

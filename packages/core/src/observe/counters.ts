import type { FunctionStats } from '../cached.js';
import type { MissReason, RemovalReason } from '../events.js';
import { DurationSketch } from './duration-sketch.js';

/** What is counted of one function since it was wrapped. Counting allocates nothing. */
export class Counters {
  joins = 0;
  stale = 0;
  errors = 0;
  runs = 0;
  #savedMicros = 0;
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

  /** A hit of memory, of what took so many microseconds to compute; answers with how many there were. */
  memoryHit(micros: number): number {
    this.#savedMicros += micros;
    return (this.#memoryHits += 1);
  }

  /** The same of either tier, in milliseconds. */
  hit(tier: 'memory' | 'store', saved: number): void {
    if (tier === 'memory') this.#memoryHits += 1;
    else this.#storeHits += 1;
    this.saved(saved);
  }

  /** What took so many milliseconds to compute was not computed again. */
  saved(duration: number): void {
    this.#savedMicros += duration * 1000;
  }

  miss(reason: MissReason): void {
    this.#missReasons[reason] += 1;
  }

  /** All of it as it stands, of the function that is shown by this name; what memory has now is told by its shelf. */
  stats(name: string, entries: number, bytes: number): FunctionStats {
    const { joins, stale, errors, runs, durations } = this;
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
      savedMs: this.#savedMicros / 1000,
      removals: { ...this.removals },
      entries,
      bytes,
    };
  }
}

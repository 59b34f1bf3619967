import type { Acts } from '../effect/index.js';
import { ValueEntry, type MemoryTier, type Shelf } from '../memory/index.js';
import { isCurrent, type Generations, type TagStamp } from '../run/generation.js';

/** What a run has thrown, and what it had recorded by then. */
export type Thrown = Pick<Failure, 'error' | 'acts'>;

/** A failure that is thrown again without a run. */
export interface Failure {
  readonly error: unknown;
  /** What was recorded before it failed. */
  readonly acts: Acts | undefined;
  readonly failedAt: number;
  readonly until: number;
  readonly stamps: readonly TagStamp[];
}

/** The estimated bytes of an error, with its message and its stack. */
const ERROR_BYTES = 1000;

/** The failures of one function that are kept for a while (`errorTtl`). */
export class Failures {
  readonly #shelf: Shelf<ValueEntry<Failure>>;
  readonly #generations: Generations;

  constructor(memory: MemoryTier, generations: Generations, maxEntries: number | undefined) {
    this.#generations = generations;
    this.#shelf = memory.shelf<ValueEntry<Failure>>({
      maxEntries,
      maxBytes: undefined,
      budgeted: true,
      onRemove: ({ value }) => generations.release(value.stamps),
      // Larger than the whole budget: then it is not kept.
      onRefuse: () => undefined,
    });
  }

  /** The failure that a call of this key is answered with at this instant. */
  get(key: string, now: number): Failure | undefined {
    const entry = this.#shelf.get(key);
    if (entry === undefined) return undefined;
    if (now < entry.value.until && isCurrent(entry.value.stamps)) return entry.value;
    this.#shelf.remove(entry, 'expire');
    return undefined;
  }

  /** Keeps a failure; `tags` are those that are known without a result. */
  keep(key: string, { error, acts }: Thrown, tags: readonly string[], now: number, ttl: number): void {
    const stamps = this.#generations.stamp(tags);
    const bytes = ERROR_BYTES + (acts?.bytes ?? 0);
    const failure = { error, acts, failedAt: now, until: now + ttl, stamps };
    const placed = this.#shelf.set(key, new ValueEntry(failure), bytes, failure.until);
    if (placed === undefined) this.#generations.release(stamps);
  }

  /** Drops the failure of a key, unless it is later than a value that was computed at an instant. */
  dropUntil(key: string, computedAt: number): void {
    const failure = this.#shelf.get(key);
    if (failure !== undefined && failure.value.failedAt <= computedAt) this.drop(key);
  }

  drop(key: string): void {
    this.#shelf.removeKey(key, 'delete');
  }

  clear(): void {
    this.#shelf.clear('clear');
  }
}

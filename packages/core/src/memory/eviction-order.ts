import { Queue, type Link } from './queue.js';

/** The bit of `marks` that the order of a shelf reads. */
export const SHELF_BIT = 1;
/** The bit of `marks` that the order of the whole cache reads. */
export const CACHE_BIT = 2;
/** What a hit sets. */
export const USED: number = SHELF_BIT | CACHE_BIT;

/** The bits beside them that tell which queue an item is in. */
const PROVEN = 2;

/** While more than this part of all is on trial, what has to go is taken from there. */
const TRIAL = 1 / 4;

/**
 * Chooses what to evict, by two queues: S3-FIFO (Yang et al., "FIFO Queues are All You Need for Cache Eviction", SOSP
 * 2023) with one bit an item and without the memory of what was evicted.
 *
 * New items are on trial. What was used by the time it is the oldest there has proven itself, and moves on; otherwise it
 * is the victim, so that what is asked for once leaves soon. The oldest of the proven begins anew if it was used since,
 * and is the victim if not, so that what was popular once leaves, too. A hit sets one bit and moves nothing; an eviction
 * moves as many items as were hit meanwhile.
 */
export class EvictionOrder<T extends { marks: number }> {
  readonly #bit: number;
  readonly #onTrial = new Queue<T>();
  readonly #proven = new Queue<T>();

  constructor(bit: number) {
    this.#bit = bit;
  }

  get size(): number {
    return this.#onTrial.size + this.#proven.size;
  }

  /** Enters what leads to an item. */
  add(link: Link<T>): void {
    this.#onTrial.add(link);
  }

  remove(link: Link<T>): void {
    const { item } = link;
    const proven = this.#bit << PROVEN;
    if ((item.marks & proven) === 0) this.#onTrial.remove(link);
    else this.#proven.remove(link);
    item.marks &= ~proven;
  }

  /** The item to evict next, or undefined when there is none. The caller removes it. */
  victim(): T | undefined {
    for (;;) {
      const queue = this.#onTrial.size > TRIAL * this.size ? this.#onTrial : this.#proven;
      const link = queue.oldest;
      if (link === undefined || (link.item.marks & this.#bit) === 0) return link?.item;
      queue.remove(link);
      link.item.marks = (link.item.marks & ~this.#bit) | (this.#bit << PROVEN);
      this.#proven.add(link);
    }
  }
}

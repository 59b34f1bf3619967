/** The bit of `hot` that the order of a shelf reads. */
export const SHELF_BIT = 1;
/** The bit of `hot` that the order of the whole cache reads. */
export const CACHE_BIT = 2;
/** What a hit writes. */
export const HOT: number = SHELF_BIT | CACHE_BIT;

/** A place in a {@link Sieve}: newer towards `newer`, older towards `older`. */
export class Link<T> {
  readonly item: T;
  newer: Link<T> | undefined = undefined;
  older: Link<T> | undefined;

  constructor(item: T, older: Link<T> | undefined) {
    this.item = item;
    this.older = older;
  }
}

/**
 * Chooses what to evict: SIEVE (Zhang et al., "SIEVE is Simpler than LRU", NSDI 2024).
 *
 * New items enter at the young end. A hand walks from the old end to the young one: an item whose bit is set loses the
 * bit and stays, the first without it is the victim. A hit writes one bit and moves nothing.
 */
export class Sieve<T extends { hot: number }> {
  readonly #bit: number;
  #newest: Link<T> | undefined;
  #oldest: Link<T> | undefined;
  #hand: Link<T> | undefined;
  #size = 0;

  constructor(bit: number) {
    this.#bit = bit;
  }

  get size(): number {
    return this.#size;
  }

  add(item: T): Link<T> {
    const link = new Link(item, this.#newest);
    if (this.#newest === undefined) this.#oldest = link;
    else this.#newest.newer = link;
    this.#newest = link;
    this.#size += 1;
    return link;
  }

  remove(link: Link<T>): void {
    if (this.#hand === link) this.#hand = link.newer;
    if (link.newer === undefined) this.#newest = link.older;
    else link.newer.older = link.older;
    if (link.older === undefined) this.#oldest = link.newer;
    else link.older.newer = link.newer;
    // What has left must not lead on to what is still in: once it is old, the collector takes whatever it refers to for
    // alive, and so on along the whole order, until it looks at all memory.
    link.newer = undefined;
    link.older = undefined;
    this.#size -= 1;
  }

  /** The item to evict next, or undefined when there is none. The caller removes it. */
  victim(): T | undefined {
    let link = this.#hand ?? this.#oldest;
    while (link !== undefined && (link.item.hot & this.#bit) !== 0) {
      link.item.hot &= ~this.#bit;
      link = link.newer ?? this.#oldest;
    }
    this.#hand = link;
    return link?.item;
  }

  /** Every item, the oldest first. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let link = this.#oldest; link !== undefined; link = link.newer) yield link.item;
  }
}

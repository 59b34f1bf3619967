/** Where the index notes the place of an item. */
interface Expiring {
  heapIndex: number;
}

/**
 * A binary heap of what expires, the next first; each item knows its place, so that it can leave at any time. The instants
 * lie side by side: V8 would box each that an item has.
 */
export class ExpiryIndex<T extends Expiring> {
  readonly #heap: T[] = [];
  readonly #instants: number[] = [];

  /** The item that expires next, or undefined when nothing does. */
  get first(): T | undefined {
    return this.#heap[0];
  }

  /** When it does; Infinity for never. */
  get firstInstant(): number {
    return this.#at(0);
  }

  /** Enters an item that is not in. */
  add(item: T, instant: number): void {
    this.#place(item, instant, this.#heap.length);
    this.#rise(item, instant);
  }

  remove(item: T): void {
    const hole = item.heapIndex;
    if (hole < 0) return;
    item.heapIndex = -1;
    const last = this.#heap.pop();
    const instant = this.#instants.pop();
    if (last === undefined || last === item || instant === undefined) return;
    this.#place(last, instant, hole);
    this.#rise(last, instant);
    this.#sink(last, instant);
  }

  #place(item: T, instant: number, index: number): void {
    this.#heap[index] = item;
    this.#instants[index] = instant;
    item.heapIndex = index;
  }

  #rise(item: T, instant: number): void {
    while (item.heapIndex > 0) {
      const index = item.heapIndex;
      const above = (index - 1) >> 1;
      const parent = this.#heap[above];
      const parentInstant = this.#at(above);
      if (parent === undefined || parentInstant <= instant) return;
      this.#place(parent, parentInstant, index);
      this.#place(item, instant, above);
    }
  }

  #sink(item: T, instant: number): void {
    for (;;) {
      const index = item.heapIndex;
      const below = this.#earlierBelow(index);
      const child = this.#heap[below];
      const childInstant = this.#at(below);
      if (child === undefined || childInstant >= instant) return;
      this.#place(child, childInstant, index);
      this.#place(item, instant, below);
    }
  }

  #earlierBelow(index: number): number {
    const left = 2 * index + 1;
    return this.#at(left + 1) < this.#at(left) ? left + 1 : left;
  }

  #at(index: number): number {
    return index < this.#instants.length ? (this.#instants[index] ?? Infinity) : Infinity;
  }
}

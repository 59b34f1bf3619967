/** What the index orders by, and where it notes its place. */
interface Expiring {
  readonly expiresAt: number;
  heapIndex: number;
}

/** A binary heap of what expires, the next first; each item knows its place, so that it can leave at any time. */
export class ExpiryIndex<T extends Expiring> {
  readonly #heap: T[] = [];

  /** The item that expires next, or undefined when nothing does. */
  get first(): T | undefined {
    return this.#heap[0];
  }

  add(item: T): void {
    this.#place(item, this.#heap.length);
    this.#rise(item);
  }

  remove(item: T): void {
    const hole = item.heapIndex;
    if (hole < 0) return;
    item.heapIndex = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === item) return;
    this.#place(last, hole);
    this.#rise(last);
    this.#sink(last);
  }

  #place(item: T, index: number): void {
    this.#heap[index] = item;
    item.heapIndex = index;
  }

  #rise(item: T): void {
    while (item.heapIndex > 0) {
      const index = item.heapIndex;
      const above = (index - 1) >> 1;
      const parent = this.#heap[above];
      if (parent === undefined || parent.expiresAt <= item.expiresAt) return;
      this.#place(parent, index);
      this.#place(item, above);
    }
  }

  #sink(item: T): void {
    for (;;) {
      const child = this.#earlierChild(item.heapIndex);
      if (child === undefined || child.expiresAt >= item.expiresAt) return;
      const index = item.heapIndex;
      this.#place(item, child.heapIndex);
      this.#place(child, index);
    }
  }

  #earlierChild(index: number): T | undefined {
    const left = this.#heap[2 * index + 1];
    const right = this.#heap[2 * index + 2];
    return right !== undefined && left !== undefined && right.expiresAt < left.expiresAt ? right : left;
  }
}

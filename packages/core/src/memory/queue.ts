/** A place in a {@link Queue}: newer towards `newer`, older towards `older`. */
export interface Link<T> {
  readonly item: T;
  newer: Link<T> | undefined;
  older: Link<T> | undefined;
}

/**
 * Made by a constructor and no literal: once most objects of a literal have lived for long, V8 makes all later ones in its old
 * space, where each holds on to its item, and to all that this refers to, until everything is collected.
 */
class Place<T> implements Link<T> {
  readonly item: T;
  newer: Link<T> | undefined = undefined;
  older: Link<T> | undefined = undefined;

  constructor(item: T) {
    this.item = item;
  }
}

/** A place for an item that is none itself. */
export function linkTo<T>(item: T): Link<T> {
  return new Place(item);
}

/** A queue that anything can leave at any time. */
export class Queue<T> {
  #newest: Link<T> | undefined;
  #oldest: Link<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get oldest(): Link<T> | undefined {
    return this.#oldest;
  }

  /** Puts a link, which is in no queue, at the young end. */
  add(link: Link<T>): void {
    link.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = link;
    else this.#newest.newer = link;
    this.#newest = link;
    this.#size += 1;
  }

  remove(link: Link<T>): void {
    if (link.newer === undefined) this.#newest = link.older;
    else link.newer.older = link.older;
    if (link.older === undefined) this.#oldest = link.newer;
    else link.older.newer = link.newer;
    // What has left must not lead on to what is still in: once it is old, the collector takes whatever it refers to for
    // alive, and so on along the whole queue, until it looks at all memory.
    link.newer = undefined;
    link.older = undefined;
    this.#size -= 1;
  }
}

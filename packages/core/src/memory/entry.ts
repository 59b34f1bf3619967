import type { RemovalReason } from '../events.js';
import { detached, keyOfOnly, type Alias } from '../key/index.js';
import { USED } from './eviction-order.js';
import type { Link } from './queue.js';

/** Where an entry is kept: the indexes of the whole cache ask it to let the entry go. */
export interface EntryOwner {
  /** Whether its entries count against the byte budget of the cache. */
  readonly budgeted: boolean;
  remove(entry: Entry, reason: RemovalReason): void;
  usefulUntil(entry: Entry, now: number): number;
}

const NOBODY: EntryOwner = { budgeted: false, remove: () => undefined, usefulUntil: () => -Infinity };

/** The bit of `marks` that tells that the text stands for the key; those of the orders by use are below. */
const BY_TEXT = 16;

/**
 * What memory notes of one thing that it keeps: its places in the indexes by use and by expiry. What is kept is what a
 * class adds to it, so that a hit finds all in one object. There may be millions: what most of them do not have takes
 * no room.
 */
export abstract class Entry implements Link<Entry> {
  /** Whether it was used lately, and where it stands: bits of each order by use, of which a hit sets one. */
  marks: number = BY_TEXT;
  /** Its place in the heap of the expiry index, or -1. */
  heapIndex = -1;
  /** Estimated bytes, key and bookkeeping included; 0 while it is not in a shelf. */
  bytes = 0;
  /** What it is found by without its key, when it has been found by that key before. */
  alias: Alias | undefined;
  /** Its place in the order of the shelf, when the shelf has limits of its own. */
  inShelf: Link<this> | undefined;
  /** Its place in the order of the whole cache, when it counts against the byte budget. */
  newer: Link<Entry> | undefined;
  older: Link<Entry> | undefined;
  #owner = NOBODY;
  /** Its key, or the primitive that is all of that. */
  #name: unknown = '';

  /** It is in a shelf from now on, under a key for which `only` stands if that is not undefined; the shelf calls it. */
  enter(owner: EntryOwner, key: string, only: unknown, bytes: number): void {
    this.#owner = owner;
    this.bytes = bytes;
    if (only === undefined) this.#name = key;
    else {
      this.#name = detached(only);
      this.marks &= ~BY_TEXT;
    }
  }

  get owner(): EntryOwner {
    return this.#owner;
  }

  /** The primitive that is all of its key, where that stands for the key; undefined where the text does. */
  get only(): unknown {
    return (this.marks & BY_TEXT) === 0 ? this.#name : undefined;
  }

  /** Made anew each time, where a primitive stands for it. */
  get key(): string {
    const isText = (this.marks & BY_TEXT) !== 0;
    return isText && typeof this.#name === 'string' ? this.#name : keyOfOnly(this.#name);
  }

  /** From now on the text stands for its key. */
  holdText(): void {
    this.#name = this.key;
    this.marks |= BY_TEXT;
  }

  /** Notes a use: one write. */
  touch(): void {
    this.marks |= USED;
  }

  /** Whether it was used since something was last evicted in its place. */
  get usedLately(): boolean {
    return (this.marks & USED) !== 0;
  }

  get item(): this {
    return this;
  }
}

/** An entry that is nothing but the place of a value. */
export class ValueEntry<V> extends Entry {
  readonly value: V;

  constructor(value: V) {
    super();
    this.value = value;
  }
}

import type { RemovalReason } from '../events.js';
import { detached, keyOfOnly, type Alias } from '../key/index.js';
import { USED } from './eviction-order.js';
import type { Link } from './queue.js';

/** Where an entry is kept: the indexes of the whole cache ask it to let the entry go. */
export interface EntryOwner {
  /** Whether its entries count against the byte budget of the cache. */
  readonly budgeted: boolean;
  remove(entry: Entry<unknown>, reason: RemovalReason): void;
  usefulUntil(entry: Entry<unknown>, now: number): number;
}

/**
 * One kept value of one function, with its places in the indexes by use and by expiry. There may be millions, so that
 * what most of them do not have takes no room: V8 boxes each number that is no small integer, and so each Infinity.
 */
export class Entry<V> implements Link<Entry<unknown>> {
  readonly owner: EntryOwner;
  readonly value: V;
  /** Estimated bytes, key and bookkeeping included; 0 when it has left. */
  bytes: number;
  /** Whether it was used lately, and where it stands: bits of each order by use, of which a hit sets one. */
  marks = 0;
  /** What it is found by without its key, when it has been found by that key before. */
  alias: Alias | undefined;
  /** Its place in the heap of the expiry index, or -1. */
  heapIndex = -1;
  /** Its place in the order of the shelf, when the shelf has limits of its own. */
  inShelf: Link<Entry<V>> | undefined;
  /** Its place in the order of the whole cache, when it counts against the byte budget. */
  newer: Link<Entry<unknown>> | undefined;
  older: Link<Entry<unknown>> | undefined;
  /** The primitive that is all of its key, where that stands for the key; undefined where the text does. */
  only: unknown;
  #text: string | undefined;
  #expiresAt: number | undefined;

  constructor(owner: EntryOwner, key: string, only: unknown, value: V, bytes: number, expiresAt: number) {
    this.owner = owner;
    this.value = value;
    this.bytes = bytes;
    this.only = detached(only);
    this.#text = only === undefined ? key : undefined;
    this.expiresAt = expiresAt;
  }

  /** Made anew each time, where a primitive stands for it. */
  get key(): string {
    return this.#text ?? keyOfOnly(this.only);
  }

  /** From now on the text stands for its key. */
  holdText(): void {
    this.#text = this.key;
    this.only = undefined;
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

  /** The instant (of the cache's clock) from which it is of no use; Infinity for never. */
  get expiresAt(): number {
    return this.#expiresAt ?? Infinity;
  }

  set expiresAt(instant: number) {
    this.#expiresAt = instant === Infinity ? undefined : instant;
  }
}

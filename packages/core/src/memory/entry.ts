import type { RemovalReason } from '../events.js';
import type { Alias } from '../key/index.js';
import type { Link } from './sieve.js';

/** Where an entry is kept: the indexes of the whole cache ask it to let the entry go. */
export interface EntryOwner {
  removeKey(key: string, reason: RemovalReason): void;
  usefulUntil(key: string, now: number): number;
}

/** One kept value of one function, with its places in the indexes by use and by expiry. */
export class Entry<V> {
  readonly owner: EntryOwner;
  readonly key: string;
  readonly value: V;
  /** Estimated bytes, key and bookkeeping included. */
  bytes: number;
  /** The instant (of the cache's clock) from which it is of no use; Infinity for never. */
  expiresAt: number;
  /** One bit for each index by use; a hit sets both with one write. */
  hot = 0;
  /** What it is found by without its key, when it has been found by that key before. */
  alias: Alias | undefined;
  /** Its place in the heap of the expiry index, or -1. */
  heapIndex = -1;
  /** Its place in the order of the shelf, when the shelf has limits of its own. */
  inShelf: Link<Entry<V>> | undefined;
  /** Its place in the order of the whole cache, when it counts against the byte budget. */
  inCache: Link<Entry<unknown>> | undefined;

  constructor(owner: EntryOwner, key: string, value: V, bytes: number, expiresAt: number) {
    this.owner = owner;
    this.key = key;
    this.value = value;
    this.bytes = bytes;
    this.expiresAt = expiresAt;
  }
}

import type { RemovalReason } from '../events.js';
import { Entry, type EntryOwner } from './entry.js';
import { LastingMap } from './lasting-map.js';
import type { MemoryTier } from './memory-tier.js';
import { HOT, SHELF_BIT, Sieve } from './sieve.js';

/** Estimated bytes of an entry beside its value: the entry, its places in the indexes, and the slot of the map. */
const ENTRY_OVERHEAD = 200;

/** The limits of one function's entries. */
export interface ShelfOptions<V> {
  readonly maxEntries: number | undefined;
  readonly maxBytes: number | undefined;
  /** Whether the entries count against the cache's byte budget (data), or not (resources). */
  readonly budgeted: boolean;
  /** Asked when an entry's time has come: a later instant keeps it until then. Default: none. */
  readonly usefulUntil?: ((entry: Entry<V>, now: number) => number) | undefined;
  /** Told of every entry that leaves, with the reason, after it has left. */
  readonly onRemove: (entry: Entry<V>, reason: RemovalReason) => void;
  /** Told of a value that is larger than a limit, with the bytes that its entry would have. */
  readonly onRefuse: (key: string, bytes: number) => void;
}

/** The entries of one function in memory. */
export class Shelf<V> implements EntryOwner {
  readonly #tier: MemoryTier;
  readonly #options: ShelfOptions<V>;
  readonly #entries = new LastingMap<Entry<V>>();
  readonly #order: Sieve<Entry<V>> | undefined;
  #bytes = 0;

  constructor(tier: MemoryTier, options: ShelfOptions<V>) {
    this.#tier = tier;
    this.#options = options;
    const limited = options.maxEntries !== undefined || options.maxBytes !== undefined;
    this.#order = limited ? new Sieve(SHELF_BIT) : undefined;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The entry of a key, be it expired or not; a look, not a use. */
  get(key: string): Entry<V> | undefined {
    return this.#entries.get(key);
  }

  /** Notes a use: one write. */
  touch(entry: Entry<V>): void {
    entry.hot = HOT;
  }

  /**
   * Puts a value in the place of what the key had. Expired entries leave first, then what was not used lately; a value
   * larger than a limit is not kept, and undefined returned.
   */
  set(key: string, value: V, valueBytes: number, expiresAt: number): Entry<V> | undefined {
    this.removeKey(key, 'replace');
    const bytes = bytesWith(key, valueBytes);
    const { maxBytes = Infinity, budgeted, onRefuse } = this.#options;
    if (bytes > maxBytes || (budgeted && bytes > this.#tier.maxBytes)) {
      onRefuse(key, bytes);
      return undefined;
    }
    this.#tier.sweep();
    this.#makeRoom(bytes);
    // A listener told of these removals may have called the cache and filled the key again.
    this.removeKey(key, 'replace');
    const entry = new Entry<V>(this, key, value, bytes, expiresAt);
    this.#entries.set(key, entry);
    this.#bytes += bytes;
    if (this.#order !== undefined) entry.inShelf = this.#order.add(entry);
    this.#tier.add(entry, budgeted);
    return entry;
  }

  #makeRoom(bytes: number): void {
    const { maxEntries = Infinity, maxBytes = Infinity } = this.#options;
    while (this.#entries.size >= maxEntries || this.#bytes + bytes > maxBytes) {
      const victim = this.#order?.victim();
      if (victim === undefined) return;
      this.remove(victim, 'evict');
    }
    if (this.#options.budgeted) this.#tier.makeRoom(bytes);
  }

  /** A value has come to weigh something else than when it was put in: others leave for it, or it does itself. */
  reweigh(entry: Entry<V>, valueBytes: number): void {
    if (this.#entries.get(entry.key) !== entry) return;
    const bytes = bytesWith(entry.key, valueBytes);
    const { maxBytes = Infinity, budgeted } = this.#options;
    if (bytes > maxBytes || (budgeted && bytes > this.#tier.maxBytes)) {
      this.remove(entry, 'evict');
      return;
    }
    this.#bytes += bytes - entry.bytes;
    if (budgeted) this.#tier.reweigh(entry, bytes);
    else entry.bytes = bytes;
    while (this.#bytes > maxBytes) {
      const victim = this.#order?.victim();
      if (victim === undefined) return;
      this.remove(victim, 'evict');
    }
  }

  /** An entry is of use until another instant than it was put in with. */
  expireAt(entry: Entry<V>, expiresAt: number): void {
    if (this.#entries.get(entry.key) !== entry) return;
    this.#tier.drop(entry);
    entry.expiresAt = expiresAt;
    this.#tier.add(entry, this.#options.budgeted);
  }

  /** Until when an entry whose time has come stays all the same, since it was used meanwhile. */
  usefulUntil(key: string, now: number): number {
    const entry = this.#entries.get(key);
    return entry === undefined ? now : (this.#options.usefulUntil?.(entry, now) ?? now);
  }

  /** Takes out what a key has, if it has anything. */
  removeKey(key: string, reason: RemovalReason): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.remove(entry, reason);
  }

  /** Takes an entry out, if it is still in. */
  remove(entry: Entry<V>, reason: RemovalReason): void {
    if (this.#entries.get(entry.key) !== entry) return;
    this.#entries.delete(entry.key);
    this.#bytes -= entry.bytes;
    if (entry.inShelf !== undefined) this.#order?.remove(entry.inShelf);
    this.#tier.drop(entry);
    this.#options.onRemove(entry, reason);
  }

  /** Takes every entry out. */
  clear(reason: RemovalReason): void {
    // Those that were there: a listener may fill again what it hears leaving.
    const entries = [...this.#entries.values()];
    for (const entry of entries) this.remove(entry, reason);
  }
}

function bytesWith(key: string, valueBytes: number): number {
  return valueBytes + 2 * key.length + ENTRY_OVERHEAD;
}

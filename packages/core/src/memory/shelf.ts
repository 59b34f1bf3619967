import type { RemovalReason } from '../events.js';
import type { Entry, EntryOwner } from './entry.js';
import { EvictionOrder, SHELF_BIT } from './eviction-order.js';
import type { LastingMap } from '../lasting-map.js';
import type { MemoryTier } from './memory-tier.js';
import { linkTo } from './queue.js';
import { Slots } from './slots.js';
import { entryBytes } from './entry-bytes.js';

/** The limits of one function's entries. */
export interface ShelfOptions<E extends Entry> {
  readonly maxEntries: number | undefined;
  readonly maxBytes: number | undefined;
  /** Whether the entries count against the cache's byte budget (data), or not (resources). */
  readonly budgeted: boolean;
  /** Gets the entries whose key is of one primitive, by that; default: all are found by the text of their key. */
  readonly singles?: LastingMap<unknown, E> | undefined;
  /** Asked when an entry's time has come: a later instant keeps it until then. Default: none. */
  readonly usefulUntil?: ((entry: E, now: number) => number) | undefined;
  /** Told of every entry that leaves, with the reason, after it has left. */
  readonly onRemove: (entry: E, reason: RemovalReason) => void;
  /** Told of a value that is larger than a limit, with the bytes that its entry would have. */
  readonly onRefuse: (key: string, bytes: number) => void;
}

/** The entries of one function in memory. */
export class Shelf<E extends Entry> implements EntryOwner {
  readonly #tier: MemoryTier;
  readonly #options: ShelfOptions<E>;
  readonly #entries: Slots<E>;
  readonly #order: EvictionOrder<E> | undefined;
  #bytes = 0;

  constructor(tier: MemoryTier, options: ShelfOptions<E>) {
    this.#tier = tier;
    this.#options = options;
    this.#entries = new Slots(options.singles);
    const limited = options.maxEntries !== undefined || options.maxBytes !== undefined;
    this.#order = limited ? new EvictionOrder(SHELF_BIT) : undefined;
  }

  get budgeted(): boolean {
    return this.#options.budgeted;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The entry of a key, be it expired or not; a look, not a use. */
  get(key: string): E | undefined {
    return this.#entries.get(key);
  }

  /** Notes a use: one write. */
  touch(entry: E): void {
    entry.touch();
  }

  /**
   * Puts an entry, which is in no shelf, in the place of what the key had. Expired ones leave first, then what was not
   * used lately; one larger than a limit is not kept, and undefined returned. `ownBytes` is what it takes by itself.
   */
  set(key: string, entry: E, ownBytes: number, expiresAt: number): E | undefined {
    const only = this.#entries.onlyOf(key);
    this.#replace(key, only);
    const bytes = ownBytes + entryBytes(key, only, expiresAt, this.#order !== undefined);
    if (this.#isTooLarge(bytes)) {
      this.#options.onRefuse(key, bytes);
      return undefined;
    }
    this.#tier.sweep();
    this.#makeRoom(bytes);
    // A listener told of these removals may have called the cache and filled the key again.
    this.#replace(key, only);
    entry.enter(this, key, only, bytes);
    this.#entries.add(entry);
    this.#bytes += bytes;
    if (this.#order !== undefined) this.#order.add((entry.inShelf = linkTo(entry)));
    this.#tier.add(entry, expiresAt);
    return entry;
  }

  #replace(key: string, only: unknown): void {
    const entry = this.#entries.get(key, only);
    if (entry !== undefined) this.remove(entry, 'replace');
  }

  #isTooLarge(bytes: number): boolean {
    const { maxBytes = Infinity, budgeted } = this.#options;
    return bytes > maxBytes || (budgeted && bytes > this.#tier.maxBytes);
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

  /** An entry has come to weigh more or less than when it was put in: others leave for it, or it does itself. */
  addBytes(entry: E, more: number): void {
    if (!isIn(entry)) return;
    const bytes = entry.bytes + more;
    const { maxBytes = Infinity, budgeted } = this.#options;
    if (this.#isTooLarge(bytes)) {
      this.remove(entry, 'evict');
      return;
    }
    this.#bytes += more;
    if (budgeted) this.#tier.reweigh(entry, bytes);
    else entry.bytes = bytes;
    while (this.#bytes > maxBytes) {
      const victim = this.#order?.victim();
      if (victim === undefined) return;
      this.remove(victim, 'evict');
    }
  }

  /** An entry is of use until another instant than it was put in with. */
  expireAt(entry: E, expiresAt: number): void {
    if (isIn(entry)) this.#tier.expireAt(entry, expiresAt);
  }

  /** An entry is not found by the primitive that is its key any more, but by those who ask for the key. */
  byTextAlone(entry: E): void {
    if (isIn(entry)) this.#entries.byTextAlone(entry);
  }

  /** Until when an entry whose time has come stays all the same, since it was used meanwhile. */
  usefulUntil(entry: E, now: number): number {
    return this.#options.usefulUntil?.(entry, now) ?? now;
  }

  /** Takes out what a key has, if it has anything. */
  removeKey(key: string, reason: RemovalReason): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.remove(entry, reason);
  }

  /** Takes an entry out, if it is still in. */
  remove(entry: E, reason: RemovalReason): void {
    if (!isIn(entry)) return;
    this.#entries.delete(entry);
    this.#bytes -= entry.bytes;
    if (entry.inShelf !== undefined) this.#order?.remove(entry.inShelf);
    this.#tier.drop(entry);
    entry.bytes = 0;
    this.#options.onRemove(entry, reason);
  }

  /** Takes every entry out. */
  clear(reason: RemovalReason): void {
    // Those that were there: a listener may fill again what it hears leaving.
    for (const entry of this.#entries.list()) this.remove(entry, reason);
  }
}

/** What has left weighs nothing; whatever is in does. */
function isIn({ bytes }: Entry): boolean {
  return bytes > 0;
}

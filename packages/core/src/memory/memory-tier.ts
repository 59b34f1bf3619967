import type { Clock, Timer } from '../clock.js';
import type { Entry } from './entry.js';
import { CACHE_BIT, EvictionOrder } from './eviction-order.js';
import { ExpiryIndex } from './expiry-index.js';
import { Shelf, type ShelfOptions } from './shelf.js';

/** The sweeper runs at most this often (milliseconds), however many entries expire one after another. */
const SWEEP_INTERVAL = 50;

/** The memory of one cache: the shelves of its functions, one byte budget, one index by expiry, one sweeper. */
export class MemoryTier {
  readonly maxBytes: number;
  readonly #clock: Clock;
  readonly #order = new EvictionOrder<Entry>(CACHE_BIT);
  readonly #expiry = new ExpiryIndex<Entry>();
  #bytes = 0;
  #timer: Timer | undefined;
  #timerAt = Infinity;
  #closed = false;

  constructor(maxBytes: number, clock: Clock) {
    this.maxBytes = maxBytes;
    this.#clock = clock;
  }

  /** Estimated bytes of everything that counts against the budget. */
  get bytes(): number {
    return this.#bytes;
  }

  shelf<E extends Entry>(options: ShelfOptions<E>): Shelf<E> {
    return new Shelf(this, options);
  }

  /** Enters an entry, of use until an instant, into the indexes of the whole cache; a shelf calls it. */
  add(entry: Entry, expiresAt: number): void {
    if (entry.owner.budgeted) {
      this.#bytes += entry.bytes;
      this.#order.add(entry);
    }
    this.#index(entry, expiresAt);
  }

  #index(entry: Entry, expiresAt: number): void {
    if (expiresAt === Infinity) return;
    this.#expiry.add(entry, expiresAt);
    this.#arm();
  }

  /** An entry is of use until another instant from now on; a shelf calls it. */
  expireAt(entry: Entry, instant: number): void {
    this.#expiry.remove(entry);
    this.#index(entry, instant);
  }

  /** Takes an entry out of the indexes of the whole cache; a shelf calls it. */
  drop(entry: Entry): void {
    this.#expiry.remove(entry);
    if (!entry.owner.budgeted) return;
    this.#order.remove(entry);
    this.#bytes -= entry.bytes;
  }

  /** An entry of the budget weighs something else from now on; a shelf calls it. */
  reweigh(entry: Entry, bytes: number): void {
    this.#bytes += bytes - entry.bytes;
    entry.bytes = bytes;
    this.makeRoom(0);
  }

  /** Evicts until `bytes` more fit into the budget, over all functions. */
  makeRoom(bytes: number): void {
    while (this.#bytes + bytes > this.maxBytes) {
      const victim = this.#order.victim();
      if (victim === undefined) return;
      victim.owner.remove(victim, 'evict');
    }
  }

  /** Takes out what has expired; what was used meanwhile, and lives by that, comes later. */
  sweep(): void {
    const now = this.#clock.now();
    while (this.#expiry.firstInstant <= now) {
      const next = this.#expiry.first;
      if (next === undefined) return;
      const until = next.owner.usefulUntil(next, now);
      if (until > now) this.expireAt(next, until);
      else next.owner.remove(next, 'expire');
    }
  }

  /** Stops the sweeper. */
  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  #arm(): void {
    const next = this.#expiry.firstInstant;
    if (next >= this.#timerAt || this.#closed) return;
    this.#timer?.cancel();
    const now = this.#clock.now();
    const delay = Math.max(next - now, SWEEP_INTERVAL);
    this.#timerAt = now + delay;
    this.#timer = this.#clock.setTimer(() => this.#onTimer(), delay, 'background');
  }

  #onTimer(): void {
    this.#timerAt = Infinity;
    this.sweep();
    this.#arm();
  }
}

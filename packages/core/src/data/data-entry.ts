import { COARSE_LIFE } from '../coarse-clock.js';
import type { Kept, Settled } from '../copy/index.js';
import type { Acts } from '../effect/index.js';
import type { MissReason } from '../events.js';
import { Entry } from '../memory/index.js';
import { isCurrent, type TagStamp } from '../run/generation.js';
import type { TagSources } from '../run/inherited.js';
import type { Freshness } from './call-policy.js';
import { bytesOfTerms, termsOf, type StaleLimits, type Terms } from './terms.js';

/** What makes an entry; instants by the cache's clock. */
export interface EntryOf extends Omit<Terms, 'dropped'> {
  readonly kept: Kept;
  /** When its computation ended. */
  readonly createdAt: number;
  /** When its life is over; the stale windows count from here. Infinity: never. */
  readonly freshUntil: number;
  /** Until when memory is trusted without asking the store; Infinity: for ever. */
  readonly trustedUntil: number;
  /** The number of the run that made it; 0 for what was found in the store, which any run under way replaces. */
  readonly run: number;
  /** How long computing it took, in milliseconds. */
  readonly computeMs: number;
}

/**
 * A kept result with its instants. There may be millions, so that what most do not have takes no room, and no number is one
 * that V8 would box: instants are rounded down to milliseconds.
 */
export class DataEntry extends Entry implements Omit<EntryOf, 'kept'> {
  /** What copies the master; undefined as long as what keeps it decides that each time. */
  #copy: Settled['copy'] | undefined;
  /** The master; what keeps it as long as there is no `#copy`. */
  #source: unknown;
  #freshUntil: number | undefined;
  #trustedUntil: number | undefined;
  /** In whole microseconds: those are not boxed. */
  readonly computeMicros: number;
  /** Until which tick it goes the fast lane; negative where it has tags, 0 where it is not known to go there. */
  lane = 0;
  #terms: Terms;
  readonly createdAt: number;
  readonly run: number;

  constructor(of: EntryOf) {
    super();
    this.#source = of.kept;
    this.#settle(of.kept);
    this.createdAt = Math.floor(of.createdAt);
    this.run = of.run;
    this.#freshUntil = held(of.freshUntil);
    this.#trustedUntil = held(of.trustedUntil);
    this.computeMicros = Math.round(of.computeMs * 1000);
    this.#terms = termsOf(of);
  }

  /** What one caller gets. Throws what a codec throws. */
  copy(): unknown {
    return this.#copy === undefined ? this.#copyByKept(keptIn(this.#source)) : this.#copy(this.#source);
  }

  #copyByKept(kept: Kept): unknown {
    const value = kept.copy();
    this.#settle(kept);
    return value;
  }

  #settle({ settled }: Kept): void {
    if (settled === undefined) return;
    this.#copy = settled.copy;
    this.#source = settled.master;
  }

  get freshUntil(): number {
    return this.#freshUntil ?? Infinity;
  }

  get trustedUntil(): number {
    return this.#trustedUntil ?? Infinity;
  }

  set trustedUntil(instant: number) {
    this.lane = 0;
    this.#trustedUntil = held(instant);
  }

  get computeMs(): number {
    return this.computeMicros / 1000;
  }

  get acts(): Acts | undefined {
    return this.#terms.acts;
  }

  get limits(): StaleLimits {
    return this.#terms.limits;
  }

  get unstored(): boolean {
    return this.#terms.unstored;
  }

  get tags(): readonly string[] {
    return this.#terms.tags;
  }

  get stamps(): readonly TagStamp[] {
    return this.#terms.stamps;
  }

  get sources(): TagSources {
    return this.#terms.sources;
  }

  set sources(sources: TagSources) {
    this.#terms = termsOf({ ...this.#terms, sources });
  }

  get dropped(): boolean {
    return this.#terms.dropped;
  }

  /** Its life is over now: only stale windows serve it. */
  end(now: number): void {
    this.lane = 0;
    this.#freshUntil = held(Math.min(this.freshUntil, now));
  }

  /** It was deleted or cleared. */
  drop(): void {
    this.#terms = { ...this.#terms, dropped: true };
  }

  /** The estimated bytes of what it has beside what every entry has and its value, when it has just been made. */
  get ownBytes(): number {
    const boxes = boxBytes(this.createdAt) + boxBytes(this.#freshUntil) + boxBytes(this.#trustedUntil);
    const keeper = this.#copy === undefined ? KEEPER : 0;
    return FIELDS + boxes + keeper + (this.acts?.bytes ?? 0) + bytesOfTerms(this.#terms);
  }
}

const FIELDS = 72;
/** What keeps a value whose copies are not settled. */
const KEEPER = 72;

/** Where copies are not settled, what they are made of is what keeps the value. */
function keptIn(source: unknown): Kept {
  return source as Kept;
}

/** An instant as it is held; undefined for never. */
function held(instant: number): number | undefined {
  return instant === Infinity ? undefined : Math.floor(instant);
}

/** What V8 puts into no box: on the clock of the machine, the first 24 days of a process. */
const UNBOXED = 2 ** 31;

function boxBytes(instant: number | undefined): number {
  return instant === undefined || instant < UNBOXED ? 0 : 16;
}

/** Whether an entry lives so long that the clock may be a little late when it is asked for. */
export function livesLong({ createdAt, freshUntil, trustedUntil }: DataEntry, { freshWithin }: Freshness): boolean {
  return Math.min(freshUntil - createdAt, trustedUntil - createdAt, freshWithin) >= COARSE_LIFE;
}

/** Until when an entry may be served while a refresh runs. */
export function revalidateUntil(entry: DataEntry, { staleWhileRevalidate, freshWithin }: Freshness): number {
  const from = Math.min(entry.freshUntil, entry.createdAt + freshWithin);
  return Math.min(from + staleWhileRevalidate, entry.limits.revalidate);
}

/** Until when an entry may be served when computing fails. */
export function errorUntil(entry: DataEntry, { staleIfError }: Freshness): number {
  return staleIfError === 0 ? -Infinity : Math.min(entry.freshUntil + staleIfError, entry.limits.error);
}

/** When an entry is of no more use in memory; `retention` is the longest window of any call. */
export function uselessFrom(entry: DataEntry, retention: number): number {
  return entry.unstored ? entry.trustedUntil : Math.min(entry.trustedUntil, entry.freshUntil + retention);
}

function windowsEnd(entry: DataEntry, freshness: Freshness): number {
  return Math.max(entry.freshUntil, revalidateUntil(entry, freshness), errorUntil(entry, freshness));
}

/** What an entry is good for at an instant. */
export type EntryState = 'fresh' | 'stale' | 'fallback' | 'invalidated' | Extract<MissReason, 'expired' | 'memory-ttl'>;

/** Only age makes an entry stale; what was invalidated, or is no more trusted, serves no stale path (hazard 14). */
export function stateOf(entry: DataEntry, now: number, freshness: Freshness): EntryState {
  if (entry.stamps.length > 0 && !isCurrent(entry.stamps)) return 'invalidated';
  if (now >= entry.trustedUntil) return now < windowsEnd(entry, freshness) ? 'memory-ttl' : 'expired';
  if (now < entry.freshUntil && now - entry.createdAt < freshness.freshWithin) return 'fresh';
  if (now < revalidateUntil(entry, freshness)) return 'stale';
  return now < errorUntil(entry, freshness) ? 'fallback' : 'expired';
}

import { COARSE_LIFE } from '../coarse-clock.js';
import type { Kept } from '../copy/index.js';
import type { Acts } from '../effect/index.js';
import type { MissReason } from '../events.js';
import { isCurrent, type TagStamp } from '../run/generation.js';
import type { TagSources } from '../run/inherited.js';
import type { Freshness } from './call-policy.js';

/** A kept result with its instants, all by the cache's clock. */
export interface DataEntry {
  readonly kept: Kept;
  /** What acts whenever it is handed out. */
  readonly acts: Acts | undefined;
  /** When its computation ended. */
  readonly createdAt: number;
  /** When its life is over; `expire` brings it forward. The stale windows count from here. */
  freshUntil: number;
  /** How long it may be stale at most, whatever the windows say: it was made of something stale (hazard 15). */
  readonly limits: StaleLimits;
  /** Until when memory is trusted without asking the store. */
  trustedUntil: number;
  /** Whether its function has a store that does not have it: then memory alone knows that what is there is older. */
  readonly unstored: boolean;
  /** The number of the run that made it; 0 for what was found in the store, which any run under way replaces. */
  readonly run: number;
  /** How long computing it took, in milliseconds. */
  readonly computeMs: number;
  /** Every tag that outdates it, inherited ones too. */
  readonly tags: readonly string[];
  readonly stamps: readonly TagStamp[];
  /** Whether it was deleted or cleared: then no stale path serves it, though one may still hold it (hazard 14). */
  dropped?: boolean | undefined;
  /** Where the tokens of its tags are known, for what is made of it. */
  sources: TagSources;
}

/** The estimated bytes of an entry in memory. */
export function bytesOf({ kept, acts }: DataEntry): number {
  return kept.bytes + (acts?.bytes ?? 0);
}

/** Whether an entry lives so long that the clock may be a little late when it is asked for. */
export function livesLong({ createdAt, freshUntil, trustedUntil }: DataEntry, { freshWithin }: Freshness): boolean {
  return Math.min(freshUntil - createdAt, trustedUntil - createdAt, freshWithin) >= COARSE_LIFE;
}

/** Until when something stale may be served at most, by each of the two windows. */
export interface StaleLimits {
  readonly revalidate: number;
  readonly error: number;
}

/** No limits but those of the windows. */
export const UNLIMITED: StaleLimits = { revalidate: Infinity, error: Infinity };

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

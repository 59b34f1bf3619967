import type { Kept } from '../copy/index.js';
import type { MissReason } from '../events.js';
import { isCurrent, type TagStamp } from '../run/generation.js';

/** A kept result with its instants, all by the cache's clock. */
export interface DataEntry {
  readonly kept: Kept;
  /** When its computation ended. */
  readonly createdAt: number;
  /** How long that took, in milliseconds. */
  readonly computeMs: number;
  readonly freshUntil: number;
  /** Until when it may be served while a refresh runs. */
  readonly revalidateUntil: number;
  /** Until when it may be served when computing fails. */
  readonly errorUntil: number;
  /** Until when memory is trusted without asking the store. */
  readonly trustedUntil: number;
  /** The number of the run that made it; 0 for what was found in the store, which any run under way replaces. */
  readonly run: number;
  readonly stamps: readonly TagStamp[];
  /** No refresh is tried before this: the last one failed. */
  retryAt: number;
}

/** How long a value lives; milliseconds. */
export interface Life {
  readonly ttl: number | undefined;
  readonly staleWhileRevalidate: number;
  readonly staleIfError: number;
  readonly memoryTtl: number | undefined;
}

/** Makes an entry of a value whose computation ended at `createdAt`. */
export function dataEntry(
  kept: Kept,
  life: Life,
  made: {
    readonly createdAt: number;
    readonly computeMs: number;
    readonly now: number;
    readonly run: number;
    readonly stamps: readonly TagStamp[];
  },
): DataEntry {
  const freshUntil = made.createdAt + (life.ttl ?? Infinity);
  return {
    kept,
    createdAt: made.createdAt,
    computeMs: made.computeMs,
    freshUntil,
    revalidateUntil: freshUntil + life.staleWhileRevalidate,
    errorUntil: freshUntil + life.staleIfError,
    trustedUntil: made.now + (life.memoryTtl ?? Infinity),
    run: made.run,
    stamps: made.stamps,
    retryAt: 0,
  };
}

/** When an entry is of no more use in memory. */
export function uselessFrom(entry: DataEntry): number {
  return Math.min(entry.trustedUntil, windowsEnd(entry));
}

function windowsEnd(entry: DataEntry): number {
  return Math.max(entry.freshUntil, entry.revalidateUntil, entry.errorUntil);
}

/** What an entry is good for at an instant. */
export type EntryState = 'fresh' | 'stale' | 'fallback' | 'invalidated' | Extract<MissReason, 'expired' | 'memory-ttl'>;

/** Only age makes an entry stale; what was invalidated, or is no more trusted, serves no stale path (hazard 14). */
export function stateOf(entry: DataEntry, now: number): EntryState {
  if (entry.stamps.length > 0 && !isCurrent(entry.stamps)) return 'invalidated';
  if (now >= entry.trustedUntil && now < windowsEnd(entry)) return 'memory-ttl';
  if (now < entry.freshUntil) return 'fresh';
  if (now < entry.revalidateUntil) return 'stale';
  return now < entry.errorUntil ? 'fallback' : 'expired';
}

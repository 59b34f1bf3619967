import type { MissReason } from '../events.js';
import { isCurrent, type TagStamp } from '../run/generation.js';
import type { Link } from './link.js';

/** A whole stream that is kept, with its instants by the cache's clock. */
export interface StreamEntry {
  /** The place before its first item; its last link is its end. */
  readonly begin: Link;
  /** When its last item came. */
  readonly createdAt: number;
  readonly freshUntil: number;
  readonly stamps: readonly TagStamp[];
}

/** Why an entry may not be served, or undefined when it may. */
export function uselessSince(
  entry: StreamEntry,
  now: number,
): Extract<MissReason, 'expired' | 'invalidated'> | undefined {
  if (entry.stamps.length > 0 && !isCurrent(entry.stamps)) return 'invalidated';
  return now < entry.freshUntil ? undefined : 'expired';
}

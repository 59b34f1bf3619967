import type { CacheHost } from '../host.js';
import type { MissReason } from '../events.js';
import { isCurrent, type TagStamp } from '../run/generation.js';
import type { Passed, TagSources } from '../run/inherited.js';
import type { Link } from './link.js';

/** A whole stream that is kept, with its instants by the cache's clock. */
export interface StreamEntry {
  /** The place before its first item; its last link is its end. */
  readonly begin: Link;
  /** When its last item came. */
  readonly createdAt: number;
  readonly freshUntil: number;
  /** How long the run took, in milliseconds. */
  readonly computeMs: number;
  /** Every tag that outdates it, inherited ones too. */
  readonly tags: readonly string[];
  readonly stamps: readonly TagStamp[];
  /** Where the tokens of its tags are known, for what is made of it. */
  readonly sources: TagSources;
  /** Until when its parts are trusted; Infinity where they have no store. */
  readonly trustedUntil: number;
}

/** Why an entry may not be served, or undefined when it may. */
export function uselessSince(entry: StreamEntry, now: number): Extract<MissReason, 'expired' | 'tag'> | undefined {
  if (entry.stamps.length > 0 && !isCurrent(entry.stamps)) return 'tag';
  return now < entry.freshUntil ? undefined : 'expired';
}

/** What a stream passes on to the run that reads it. It has no stale windows. */
export function passedOn(
  cache: CacheHost,
  { tags, sources, freshUntil, trustedUntil }: Pick<StreamEntry, 'tags' | 'sources' | 'freshUntil' | 'trustedUntil'>,
  now: number,
): Passed {
  const freshFor = freshUntil - now;
  const staleFor = freshFor > 0 ? Infinity : freshFor;
  const trustedFor = trustedUntil - now;
  return { cache, tags, sources, freshFor, revalidateFor: staleFor, errorFor: staleFor, trustedFor };
}

import { arrayBytes, stringBytes } from '../copy/index.js';
import type { Acts } from '../effect/index.js';
import type { TagStamp } from '../run/generation.js';
import { memorySources, type TagSources } from '../run/inherited.js';

/** Until when something stale may be served at most, by each of the two windows. */
export interface StaleLimits {
  readonly revalidate: number;
  readonly error: number;
}

/** No limits but those of the windows. */
export const UNLIMITED: StaleLimits = { revalidate: Infinity, error: Infinity };

/** On what terms a result is kept: what is the same for most, and so is one object for all of those. */
export interface Terms {
  /** What acts whenever it is handed out. */
  readonly acts: Acts | undefined;
  /** How long it may be stale at most, whatever the windows say: it was made of something stale (hazard 15). */
  readonly limits: StaleLimits;
  /** Whether its function has a store that does not have it: then memory alone knows that what is there is older. */
  readonly unstored: boolean;
  /** Every tag that outdates it, inherited ones too. */
  readonly tags: readonly string[];
  readonly stamps: readonly TagStamp[];
  /** Where the tokens of its tags are known, for what is made of it. */
  readonly sources: TagSources;
  /** Whether it was deleted or cleared: then no stale path serves it, though one may still hold it (hazard 14). */
  readonly dropped: boolean;
}

/** Terms, and how many results were kept on them. */
interface Shared extends Terms {
  kept: number;
}

type Given = Omit<Terms, 'dropped'>;

const USUAL: Shared = {
  acts: undefined,
  limits: UNLIMITED,
  unstored: false,
  tags: [],
  stamps: [],
  sources: memorySources([], undefined),
  dropped: false,
  kept: 0,
};

/** Those of the last result that was kept on others than the usual: the next one of its function may have the same. */
let latest = USUAL;

/** The terms that were given: one object for what follows on each other with the same. */
export function termsOf(given: Given): Terms {
  if (isSame(given, USUAL)) return USUAL;
  if (!isSame(given, latest)) {
    const { acts, limits, unstored, tags, stamps, sources } = given;
    latest = { acts, limits, unstored, tags, stamps, sources, dropped: false, kept: 0 };
  }
  latest.kept += 1;
  return latest;
}

function isSame(given: Given, terms: Terms): boolean {
  return (
    given.acts === terms.acts &&
    given.limits === terms.limits &&
    given.unstored === terms.unstored &&
    isSameList(given.tags, terms.tags) &&
    isSameList(given.stamps, terms.stamps) &&
    given.sources === terms.sources
  );
}

function isSameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one === other || (one.length === 0 && other.length === 0);
}

/** The object itself. */
const TERMS = 96;
/** What tells of the sources of tags. */
const SOURCES = 48;
/** A stamp, and its slot in the table of all tags. */
const STAMP = 48 + 42;

/** The estimated bytes of the terms of a result that has just been kept: none when others were kept on them before. */
export function bytesOfTerms(terms: Terms): number {
  if (terms === USUAL || (terms as Shared).kept > 1) return 0;
  let bytes = TERMS;
  if (terms.tags.length === 0) return bytes;
  bytes += SOURCES + 2 * arrayBytes(terms.tags.length);
  for (const { tag, carriers } of terms.stamps) bytes += stringBytes(tag) + (carriers > 1 ? 0 : STAMP);
  return bytes;
}

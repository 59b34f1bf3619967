import type { DataStore } from './data-parts.js';
import { memorySources, type Inherited, type TagSources } from '../run/inherited.js';
import type { Begun, InheritedPairs, TagPairs } from '../store/index.js';

/** The tokens of what is not in the store, though its function has one. */
const UNKNOWN: InheritedPairs = Promise.resolve(undefined);

const NO_PAIRS: TagPairs = new Map();

/** The sources of what a function computes, before it is stored. */
export function firstSources(
  store: DataStore | undefined,
  begun: Begun | undefined,
  tags: readonly string[],
  used: Inherited | undefined,
): TagSources {
  return store === undefined ? memorySources(tags, used) : storeSources(store.tier, UNKNOWN, begun?.cache, used);
}

/** What a result has to expect of what it was made of. */
export interface PartsTrust {
  /** Another process had cleared some of it before the run began, which memory did not know yet: it is not stored. */
  readonly cleared: boolean;
  /** Until when memory is trusted with it. */
  readonly trustedUntil: number;
}

const MADE_OF_NOTHING: PartsTrust = { cleared: false, trustedUntil: Infinity };

/** How far a result is to be trusted for what it was made of. */
export function partsTrust(
  store: DataStore | undefined,
  begun: Begun | undefined,
  used: Inherited | undefined,
): PartsTrust {
  if (used === undefined) return MADE_OF_NOTHING;
  const cleared = store !== undefined && used.wasCleared(store.tier, begun?.cache);
  return { cleared, trustedUntil: cleared ? used.allTrustedUntil : used.trustedUntil };
}

/**
 * The sources of a value of a function with a store: its tokens there, and those of parts from other stores. A token of
 * the cache that is not known is none that any run begins with.
 */
export function storeSources(
  tier: object,
  pairs: InheritedPairs,
  cache: string | undefined,
  used?: Inherited,
): TagSources {
  const parts = used?.sources;
  return {
    untokened: [],
    stores: new Map([...(parts?.stores ?? []), [tier, [pairs]]]),
    clears: new Map([...(parts?.clears ?? []), [tier, [cache ?? '', ...(parts?.clears.get(tier) ?? [])]]]),
  };
}

/** Sources of what the store has without tags: one for all, until the cache is cleared. */
export class UntaggedSources {
  readonly #tier: object;
  #cache: string | undefined;
  #sources: TagSources;

  constructor(tier: object) {
    this.#tier = tier;
    this.#sources = storeSources(tier, NO_PAIRS, undefined);
  }

  of(cache: string | undefined): TagSources {
    if (cache !== this.#cache) {
      this.#cache = cache;
      this.#sources = storeSources(this.#tier, NO_PAIRS, cache);
    }
    return this.#sources;
  }
}

/** What was made of something stale is of no use to others; what has tags of another store could not be outdated here. */
export function isOfUse(store: DataStore | undefined, life: number, used: Inherited | undefined): store is DataStore {
  if (store === undefined || life <= 0) return false;
  return [...(used?.sources.stores.keys() ?? [])].every((other) => other === store.tier);
}

import type { Frame } from '../codec/index.js';
import type { CacheNames, CallNames, FunctionNames } from './names.js';
import type { Begun, BrokenFence } from './store-types.js';
import { instantOf, type Standing, type Tokens } from './tokens.js';

/** The names of the tokens that fence the calls of a function, as far as they are the same for all. */
export interface SharedNames {
  readonly cache: string;
  readonly function: string;
  /** Without it there are none of one call alone. */
  readonly note: string;
  /** Undefined when the function has no tags that only a result tells. */
  readonly invalidations: string | undefined;
  /** By tag: those that are known before the function runs. */
  readonly tags: ReadonlyMap<string, string>;
  /** Those that must be there before a run begins. */
  readonly needed: readonly string[];
  /** Those that are read with each entry. */
  readonly read: readonly string[];
}

/** Names the fences of a function. `learns`: whether it may get tags that only its result tells. */
export function sharedNames(
  cache: CacheNames,
  fn: FunctionNames,
  { tags, learns }: { readonly tags: Iterable<string>; readonly learns: boolean },
): SharedNames {
  const byTag = new Map([...tags].map((tag) => [tag, cache.tag(tag)]));
  const invalidations = learns ? cache.invalidations : undefined;
  const needed = [cache.cache, fn.token, ...(learns ? [cache.invalidations] : []), ...byTag.values()];
  const read = [fn.note, ...needed];
  return { cache: cache.cache, function: fn.token, note: fn.note, invalidations, tags: byTag, needed, read };
}

/** The names of the tokens that fence one call. */
export class FenceNames {
  readonly shared: SharedNames;
  readonly #call: CallNames;

  constructor(shared: SharedNames, call: CallNames) {
    this.shared = shared;
    this.#call = call;
  }

  get tombstone(): string {
    return this.#call.tombstone;
  }

  get mark(): string {
    return this.#call.mark;
  }

  get deletes(): string {
    return this.#call.deletes;
  }

  /** Those of the call alone, which are there only after a delete or an expire. */
  ofCall(): readonly string[] {
    return [this.tombstone, this.mark, this.deletes];
  }
}

/** Tells how each token stands, now. */
export type Standings = (name: string) => Standing;

/** How the tokens stand that were read, by a read sent at `sentAt`: own invalidations since then count. */
export function standings(
  tokens: Tokens,
  stored: { readonly get: (name: string) => unknown },
  sentAt: number,
): Standings {
  return (name) => tokens.standing(name, stored.get(name), sentAt);
}

/** The fences as a run found them. What `Begun` hides. */
export class RunFences implements Begun {
  readonly storable: boolean;
  /** On the clock that never goes back. */
  readonly startedAt: number;
  readonly cache: string;
  readonly function: string;
  /** Undefined: the call had not been deleted. */
  readonly tombstone: string | undefined;
  /** Undefined: the call had not been expired, or it is not known. */
  readonly mark: string | undefined;
  /** Undefined: none of the calls that share it had been deleted. */
  readonly deletes: string | undefined;
  /** Undefined: tags that are known only from the result cannot be stored. */
  readonly invalidations: string | undefined;
  /** Tokens by tag. */
  readonly tags: ReadonlyMap<string, string>;

  constructor(startedAt: number, names: FenceNames, stands: Standings) {
    const tombstone = stands(names.tombstone);
    const tags = [...names.shared.tags].map(([tag, name]) => [tag, tokenOf(stands(name))] as const);
    this.startedAt = startedAt;
    this.cache = tokenOf(stands(names.shared.cache)) ?? '';
    this.function = tokenOf(stands(names.shared.function)) ?? '';
    this.tombstone = tokenOf(tombstone);
    this.mark = tokenOf(stands(names.mark));
    this.deletes = tokenOf(stands(names.deletes));
    this.invalidations =
      names.shared.invalidations === undefined ? undefined : tokenOf(stands(names.shared.invalidations));
    this.tags = new Map(tags.map(([tag, token]) => [tag, token ?? '']));
    const needed = [this.cache, this.function, ...this.tags.values()];
    this.storable = tombstone !== 'contested' && !needed.includes('');
  }

  /** Whether this process has invalidated since, as far as it remembers: what the run computes is outdated. */
  isOutdated(names: FenceNames, tokens: Tokens): boolean {
    const moved = (name: string, token: string | undefined): boolean => {
      const own = tokens.own(name);
      return own !== undefined && own !== token;
    };
    return (
      moved(names.shared.cache, this.cache) ||
      moved(names.shared.function, this.function) ||
      moved(names.tombstone, this.tombstone) ||
      [...names.shared.tags].some(([tag, name]) => moved(name, this.tags.get(tag)))
    );
  }
}

/** What `begin` answers when the fences could not be read. */
export const NOT_STORABLE: Begun = { storable: false };

/** The token, when it is known and not contested. */
export function tokenOf(standing: Standing): string | undefined {
  return standing === 'contested' ? undefined : standing.token;
}

/** How fences are named in a frame. */
const CACHE = 'c';
const FUNCTION = 'f';
const TOMBSTONE = 'd';
const MARK = 'x';
const KNOWN: ReadonlySet<string> = new Set([CACHE, FUNCTION, TOMBSTONE, MARK]);

/** The fences of a run as an entry carries them. */
export function carriedBy(run: RunFences): Frame['fences'] {
  const fences: [string, string][] = [
    [CACHE, run.cache],
    [FUNCTION, run.function],
  ];
  if (run.tombstone !== undefined) fences.push([TOMBSTONE, run.tombstone]);
  if (run.mark !== undefined) fences.push([MARK, run.mark]);
  return fences;
}

/** The first fence of an entry that does not hold any more, of cache, function, call and the tags known before. */
export function brokenFence(frame: Frame, names: FenceNames, stands: Standings): BrokenFence | undefined {
  // A fence that this release does not know cannot be checked.
  if (!frame.fences.every(isKnown)) {
    return { fence: 'unknown', tag: undefined, lost: true };
  }
  const wide =
    broken('cache', undefined, carried(frame, CACHE), stands(names.shared.cache)) ??
    broken('function', undefined, carried(frame, FUNCTION), stands(names.shared.function));
  if (wide !== undefined) return wide;
  if (!isAfter(carried(frame, TOMBSTONE), stands(names.tombstone)))
    return { fence: 'call', tag: undefined, lost: false };
  return names.shared.tags.size === 0 ? undefined : brokenKnownTag(frame, names, stands);
}

/** Whether an entry carries the fences of cache and function as they are now, and no others. */
export function carries({ fences }: Frame, cache: string | undefined, fn: string | undefined): boolean {
  if (fences.length !== 2 || cache === undefined || fn === undefined) return false;
  const [first, second] = fences;
  return first?.[0] === CACHE && first[1] === cache && second?.[0] === FUNCTION && second[1] === fn;
}

function brokenKnownTag(frame: Frame, names: FenceNames, stands: Standings): BrokenFence | undefined {
  const carriedTags = new Map(frame.tags);
  for (const [tag, name] of names.shared.tags) {
    const by = brokenTag(tag, carriedTags.get(tag), stands(name));
    if (by !== undefined) return by;
  }
  return undefined;
}

/** The token of the cache that an entry carries. */
export function cacheTokenOf(frame: Frame): string | undefined {
  return carried(frame, CACHE);
}

function isKnown(fence: Frame['fences'][number]): boolean {
  return KNOWN.has(fence[0]);
}

/** The token of a fence that an entry carries; of the few that there are, it is found without a table. */
function carried({ fences }: Frame, fence: string): string | undefined {
  for (const each of fences) if (each[0] === fence) return each[1];
  return undefined;
}

/** The fence of one tag, if it does not hold any more. */
export function brokenTag(tag: string, carried: string | undefined, standing: Standing): BrokenFence | undefined {
  return broken('tag', tag, carried, standing);
}

/** A token that must be there, and be the one that was carried. */
function broken(
  fence: BrokenFence['fence'],
  tag: string | undefined,
  carried: string | undefined,
  standing: Standing,
): BrokenFence | undefined {
  const token = tokenOf(standing);
  if (carried !== undefined && token === carried) return undefined;
  return { fence, tag, lost: carried === undefined || (standing !== 'contested' && token === undefined) };
}

/** Whether what carries this was begun after the last delete of the call. A tombstone that it carries must be there. */
export function isAfter(carried: string | undefined, tombstone: Standing): boolean {
  return tombstone !== 'contested' && tombstone.token === carried;
}

/**
 * When the call was expired after an entry was begun, by the mark (milliseconds since 1970); undefined when it was not.
 * A mark that is gone tells nothing: the entry is as if it had never been marked.
 */
export function expiredAt(frame: Frame, names: FenceNames, stands: Standings, tokens: Tokens): number | undefined {
  const standing = stands(names.mark);
  const mark = standing === 'contested' ? tokens.own(names.mark) : standing.token;
  if (mark === undefined) return undefined;
  return standing !== 'contested' && mark === carried(frame, MARK) ? undefined : instantOf(mark);
}

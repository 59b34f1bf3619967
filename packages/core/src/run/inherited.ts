import type { Performer } from '../effect/index.js';
import type { Reads } from '../input/index.js';
import type { InheritedPairs } from '../store/index.js';

/** Where the tokens of tags are known that a value carries. */
export interface TagSources {
  /** Tags of functions in memory only: no store knows how they stood when the value was made. */
  readonly untokened: readonly string[];
  /** By store: the tokens of the others, as the values carry them that it was made of (hazard 4). */
  readonly stores: ReadonlyMap<object, readonly InheritedPairs[]>;
  /** By store: the tokens of the cache that they carry, with tags or without: a clear is for all (hazard 4). */
  readonly clears: ReadonlyMap<object, readonly string[]>;
}

/** What an answer passes on to the run that asked for it. Lengths of time in milliseconds, from now. */
export interface Passed {
  /** Whose tags these are: a tag means nothing to another cache. */
  readonly cache: object;
  readonly tags: readonly string[];
  readonly sources: TagSources;
  /** How much longer it is fresh; 0 or less when it is stale. */
  readonly freshFor: number;
  /** How much longer it may be served while a refresh runs, and when computing fails; Infinity while it is fresh. */
  readonly revalidateFor: number;
  readonly errorFor: number;
  /** How much longer memory is trusted not to have missed what other processes have invalidated. */
  readonly trustedFor: number;
}

/** Whoever uses the answers of cached functions while it makes its own: a run. */
export interface Recorder extends Performer {
  readonly cache: object;
  /** Whether it is of a call that passes through a disabled or closed cache: it has no key. */
  readonly passesThrough: boolean;
  /** The name of its function, for errors, and its key, which begins with its scope. */
  readonly fn: string;
  readonly key: string;
  /** Whether it lives in the background: then nothing stale goes into it (hazard 15). */
  readonly refreshes: boolean;
  /** What it reads of its caller; undefined where its result cannot vary. */
  readonly reads: Reads | undefined;
  now(): number;
  /** Made with the first answer that is used. */
  used: Inherited | undefined;
}

/** What a run has taken over from the answers that it used. */
export class Inherited {
  readonly tags: Set<string> = new Set();
  freshUntil: number = Infinity;
  revalidateUntil: number = Infinity;
  errorUntil: number = Infinity;
  /** Of what has tags: without, an outer value may outlive what it was made of. */
  trustedUntil: number = Infinity;
  /** Of all of it. */
  allTrustedUntil: number = Infinity;
  readonly #untokened = new Set<string>();
  readonly #stores = new Map<object, Set<InheritedPairs>>();
  readonly #clears = new Map<object, Set<string>>();

  /** Adds what one more answer passes on. */
  add(passed: Passed, now: number, sameCache: boolean): void {
    this.freshUntil = Math.min(this.freshUntil, now + passed.freshFor);
    this.revalidateUntil = Math.min(this.revalidateUntil, now + passed.revalidateFor);
    this.errorUntil = Math.min(this.errorUntil, now + passed.errorFor);
    if (!sameCache) return;
    this.allTrustedUntil = Math.min(this.allTrustedUntil, now + passed.trustedFor);
    for (const [store, tokens] of passed.sources.clears) addAll(this.#clears, store, tokens);
    if (passed.tags.length === 0) return;
    this.trustedUntil = Math.min(this.trustedUntil, now + passed.trustedFor);
    for (const tag of passed.tags) this.tags.add(tag);
    for (const tag of passed.sources.untokened) this.#untokened.add(tag);
    for (const [store, pairs] of passed.sources.stores) addAll(this.#stores, store, pairs);
  }

  /** Whether something of it is from before a clear that a run over a store began after; `token`: what the run began with. */
  wasCleared(store: object, token: string | undefined): boolean {
    return [...(this.#clears.get(store) ?? [])].some((each) => each !== token);
  }

  /** Where the tokens of its tags are known. */
  get sources(): TagSources {
    return { untokened: [...this.#untokened], stores: asLists(this.#stores), clears: asLists(this.#clears) };
  }
}

function addAll<T>(sets: Map<object, Set<T>>, store: object, items: readonly T[]): void {
  const set = sets.get(store) ?? new Set();
  sets.set(store, set);
  for (const item of items) set.add(item);
}

function asLists<T>(sets: ReadonlyMap<object, ReadonlySet<T>>): ReadonlyMap<object, readonly T[]> {
  return new Map([...sets].map(([store, set]) => [store, [...set]]));
}

const NO_SOURCES: TagSources = { untokened: [], stores: new Map(), clears: new Map() };

/** Of the last value with tags of its own alone: those of a function are often one list. */
let ofOwn = NO_SOURCES;

/** The sources of a value of a function in memory only. */
export function memorySources(own: readonly string[], used: Inherited | undefined): TagSources {
  if (used === undefined && own.length === 0) return NO_SOURCES;
  if (used === undefined) {
    if (ofOwn.untokened !== own) ofOwn = { ...NO_SOURCES, untokened: own };
    return ofOwn;
  }
  const { untokened, stores, clears } = used.sources;
  return { untokened: [...new Set([...own, ...untokened])], stores, clears };
}

/** Notes an answer that was used in a run. */
export function record(recorder: Recorder, passed: Passed): void {
  if (!recorder.inherits) return;
  recorder.used ??= new Inherited();
  recorder.used.add(passed, recorder.now(), recorder.cache === passed.cache);
}

import type { Clock } from '../clock.js';
import type { CacheEvent, CacheEventType, MissReason } from '../events.js';
import type { StoreInput } from './input.js';
import type { LocalStore } from './local/index.js';

/** What a store tier is made of. All lengths of time are in milliseconds. */
export interface StoreTierOptions {
  readonly input: StoreInput | LocalStore;
  /** The cache's name: a prefix of every stored key. */
  readonly cache: string;
  /** Mixed into the key of every entry; `''` by default. Tokens do not carry it: an invalidation is for all versions. */
  readonly cacheVersion: string;
  /** Whether `close` disconnects the input: it was asked to, or the input was made for this cache. */
  readonly closeInput: boolean;
  /** How long a read is waited for, counted from when it is sent. */
  readonly readDeadline: number;
  /** The longest that an entry stays. */
  readonly storeTtl: number;
  /** How long the memory tier trusts itself: own invalidations are remembered this long after their acknowledgement. */
  readonly memoryTtl: number;
  readonly closeTimeout: number;
  readonly clock: Clock;
  readonly emit: (event: CacheEvent) => void;
  /** Whether anybody hears an event of what goes well; nobody does when it is left out. */
  readonly wants?: ((type: CacheEventType) => boolean) | undefined;
}

/** Which function's entries are meant. */
export interface StoreFunctionIdentity {
  readonly name: string;
  /** Mixed into the key of every entry, as the cache's version is. */
  readonly version: string;
  /** The name in events and messages. */
  readonly shown: string;
  /** Entries whose text is longer (in bytes) are not stored. */
  readonly maxValueBytes: number;
  /**
   * The longest that an entry is served, stale windows included, in milliseconds; `storeTtl` by default and at most.
   * What says more in the store is over then all the same; tombstones and marks live an hour longer. Read at each use.
   */
  readonly longestLife?: number | undefined;
  /** False when no call has tags that only its result tells: a look-up reads one key less. True by default. */
  readonly learnsTags?: boolean | undefined;
}

/** Tags, each with its token: what an entry carries, and what an entry that was made of it inherits (hazard 4). */
export type TagPairs = ReadonlyMap<string, string>;

/** Pairs that may have yet to be known; undefined when they cannot be. */
export type InheritedPairs = TagPairs | Promise<TagPairs | undefined>;

/**
 * How far an invalidation came: `'acknowledged'` by the store, or `'pending'` when the store did not answer within a
 * second (or `readDeadline`, if that is longer). A pending one holds in this process and is tried until it succeeds.
 */
export type Acknowledgement = 'acknowledged' | 'pending';

/** The second tier of one cache: a store behind its guard. No method ever rejects. */
export interface StoreTier {
  function(identity: StoreFunctionIdentity): StoreFunction;
  /** Outdates every entry of the cache, also those whose computations are under way in any process. */
  clear(): Promise<Acknowledgement>;
  /** Outdates every entry that carries one of the tags, and every one under way that will. */
  invalidateTags(tags: readonly string[]): Promise<Acknowledgement>;
  /** Waits until nothing is waiting to be written, and tries pending invalidations once more. */
  flush(): Promise<void>;
  /** Drains within `closeTimeout`, then lets the store go. Afterwards every look-up is a miss. */
  close(): Promise<void>;
}

/** The stored entries of one function. No method ever rejects. */
export interface StoreFunction {
  /**
   * Looks for an entry. `tags` are those known before the function runs; an entry that lacks one of them is a miss.
   * Answers within `readDeadline` after the read was sent, or twice that when a second step is needed: tags that only
   * the entry tells of, or tokens that have to be made. `base` is the key without inputs, of a variant.
   */
  lookup(key: string, tags: readonly string[], base?: string): Promise<StoreLookup>;
  /** The same for one who does not wait for a promise: most often all is known as soon as the store has answered. */
  glance(key: string, tags: readonly string[], looker: Looker): void;
  /** Looks as `lookup` does, within the same time, and changes nothing: no event but of a store that fails. */
  inspect(key: string, tags: readonly string[], base?: string): Promise<StoreInspection>;
  /** Takes note of the fences for a run that does not look. Variants have those of their call: `key` is without inputs. */
  begin(key: string, tags: readonly string[]): Promise<Begun>;
  /**
   * Stores what a run computed, behind the answer. Nothing is written when `begun` is not storable, was outdated since,
   * or is older than 30 minutes, nor when tags do not go together: an inherited one has another token than the run
   * noted, than another inherited one, or than this process has lately invalidated it with. All of that is told
   * by no event: it is as if the entry had been outdated just after it was written.
   *
   * Resolves with the tags and tokens that the entry carries as soon as they are known, whether or not it can then be
   * written: for the runs that used it. Undefined when they are not known, or do not go together: what was made of the
   * entry must not be stored.
   */
  keep(key: string, begun: Begun, entry: EntryToKeep): Promise<TagPairs | undefined>;
  /** Outdates one call, with its variants: removes its entry and leaves a tombstone, which outdates what is under way. */
  delete(key: string): Promise<Acknowledgement>;
  /**
   * Marks one call, with its variants: its entry stays, and is found with `expiredFor` until a run that began after the mark replaces it.
   * What is under way is marked as well.
   */
  expire(key: string): Promise<Acknowledgement>;
  /** Outdates every entry of this function, of every version. */
  clear(): Promise<Acknowledgement>;
  /** For a caller that finds a payload undecodable: tells it as an event and deletes the entry. */
  damaged(key: string, why: string, cause?: unknown): void;
}

/** An entry as it was found: intact, of this call, and not outdated. Its stale windows are the caller's to judge. */
export interface StoredEntry {
  readonly payload: string;
  /** The text of its effects, when it has some. */
  readonly effects: string | undefined;
  /** Milliseconds since the computation ended; at least 0. */
  readonly age: number;
  readonly ttl: number | undefined;
  readonly staleWhileRevalidate: number | undefined;
  readonly staleIfError: number | undefined;
  /**
   * Milliseconds since it was marked by `expire`, at least 0, whatever the clocks say: it is stale from then on.
   * Undefined when it is not marked, or the store has lost the mark.
   */
  readonly expiredFor: number | undefined;
  readonly computeMs: number;
  readonly tags: readonly string[];
  /** The same tags, with their tokens: for what is made of it. */
  readonly pairs: TagPairs;
  /** The token of the cache that it carries, for the same. */
  readonly cache: string | undefined;
}

/** Who looks for an entry. */
export interface Looker {
  /** When it has begun to, on the clock that never goes back. */
  readonly startedAt: number;
  /** What came of it. Must not throw. */
  looked(looked: StoreLookup | Promise<StoreLookup>): void;
}

/** Why a look-up found nothing; the words are those of `MissReason`. */
export type StoreMissReason = Extract<
  MissReason,
  'cold' | 'expired' | 'deleted' | 'cleared' | 'tag' | 'fence' | 'damaged' | 'store-down'
>;

/** What outdates a stored entry. */
export interface BrokenFence {
  /** What it was kept under that does not hold any more; `unknown` when it is one that this release does not know. */
  readonly fence: 'cache' | 'function' | 'call' | 'tag' | 'unknown';
  /** Which tag. */
  readonly tag: string | undefined;
  /** Whether it cannot be told any more: the token is gone from the store, or the entry never had one. */
  readonly lost: boolean;
}

/** What the store has under the key of a call. */
export type StoreInspection = { readonly key: string } & (
  | { readonly state: 'down' }
  /** Its results vary by the input of that name, and are under longer keys. */
  | { readonly state: 'branch'; readonly input: string }
  /** `deleted`: there is a tombstone. */
  | { readonly state: 'none'; readonly deleted: boolean }
  | { readonly state: 'damaged'; readonly why: string }
  | { readonly state: 'found' | 'expired'; readonly entry: StoredEntry; readonly bytes: number }
  | { readonly state: 'invalidated'; readonly entry: StoredEntry; readonly bytes: number; readonly by: BrokenFence }
);

/** What a look-up found, and the fences for the run that may follow. */
export interface StoreLookup {
  readonly found: StoredEntry | undefined;
  /** The name of the input by which the results of the call vary, when there is one: they are under longer keys. */
  readonly branch: string | undefined;
  /** Why nothing was found; without meaning when something was. */
  readonly reason: StoreMissReason;
  readonly begun: Begun;
}

/** The fences as they were when a run began. Opaque: given back to `keep`. */
export interface Begun {
  /** False when the fences could not be read or made in time: what the run computes is not stored. */
  readonly storable: boolean;
  /** The token of the cache, for what is made of the result; undefined when it is not known. */
  readonly cache?: string | undefined;
}

/** By which inputs a result varies, for who looks for it with the arguments alone. */
export interface StoredVariant {
  /** The key without inputs. */
  readonly base: string;
  /** Where a look-up begins, and how it goes on: the name of the input that leads from each key to a longer one. */
  readonly branches: readonly { readonly key: string; readonly input: string }[];
}

/** What a run computed. */
export interface EntryToKeep {
  /** Makes the payload; called behind the answer. */
  readonly encode: () => string;
  /** The same for its effects; undefined when there are none. */
  readonly effects?: (() => string) | undefined;
  readonly ttl: number | undefined;
  readonly staleWhileRevalidate: number | undefined;
  readonly staleIfError: number | undefined;
  readonly computeMs: number;
  /** Its own tags: those that were told at its begin, and those of its result. */
  readonly tags: readonly string[];
  /**
   * The pairs of the entries that the run used. They are written as they are, never with the tokens of now; undefined
   * says that they are not known: then it is not stored.
   */
  readonly inherited: readonly InheritedPairs[];
  /** Whether what the store has of the call must not outlast it: when it cannot be written, that is deleted. */
  readonly replaces?: boolean | undefined;
  /** What its run has read beside the arguments; undefined when it has read nothing. */
  readonly variant?: StoredVariant | undefined;
  /** Called when another process has outdated it while its run was under way; `certain` is false when it only may have. */
  readonly onOutdated?: ((certain: boolean) => void) | undefined;
  /** Called once when it was written or given up: nothing of it is under way then, unless the store was too slow. */
  readonly onEnd?: (() => void) | undefined;
}

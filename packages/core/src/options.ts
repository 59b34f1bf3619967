import type { Clock } from './clock.js';
import type { Duration } from './duration.js';
import type { CacheEvent, CacheLogger, RemovalReason } from './events.js';
import type { Hasher } from './key/index.js';
import type { StoreInput, DiskStoreInput } from './store/index.js';

/** Options that data, synchronous data and resources share. Every one is checked where the function is wrapped. */
export interface FunctionOptions<A extends readonly unknown[]> {
  /**
   * The identity of the function. Default: its own name and a digest of its source. Two functions of one identity in
   * a cache with a store are refused; in memory each wrapper is isolated (shown as `load`, `load#2`).
   */
  readonly name?: string | undefined;
  /** What identifies a call: its result is keyed like an argument, and replaces all of them. */
  readonly key?: ((...args: A) => unknown) | undefined;
  /** Indexes (from 0) of arguments that are left out of the key. */
  readonly ignoreArgs?: readonly number[] | undefined;
  /** How instances of classes are keyed, at any depth; the nearest class wins. See {@link Hasher}. */
  readonly hashers?: readonly Hasher[] | undefined;
  /** The most entries that are kept in memory; what was used lately stays. Default: bounded by the cache's bytes. */
  readonly maxEntries?: number | undefined;
  /** After this a run no longer holds its key, and the next call starts a new one. Default `'60s'`. */
  readonly flightTimeout?: Duration | undefined;
  /** `'detached'` (default) runs in the root async context, so that no caller's user is seen; `'caller'` opts out. */
  readonly context?: 'detached' | 'caller' | undefined;
}

/** How a hit is handed out: a fresh copy, one frozen value for all, or the kept value itself. */
export type CopyMode = 'clone' | 'freeze' | 'share';

/** Options of `cacheData`. `R` is the type of the awaited result. */
export interface DataOptions<A extends readonly unknown[], R> extends FunctionOptions<A> {
  /** Replaces the code fingerprint in stored keys. Required over a store for bound and native functions. */
  readonly version?: string | undefined;
  /** How long a value is fresh, counted from the end of its computation. Default: it never expires. */
  readonly ttl?: Duration | ((value: R, ...args: A) => Duration) | undefined;
  /** How long after `ttl` a value may be served stale while one refresh runs behind it. Needs a `ttl`. */
  readonly staleWhileRevalidate?: Duration | undefined;
  /** How long after `ttl` a value may be served stale when computing fails. Needs a `ttl`. */
  readonly staleIfError?: Duration | undefined;
  /** The most bytes (estimated) that this function's values may take in memory. */
  readonly maxBytes?: number | undefined;
  /** Keep this result? Default: every one. */
  readonly when?: ((value: R, ...args: A) => boolean) | undefined;
  /** Names to invalidate by: a list, or a function of the result and the arguments. */
  readonly tags?: readonly string[] | ((value: R, ...args: A) => readonly string[]) | undefined;
  /** Default `'clone'`. `'freeze'` refuses values with a Map, Set, Date or binary data. */
  readonly copy?: CopyMode | undefined;
  /** The store of this function, instead of the cache's; `false` for memory only. */
  readonly store?: StoreInput | false | undefined;
  /** `'disk'`, or a disk store: keeps values across restarts. Not together with `store`. */
  readonly persist?: 'disk' | DiskStoreInput | undefined;
  /** Values whose stored text is longer (in bytes) stay in memory only. Default 16 MiB. */
  readonly maxValueBytes?: number | undefined;
}

/** Options of `cacheDataSync`: memory only, so nothing that needs a store or a background. */
export interface DataSyncOptions<A extends readonly unknown[], R> extends Omit<
  DataOptions<A, R>,
  'store' | 'persist' | 'maxValueBytes' | 'version' | 'staleWhileRevalidate' | 'flightTimeout' | 'context'
> {}

/**
 * Options of `cacheStream`: memory only. `T` is the type of an item; what is asked about the result is asked about all
 * items, when the last has come. The `ttl` counts from then.
 */
export interface StreamOptions<A extends readonly unknown[], T>
  extends
    Pick<FunctionOptions<A>, 'name' | 'key' | 'ignoreArgs' | 'hashers' | 'maxEntries' | 'context'>,
    Pick<DataOptions<A, readonly T[]>, 'ttl' | 'maxBytes' | 'when' | 'tags' | 'copy'> {
  /** A run that has not given an item for so long no longer holds its key, and the next call starts anew. Default `'60s'`. */
  readonly flightTimeout?: Duration | undefined;
  /** A larger stream (in bytes, estimated) is handed on, but neither joined any more nor kept. Default 16 MiB. */
  readonly maxValueBytes?: number | undefined;
}

/** Options of `cacheResource`. `R` is the type of the awaited resource. */
export interface ResourceOptions<A extends readonly unknown[], R> extends FunctionOptions<A> {
  /** How long a resource is used before it is built anew. Default: for ever. */
  readonly ttl?: Duration | undefined;
  /** Asked on every use after the first; false means build anew and release. What it throws reaches the caller. */
  readonly validate?: ((resource: R, ...args: A) => boolean | PromiseLike<boolean>) | undefined;
  /** Lets a resource go. Default: its `Symbol.asyncDispose`, then its `Symbol.dispose`. */
  readonly onRelease?: ((resource: R, reason: ReleaseReason) => unknown) | undefined;
  /** How long a replaced, expired, evicted or invalid resource lives on for those who hold it; 0 for none. Default `'10s'`. */
  readonly releaseAfter?: Duration | undefined;
}

/** Why a resource is let go. */
export type ReleaseReason = RemovalReason;

/** What one call may say for itself, through `withOptions`; the entries are the same. */
export interface CallOptions {
  /** Rejects this caller alone when it aborts; the run goes on for the others. */
  readonly signal?: AbortSignal | undefined;
  /** Hears how this call is answered: `hit`, `miss`, `join` or `stale`; of several, the last one counts. */
  readonly observe?: ((event: CallOutcome) => void) | undefined;
}

/** The event that tells how a call was answered. */
export type CallOutcome = Extract<CacheEvent, { readonly type: 'hit' | 'miss' | 'join' | 'stale' }>;

/** Options of `createCache`. */
export interface CacheOptions {
  /** Names the cache: a prefix of every stored key. Required with a store, so that two apps never share by accident. */
  readonly name?: string | undefined;
  /** Mixed into every stored key; change it to leave all stored entries behind. */
  readonly version?: string | undefined;
  /** A second tier: a Keyv (5.5 to 6), a Keyv storage adapter, or a Map. Default: none. */
  readonly store?: StoreInput | undefined;
  /** Whether `close()` disconnects the store that was given. Default false. */
  readonly closeStore?: boolean | undefined;
  /** `'disk'` keeps values in `.millpond/<name>` of the working directory; `diskStore({ path })` elsewhere. */
  readonly persist?: 'disk' | DiskStoreInput | undefined;
  /** How long memory is trusted before the store is asked again. Default `'10s'` with a store. */
  readonly memoryTtl?: Duration | undefined;
  /** The longest that entries stay in a store. Default `'30d'`. */
  readonly storeTtl?: Duration | undefined;
  /** How long a read of the store is waited for. Default `'50ms'`. */
  readonly readDeadline?: Duration | undefined;
  /** The budget of the memory tier in bytes (estimated). Default 64 MiB. */
  readonly maxBytes?: number | undefined;
  /** Refreshes that may run at once, over all functions; more are skipped. Default 10. */
  readonly refreshLimit?: number | undefined;
  /** How long a failed refresh of a key is not tried again. Default `'60s'`. */
  readonly refreshCooldown?: Duration | undefined;
  /** How long `close()` waits for releases and for the store. Default `'10s'`. */
  readonly closeTimeout?: Duration | undefined;
  /** Hashers for every function of the cache; a function's own come first. */
  readonly hashers?: readonly Hasher[] | undefined;
  /** Where time comes from. Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Hears of trouble once for each kind. Default: process warnings. */
  readonly logger?: CacheLogger | undefined;
  /** `false`: every call of a data function computes and nothing is kept; resources live on. Default true. */
  readonly enabled?: boolean | undefined;
  /** The default `ttl` of data functions and streams. */
  readonly ttl?: Duration | undefined;
  /** The default `maxEntries` of every function. */
  readonly maxEntries?: number | undefined;
}

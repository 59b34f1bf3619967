import type { Clock } from './clock.js';
import type { Duration } from './duration.js';
import type { CacheLogger, RemovalReason } from './events.js';
import type { CodecList } from './copy/index.js';
import type { Hasher } from './key/index.js';
import type { LocalStore, StoreInput } from './store/index.js';

export type { CallOptions, CallOutcome, DataCallOptions } from './call-options.js';

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
  /**
   * Leaves arguments whose parameter has a name that begins with `_` out of the key; also all arguments of a rest
   * parameter (`..._rest`). Parameters that are taken apart have no name. The names are read from the function's
   * source when it is wrapped; it is an error when they cannot be seen (bound and built-in functions), or none begins so.
   *
   * Off by default, because compilers and minifiers rename parameters: they make `_id` an `a`, and an unused `id` an `_id`
   * or `_`. `ignoreArgs` does not depend on names.
   */
  readonly ignoreUnderscored?: boolean | undefined;
  /** How instances of classes are keyed, at any depth; the nearest class wins. See {@link Hasher}. */
  readonly hashers?: readonly Hasher[] | undefined;
  /**
   * The text that a `started` event carries, to be shown to a person for as long as a run takes; `false` for none.
   * Default: ``Running `name()` ``.
   */
  readonly label?: string | false | undefined;
  /** The most entries that are kept in memory; what was used lately stays. Default: bounded by the cache's bytes. */
  readonly maxEntries?: number | undefined;
  /** After this a run no longer holds its key, and the next call starts a new one. Default `'60s'`. */
  readonly flightTimeout?: Duration | undefined;
  /**
   * Whose the results are: everybody's (`'global'`, the default), those of the session or of the request that calls. The
   * last two need a scope around the call (an adapter's, or `cache.runInScope`), and end with it. What is of a request
   * is in memory only.
   */
  readonly scope?: 'global' | 'session' | 'request' | undefined;
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
  /** After this a caller gets a stale value, when `staleIfError` keeps one; the run goes on and is kept. Default: none. */
  readonly softTimeout?: Duration | undefined;
  /**
   * After this a caller gets a stale value when there is one, else `ERR_MILLPOND_TIMEOUT`; the run goes on and is kept.
   * Default: none.
   */
  readonly hardTimeout?: Duration | undefined;
  /**
   * Keeps what the function throws for so long, in memory, and throws the same error again without a run. With `only`,
   * just instances of these classes. Default: failures are not kept.
   */
  readonly errorTtl?: Duration | ErrorTtl | undefined;
  /**
   * Runs of this function at once. Ten times as many wait in line; what finds the line full gets a stale value when
   * `staleIfError` keeps one, else `ERR_MILLPOND_OVERLOADED`. Default: no limit.
   */
  readonly maxConcurrent?: number | undefined;
  /**
   * By how much of itself, from 0 to 1, a life is shortened at random, so that what was kept at once does not expire at
   * once. Default 0 in memory, and 0.1 for what is in a store.
   */
  readonly jitter?: number | undefined;
  /**
   * Whether a value carries the tags of the cached calls that it was made of, and lives no longer than they. Default true.
   */
  readonly inherit?: boolean | undefined;
  /** The most variants of one call by the inputs that its runs read; the oldest goes. Default 100. */
  readonly maxVariants?: number | undefined;
  /** The most bytes (estimated) that this function's values may take in memory. */
  readonly maxBytes?: number | undefined;
  /** Keep this result? Default: every one. */
  readonly when?: ((value: R, ...args: A) => boolean) | undefined;
  /** Names to invalidate by: a list, or a function of the result and the arguments. */
  readonly tags?: readonly string[] | ((value: R, ...args: A) => readonly string[]) | undefined;
  /** Default `'clone'`. `'freeze'` refuses values with a Map, Set, Date or binary data. */
  readonly copy?: CopyMode | undefined;
  /** How instances of classes in the result are kept: a list of `defineCodec(...)` and `recordCodec(...)`. */
  readonly codecs?: CodecList | undefined;
  /** The store of this function, instead of the cache's; `false` for memory only. */
  readonly store?: StoreInput | false | undefined;
  /** `'disk'`, or what `diskStore` or `lmdbStore` returns: keeps values across restarts. Not together with `store`. */
  readonly persist?: 'disk' | LocalStore | undefined;
  /** Values whose stored text is longer (in bytes) stay in memory only. Default 16 MiB. */
  readonly maxValueBytes?: number | undefined;
}

/** A class of errors. */
export type ErrorClass = abstract new (...args: never) => unknown;

/** How long which failures are kept. */
export interface ErrorTtl {
  readonly ttl: Duration;
  /** Instances of these classes, and of classes that extend them. */
  readonly only: readonly ErrorClass[];
}

/** Options of `cacheBatch`; those of data are about single ids. `R` is the type of the row of one id. */
export interface BatchOptions<Id, R> extends Omit<
  DataOptions<[id: Id], R>,
  'ignoreArgs' | 'ignoreUnderscored' | 'context' | 'scope' | 'maxVariants'
> {
  /** The most ids of one load; more are several loads. Default: any number. */
  readonly maxBatchSize?: number | undefined;
}

/** Says whose row it is, of a load that returns rows in any order. */
export interface IdOfRow<Id, Row> {
  /** The id of a row. Rows of ids that were not asked for are ignored. */
  readonly idOf: (row: Row) => Id;
}

/** Options of `cacheDataSync`: memory only, so nothing that needs a store or a background. */
export interface DataSyncOptions<A extends readonly unknown[], R> extends Omit<
  DataOptions<A, R>,
  | 'store'
  | 'persist'
  | 'maxValueBytes'
  | 'version'
  | 'staleWhileRevalidate'
  | 'softTimeout'
  | 'hardTimeout'
  | 'maxConcurrent'
  | 'flightTimeout'
  | 'context'
  | 'maxVariants'
> {}

/**
 * Options of `cacheStream`: memory only. `T` is the type of an item; what is asked about the result is asked about all
 * items, when the last has come. The `ttl` counts from then.
 */
export interface StreamOptions<A extends readonly unknown[], T>
  extends
    Pick<
      FunctionOptions<A>,
      'name' | 'key' | 'ignoreArgs' | 'ignoreUnderscored' | 'hashers' | 'label' | 'maxEntries' | 'context'
    >,
    Pick<DataOptions<A, readonly T[]>, 'ttl' | 'maxBytes' | 'when' | 'tags' | 'inherit' | 'copy' | 'codecs'> {
  /** A run that has not given an item for so long no longer holds its key, and the next call starts anew. Default `'60s'`. */
  readonly flightTimeout?: Duration | undefined;
  /** A larger stream (in bytes, estimated) is handed on, but neither joined any more nor kept. Default 16 MiB. */
  readonly maxValueBytes?: number | undefined;
}

/** Options of `cacheResource`. `R` is the type of the awaited resource. */
export interface ResourceOptions<A extends readonly unknown[], R> extends FunctionOptions<A> {
  /** How long a resource is used before it is built anew. Default: for ever. */
  readonly ttl?: Duration | undefined;
  /** How long after `ttl` a resource is handed out while another is built behind it. Needs a `ttl`. */
  readonly staleWhileRevalidate?: Duration | undefined;
  /** How long after `ttl` a resource is handed out when building another fails. Needs a `ttl`. */
  readonly staleIfError?: Duration | undefined;
  /**
   * After this a caller gets the resource past its ttl that `staleIfError` keeps; building goes on. Default: none.
   */
  readonly softTimeout?: Duration | undefined;
  /**
   * The longest that a caller waits, `validate` included: then they get the resource past its ttl when `staleIfError` keeps
   * one and there is no `validate`, else `ERR_MILLPOND_TIMEOUT`. Building goes on. Default: no limit.
   */
  readonly hardTimeout?: Duration | undefined;
  /**
   * Factories of this function at once. Ten times as many wait in line; more are refused with `ERR_MILLPOND_OVERLOADED`,
   * unless `staleIfError` keeps what can be handed out. Default: no limit.
   */
  readonly maxConcurrent?: number | undefined;
  /** Released after this long without a call of it and without a lease on it. Default: never for that. */
  readonly idleTimeout?: Duration | undefined;
  /** Asked on every use after the first; false means build anew and release. What it throws reaches the caller. */
  readonly validate?: ((resource: R, ...args: A) => boolean | PromiseLike<boolean>) | undefined;
  /** Lets a resource go. Default: its `Symbol.asyncDispose`, then its `Symbol.dispose`. */
  readonly onRelease?: ((resource: R, reason: ReleaseReason) => unknown) | undefined;
  /**
   * Says which resource it is, by a text that is the same in every process, such as its host and database: what it is
   * keyed by, together with the name of its function, where it is an argument of a function with a store. Asked once,
   * when the resource was built. In memory, and without it, a resource is keyed by its function and its arguments.
   */
  readonly identity?: ((resource: R, ...args: A) => string) | undefined;
  /**
   * How long a replaced, expired, evicted or invalid resource lives on for those who got it before; 0 for none. Default
   * `'10s'`; none with `rebuild: 'release-first'`, where everybody would wait for it.
   */
  readonly releaseAfter?: Duration | undefined;
  /**
   * `'build-first'` (default) lets go of the old one when the new one is there. `'release-first'` is for what there can be
   * only one of, such as a port or a lock: nothing is built for a key before what was there has been released.
   */
  readonly rebuild?: 'build-first' | 'release-first' | undefined;
}

/** Why a resource is let go. */
export type ReleaseReason = RemovalReason;

/** Options of functions whose defaults a cache may give; each counts for the kinds of functions that have it. */
export interface FunctionDefaults extends Pick<
  DataOptions<readonly unknown[], unknown>,
  | 'maxEntries'
  | 'flightTimeout'
  | 'staleWhileRevalidate'
  | 'staleIfError'
  | 'softTimeout'
  | 'hardTimeout'
  | 'errorTtl'
  | 'maxConcurrent'
  | 'jitter'
  | 'maxValueBytes'
> {
  /** The default `ttl` of data functions and streams. */
  readonly ttl?: Duration | undefined;
}

/** Options of `createCache`. Beside its own: defaults for its functions. */
export interface CacheOptions extends FunctionDefaults {
  /** Names the cache: a prefix of every stored key. Required with a store, so that two apps never share by accident. */
  readonly name?: string | undefined;
  /** Mixed into every stored key; change it to leave all stored entries behind. */
  readonly version?: string | undefined;
  /** A second tier: a Keyv (5.5 to 6), a Keyv storage adapter, or a Map. Default: none. */
  readonly store?: StoreInput | undefined;
  /** Whether `close()` disconnects the store that was given. Default false. */
  readonly closeStore?: boolean | undefined;
  /** `'disk'` keeps values in `.millpond/<name>` of the working directory; `diskStore({ path })` or `lmdbStore({ path })` elsewhere. */
  readonly persist?: 'disk' | LocalStore | undefined;
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
  /** Sessions with something in this process; beyond that the one that was not used for longest ends. Default 10,000. */
  readonly maxSessions?: number | undefined;
  /** How long after its last use a session ends in this process. Default `'30m'`. */
  readonly sessionIdle?: Duration | undefined;
  /** How long `close()` waits for releases and for the store. Default `'10s'`. */
  readonly closeTimeout?: Duration | undefined;
  /** Hashers for every function of the cache; a function's own come first. */
  readonly hashers?: readonly Hasher[] | undefined;
  /** Codecs for every data function of the cache; a function's own come first. */
  readonly codecs?: CodecList | undefined;
  /**
   * Whether values of `copy: 'share'` are watched for callers who change them, which a `mutated` event then tells, once
   * for each value. For development: a hit compares some 1,000 places. Default: only where `NODE_ENV` is `development`.
   */
  readonly detectMutations?: boolean | undefined;
  /** Where time comes from. Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Hears of trouble once for each kind. Default: process warnings. */
  readonly logger?: CacheLogger | undefined;
  /** `false`: every call of a data function computes and nothing is kept; resources live on. Default true. */
  readonly enabled?: boolean | undefined;
}

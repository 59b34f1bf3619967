import type {
  CachedData,
  CachedDataSync,
  CachedResource,
  DeepReadonly,
  FunctionStats,
  Invalidation,
} from './cached.js';
import type { CacheError } from './errors.js';
import type { CacheEventOf, CacheEventType, CacheListener } from './events.js';
import type { DataOptions, DataSyncOptions, ResourceOptions } from './options.js';

/** Counters of a cache and of each of its functions. */
export interface CacheStats {
  /** One for each cached function, in the order in which they were wrapped. */
  readonly functions: readonly FunctionStats[];
  /** Entries in memory, of all functions. */
  readonly entries: number;
  /** Estimated bytes in memory that count against `maxBytes`. */
  readonly bytes: number;
}

/** What `close()` could not let go of properly; each was also told by a `releaseFailed` event. */
export interface CloseReport {
  readonly failures: readonly CacheError[];
}

/** Options that freeze what is kept. */
type Frozen = { readonly copy: 'freeze' };

/** Makes a cached data function. */
export interface CacheDataFn {
  /** Remembers what an asynchronous (or synchronous) function returns, and hands out the frozen value itself. */
  <A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    options: DataOptions<A, Awaited<R>> & Frozen,
  ): CachedData<A, DeepReadonly<Awaited<R>>>;
  /**
   * Remembers what a function returns; each caller gets a copy of their own.
   *
   * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`, `ERR_MILLPOND_NAME_TAKEN` or `ERR_MILLPOND_CLOSED`, at once.
   */
  <A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    options?: DataOptions<A, Awaited<R>>,
  ): CachedData<A, Awaited<R>>;
}

/** Makes a cached synchronous data function. */
export interface CacheDataSyncFn {
  /** Remembers what a pure synchronous function returns, and hands out the frozen value itself. */
  <A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    options: DataSyncOptions<A, R> & Frozen,
  ): CachedDataSync<A, DeepReadonly<R>>;
  /** Remembers what a pure synchronous function returns, in memory; each caller gets a copy of their own. */
  <A extends readonly unknown[], R>(fn: (...args: A) => R, options?: DataSyncOptions<A, R>): CachedDataSync<A, R>;
}

/** Makes a cached resource. */
export interface CacheResourceFn {
  /**
   * Remembers a live thing that a factory builds: everybody gets the same one, and it is released exactly once.
   *
   * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`, `ERR_MILLPOND_NAME_TAKEN` or `ERR_MILLPOND_CLOSED`, at once.
   */
  <A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    options?: ResourceOptions<A, Awaited<R>>,
  ): CachedResource<A, Awaited<R>>;
}

/** The owner of cached functions. Its methods may be destructured. */
export interface Cache extends AsyncDisposable {
  readonly name: string | undefined;
  readonly cacheData: CacheDataFn;
  readonly cacheDataSync: CacheDataSyncFn;
  readonly cacheResource: CacheResourceFn;
  /** Drops every entry of every function of this cache; a store keeps what others put there. */
  clear(): Promise<Invalidation>;
  /** Drops every entry that carries one of the tags. */
  invalidateTags(...tags: readonly string[]): Promise<Invalidation>;
  stats(): CacheStats;
  /** Listens to one kind of event; returns what ends it. */
  on<T extends CacheEventType>(type: T, listener: CacheListener<CacheEventOf<T>>): () => void;
  /** Resolves when the store has what was written so far, or has given it up. */
  flush(): Promise<void>;
  /**
   * Releases every resource, drains the store's writes and stops all timers, within `closeTimeout`. Data functions
   * that are called afterwards compute; resources reject with `ERR_MILLPOND_CLOSED`. Never rejects.
   */
  close(): Promise<CloseReport>;
}

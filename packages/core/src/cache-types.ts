import type {
  CachedBatch,
  CachedData,
  CachedDataSync,
  CachedResource,
  CachedStream,
  DeepReadonly,
  FunctionStats,
  Invalidation,
} from './cached.js';
import type { CacheError } from './errors/index.js';
import type { EffectOptions } from './effect/index.js';
import type { Exchange } from './exchange/index.js';
import type { InputOptions } from './input/index.js';
import type { CacheEventOf, CacheEventType, CacheListener } from './events.js';
import type { BatchOptions, DataOptions, DataSyncOptions, IdOfRow, ResourceOptions, StreamOptions } from './options.js';
import type { MayBeKept } from './result-type.js';
import type { OpenScope, ScopeOptions } from './scope/index.js';
import type { AnyFunction } from './wrapping.js';

/** Counters of a cache and of each of its functions. */
export interface CacheStats {
  /** One for each cached function, in the order in which they were wrapped. */
  readonly functions: readonly FunctionStats[];
  /** The sums over all functions; see {@link FunctionStats}. */
  readonly hits: number;
  readonly misses: number;
  readonly joins: number;
  readonly stale: number;
  readonly errors: number;
  readonly runs: number;
  readonly savedMs: number;
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
  <F extends AnyFunction>(
    fn: F & MayBeKept<'cacheData', Awaited<ReturnType<F>>>,
    options: DataOptions<Parameters<F>, Awaited<ReturnType<F>>> & { readonly copy: 'freeze' },
  ): CachedData<Parameters<F>, DeepReadonly<Awaited<ReturnType<F>>>>;
  /** Remembers what a function returns, whatever it is, and hands out the value itself. */
  <F extends AnyFunction>(
    fn: F,
    options: DataOptions<Parameters<F>, Awaited<ReturnType<F>>> & { readonly copy: 'share' },
  ): CachedData<Parameters<F>, Awaited<ReturnType<F>>>;
  /**
   * Remembers what a function returns; each caller gets a copy of their own. A function whose result can be seen not to
   * be data does not compile.
   *
   * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`, `ERR_MILLPOND_NAME_TAKEN` or `ERR_MILLPOND_CLOSED`, at once.
   */
  <F extends AnyFunction>(
    fn: F & MayBeKept<'cacheData', Awaited<ReturnType<F>>>,
    options?: DataOptions<Parameters<F>, Awaited<ReturnType<F>>>,
  ): CachedData<Parameters<F>, Awaited<ReturnType<F>>>;
}

/** Makes a cached synchronous data function. */
export interface CacheDataSyncFn {
  /** Remembers what a pure synchronous function returns, and hands out the frozen value itself. */
  <F extends AnyFunction>(
    fn: F & MayBeKept<'cacheDataSync', ReturnType<F>>,
    options: DataSyncOptions<Parameters<F>, ReturnType<F>> & { readonly copy: 'freeze' },
  ): CachedDataSync<Parameters<F>, DeepReadonly<ReturnType<F>>>;
  /** Remembers what a pure synchronous function returns, whatever it is, and hands out the value itself. */
  <F extends AnyFunction>(
    fn: F,
    options: DataSyncOptions<Parameters<F>, ReturnType<F>> & { readonly copy: 'share' },
  ): CachedDataSync<Parameters<F>, ReturnType<F>>;
  /** Remembers what a pure synchronous function returns, in memory; each caller gets a copy of their own. */
  <F extends AnyFunction>(
    fn: F & MayBeKept<'cacheDataSync', ReturnType<F>>,
    options?: DataSyncOptions<Parameters<F>, ReturnType<F>>,
  ): CachedDataSync<Parameters<F>, ReturnType<F>>;
}

/** Loads many: its ids are distinct, in the order in which they were asked for, and its own to change. */
type BatchLoad<Id, Rows> = (ids: Id[]) => Rows | PromiseLike<Rows>;

/** A row, or the failure of its id alone. */
type RowOrError<Row> = Row | Error;

/**
 * Makes a cached batch function: one that is called with single ids, and loads those that it does not have together.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`, `ERR_MILLPOND_NAME_TAKEN` or `ERR_MILLPOND_CLOSED`, at once.
 */
export interface CacheBatchFn {
  /** Of a load that returns rows in any order; `idOf` tells whose they are. Rows are frozen and shared. */
  <Id, Row>(
    load: BatchLoad<Id, readonly Row[]>,
    options: BatchOptions<Id, Row | undefined> & IdOfRow<Id, Row> & Frozen,
  ): CachedBatch<Id, DeepReadonly<Row> | undefined, readonly Row[]>;
  /** Of a load that returns rows in any order; `idOf` tells whose they are. An id without a row answers `undefined`. */
  <Id, Row>(
    load: BatchLoad<Id, readonly Row[]>,
    options: BatchOptions<Id, Row | undefined> & IdOfRow<Id, Row>,
  ): CachedBatch<Id, Row | undefined, readonly Row[]>;
  /** Of a load that returns a Map from id to row. Rows are frozen and shared. */
  <Id, Row>(
    load: BatchLoad<Id, ReadonlyMap<Id, RowOrError<Row>>>,
    options: BatchOptions<Id, Row | undefined> & Frozen,
  ): CachedBatch<Id, DeepReadonly<Row> | undefined, ReadonlyMap<Id, RowOrError<Row>>>;
  /** Of a load that returns a Map from id to row. An id without a row answers `undefined`; an `Error` fails its id alone. */
  <Id, Row>(
    load: BatchLoad<Id, ReadonlyMap<Id, RowOrError<Row>>>,
    options?: BatchOptions<Id, Row | undefined>,
  ): CachedBatch<Id, Row | undefined, ReadonlyMap<Id, RowOrError<Row>>>;
  /** Of a load that returns one row for each id, in the order of the ids. Rows are frozen and shared. */
  <Id, Row>(
    load: BatchLoad<Id, readonly RowOrError<Row>[]>,
    options: BatchOptions<Id, Row> & Frozen,
  ): CachedBatch<Id, DeepReadonly<Row>, readonly RowOrError<Row>[]>;
  /** Of a load that returns one row for each id, in the order of the ids. An `Error` fails its id alone. */
  <Id, Row>(
    load: BatchLoad<Id, readonly RowOrError<Row>[]>,
    options?: BatchOptions<Id, Row>,
  ): CachedBatch<Id, Row, readonly RowOrError<Row>[]>;
}

/** What a function of `cacheStream` returns: items, at once or in time. A `ReadableStream` is one of them. */
export type StreamSource =
  AsyncIterable<unknown> | Iterable<unknown> | { getReader(): { read(): Promise<{ done: boolean; value?: unknown }> } };

/** The type of the items of what a function returns. */
export type StreamItem<R> =
  Awaited<R> extends AsyncIterable<infer T>
    ? T
    : Awaited<R> extends Iterable<infer T>
      ? Awaited<T>
      : Awaited<R> extends { getReader(): { read(): Promise<infer S> } }
        ? S extends { done: false; value: infer T }
          ? T
          : never
        : never;

/** A function of `cacheStream`. */
type StreamFunction = (...args: never) => StreamSource | PromiseLike<StreamSource>;

/** Makes a cached stream. */
export interface CacheStreamFn {
  /** Remembers the items that a function gives one after another, and hands out the frozen items themselves. */
  <F extends StreamFunction>(
    fn: F,
    options: StreamOptions<Parameters<F>, StreamItem<ReturnType<F>>> & Frozen,
  ): CachedStream<Parameters<F>, DeepReadonly<StreamItem<ReturnType<F>>>>;
  /**
   * Remembers the items that a function gives one after another (an async generator, or what returns an iterable or a
   * stream), in memory; each caller gets copies of their own, and late ones the items that have come and then those that
   * come.
   *
   * @throws CacheError `ERR_MILLPOND_INVALID_OPTION` or `ERR_MILLPOND_CLOSED`, at once.
   */
  <F extends StreamFunction>(
    fn: F,
    options?: StreamOptions<Parameters<F>, StreamItem<ReturnType<F>>>,
  ): CachedStream<Parameters<F>, StreamItem<ReturnType<F>>>;
}

/** Makes a cached resource. */
export interface CacheResourceFn {
  /**
   * Remembers a live thing that a factory builds: everybody gets the same one, and it is released exactly once.
   *
   * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`, `ERR_MILLPOND_NAME_TAKEN` or `ERR_MILLPOND_CLOSED`, at once.
   */
  <F extends AnyFunction>(
    fn: F,
    options?: ResourceOptions<Parameters<F>, Awaited<ReturnType<F>>>,
  ): CachedResource<Parameters<F>, Awaited<ReturnType<F>>>;
}

/** The owner of cached functions. Its methods may be destructured. */
export interface Cache extends AsyncDisposable {
  readonly name: string | undefined;
  readonly cacheData: CacheDataFn;
  readonly cacheDataSync: CacheDataSyncFn;
  readonly cacheBatch: CacheBatchFn;
  readonly cacheStream: CacheStreamFn;
  readonly cacheResource: CacheResourceFn;
  /**
   * Makes an input: a function that reads something beside the arguments, such as the language of the request. What a
   * cached function reads of it becomes part of the key of its result, in the order of the reads: who has another value
   * gets another variant. `read` is asked in the async context of who calls the cached function, once a run; its answer is
   * keyed like an argument.
   *
   * Its name is unique in its cache. With `secret: true` keys hold a digest of its values. Only functions of `cacheData` may read inputs, and the cached functions that they call.
   *
   * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`, at once. Reads throw `ERR_MILLPOND_INPUT` where a result cannot vary,
   * and `ERR_MILLPOND_UNHASHABLE_ARGUMENT` for a value that has no key.
   */
  readonly input: <T>(name: string, read: () => T, options?: InputOptions) => () => T;
  /**
   * Makes an effect: a function that is called inside cached data functions for what it does, such as a log line. What is
   * recorded of it with a result acts whenever the result is handed out: to the first caller and with each hit, in the
   * order of the calls, with equal arguments, and in the async context of who is answered. Outside a cached function it
   * acts at once.
   *
   * Its name is unique in its cache: a store finds the effect by it. Arguments must be data; a run records 100 effects
   * and 64 KiB of arguments at most. The option `scope` says that only functions of that scope, or a narrower one, may call it.
   *
   * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`, at once. Calls inside a cached function throw
   * `ERR_MILLPOND_UNCACHEABLE_VALUE` for arguments that are no data, and `ERR_MILLPOND_EFFECT` for too many, or in a function
   * of a wider scope than its own.
   */
  readonly effect: <A extends readonly unknown[]>(
    name: string,
    action: (...args: A) => unknown,
    options?: EffectOptions,
  ) => (...args: A) => void;
  /**
   * The request that is being answered, and its response, as an adapter or `openScope({ exchange })` tells of them: what cached
   * functions read of the one, and do to the other.
   */
  readonly exchange: Exchange;
  /**
   * Runs a function, and all that it sets off, in a scope of its own: that of a request (a job, a message), which ends
   * when the function has settled, and of the session that it is for. Resolves when what was made for it has been let go.
   *
   * @throws CacheError (a rejection) `ERR_MILLPOND_INVALID_OPTION`, and whatever the function throws.
   */
  readonly runInScope: <R>(options: ScopeOptions, fn: () => R) => Promise<Awaited<R>>;
  /**
   * The same for whoever cannot wait in one place: a scope that its opener ends, such as an adapter.
   *
   * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`
   */
  readonly openScope: (options?: ScopeOptions) => OpenScope;
  /**
   * Ends a session in this process: drops what was made in it, here and in the store, and releases its resources, the
   * last made first. Resolves when that is over, after `closeTimeout` at the latest; never rejects.
   */
  readonly endSession: (id: string) => Promise<void>;
  /** Drops every entry of every function of this cache; a store keeps what others put there. */
  readonly clear: () => Promise<Invalidation>;
  /** Drops every entry that carries one of the tags. */
  readonly invalidateTags: (...tags: readonly string[]) => Promise<Invalidation>;
  readonly stats: () => CacheStats;
  /** Listens to one kind of event; returns what ends it. */
  readonly on: <T extends CacheEventType>(type: T, listener: CacheListener<CacheEventOf<T>>) => () => void;
  /** Resolves when the store has what was written so far, or has given it up. */
  readonly flush: () => Promise<void>;
  /**
   * Releases every resource, drains the store's writes and stops all timers, waiting `closeTimeout` for each at most. Data functions
   * and streams that are called afterwards compute; resources reject with `ERR_MILLPOND_CLOSED`. Never rejects. Called by what it
   * would wait for (a factory, an `onRelease`) it begins, and resolves at once.
   */
  readonly close: () => Promise<CloseReport>;
}

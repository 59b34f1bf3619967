import type { MissReason, RemovalReason } from './events.js';
import type { Explanation } from './observe/explanation.js';
import type { CallOptions, DataCallOptions } from './options.js';

/**
 * Whether an invalidation has reached the store: `'none'` (there is no store), `'acknowledged'`, or `'pending'` (it
 * did not answer in time; it is tried until it does, and an event tells). In this process it holds in any case.
 */
export interface Invalidation {
  readonly store: 'none' | 'acknowledged' | 'pending';
}

/**
 * Counters of one function since it was wrapped; `entries` and `bytes` (estimated) are of memory, now. Times are in
 * milliseconds.
 */
export interface FunctionStats {
  readonly name: string;
  readonly hits: number;
  /** Which tier the hits came from; together they are `hits`. */
  readonly hitsFrom: Readonly<Record<'memory' | 'store', number>>;
  readonly misses: number;
  /** Why look-ups missed; together they are `misses`. */
  readonly missReasons: Readonly<Record<MissReason, number>>;
  readonly joins: number;
  readonly stale: number;
  readonly errors: number;
  /**
   * How often the function itself was started, whoever it was for: refreshes count, and calls of a disabled cache. Of
   * a batch, how often it was called with a list.
   */
  readonly runs: number;
  /**
   * The time that half of the runs, and 95 % of them, stayed below, of those that ended with a value; within 5 % of
   * the true one. Undefined before the first.
   */
  readonly computeMs: { readonly p50: number | undefined; readonly p95: number | undefined };
  /**
   * Computing that was not done again: each hit and each value served stale while it is refreshed counts the time that
   * it once took to compute, each join the time that the run it waited for took.
   */
  readonly savedMs: number;
  /** Why entries left memory. */
  readonly removals: Readonly<Record<RemovalReason, number>>;
  readonly entries: number;
  readonly bytes: number;
}

/** What every cached function has, whatever it caches. Methods may be destructured. */
interface Cached<A extends readonly unknown[]> {
  /** What identifies the call among those of this function: its arguments, as text; a digest when they are long. */
  readonly keyOf: (...args: A) => string;
  /** Whether memory holds a usable entry; nothing is counted and the store is not asked. */
  readonly has: (...args: A) => boolean;
  readonly stats: () => FunctionStats;
}

/** Drops of entries, for functions that may have a store. */
interface Droppable<A extends readonly unknown[]> {
  /**
   * Drops one call. When it has resolved, no later call gets a value whose computation began before it.
   *
   * @throws CacheError (a rejection) `ERR_MILLPOND_UNHASHABLE_ARGUMENT` for arguments that have no key.
   */
  readonly delete: (...args: A) => Promise<Invalidation>;
  /** Drops every call of this function, with the same promise as {@link Droppable.delete}. */
  readonly clear: () => Promise<Invalidation>;
}

/** A cached data function: the parameters and the result of the original; always a promise. */
export interface CachedData<A extends readonly unknown[], R> extends Cached<A>, Droppable<A> {
  (...args: A): Promise<R>;
  /** The function itself, uncached. */
  readonly original: (...args: A) => R | PromiseLike<R>;
  /** Runs now and replaces the entry; on failure the old one stays and the error reaches the caller. */
  readonly refresh: (...args: A) => Promise<R>;
  /**
   * Marks one call as stale, and keeps it: from now on only stale windows serve it. Without one, the same as `delete`.
   *
   * @throws CacheError (a rejection) `ERR_MILLPOND_UNHASHABLE_ARGUMENT` for arguments that have no key.
   */
  readonly expire: (...args: A) => Promise<Invalidation>;
  /**
   * Keeps a value for a call without running the function, in the place of what is kept or under way; resolves when memory
   * has it, and the store gets it behind that.
   *
   * @throws CacheError (a rejection) `ERR_MILLPOND_UNCACHEABLE_VALUE` or `ERR_MILLPOND_UNHASHABLE_ARGUMENT`.
   */
  prime(value: R, ...args: A): Promise<void>;
  /** A copy of what memory holds and may serve, or undefined; nothing is counted and the store is not asked. */
  readonly peek: (...args: A) => R | undefined;
  /**
   * What the key of a call is made of, what memory and the store hold, whether it is being computed, and why its last
   * look-up missed. Computes, counts and changes nothing, also not in the store, which it asks as a call would: within
   * `readDeadline`.
   *
   * @throws CacheError (a rejection) as a call does for arguments that have no key.
   */
  readonly explain: (...args: A) => Promise<Explanation>;
  /** The same function and entries, with options for its calls. */
  readonly withOptions: (options: DataCallOptions) => (...args: A) => Promise<R>;
}

/** A cached synchronous data function: memory only, synchronous in and out. */
export interface CachedDataSync<A extends readonly unknown[], R> extends Cached<A> {
  (...args: A): R;
  /** The function itself, uncached. */
  readonly original: (...args: A) => R;
  readonly delete: (...args: A) => void;
  readonly clear: () => void;
  /** Marks one call as stale, and keeps it for `staleIfError`. */
  readonly expire: (...args: A) => void;
  /** Keeps a value for a call without running the function. */
  prime(value: R, ...args: A): void;
  readonly refresh: (...args: A) => R;
  readonly peek: (...args: A) => R | undefined;
  /** What the key of a call is made of, what memory holds, and why its last look-up missed; nothing is changed. */
  readonly explain: (...args: A) => Explanation;
}

/** A hold on a resource: it is not released before the lease has ended, by `await using` or `[Symbol.asyncDispose]()`. */
export interface Lease<R> extends AsyncDisposable {
  readonly resource: R;
}

/** Calls with single ids, and with lists of them. */
interface OneAndMany<Id, R> {
  (id: Id): Promise<R>;
  /**
   * The rows of ids, in their order, each its own copy. Rejects as `Promise.all` does, with the first failure; for
   * each outcome use `Promise.allSettled(ids.map(user))`.
   */
  readonly many: (ids: readonly Id[]) => Promise<R[]>;
}

/**
 * A cached batch function: it is called with single ids, each of which has an entry of its own, and those that are
 * missed in one turn of the event loop are loaded together. `stats().runs` counts loads, everything else ids.
 */
export interface CachedBatch<Id, R, Rows = unknown> extends Cached<[id: Id]>, Droppable<[id: Id]>, OneAndMany<Id, R> {
  /** What loads the rows, uncached. */
  readonly original: (ids: Id[]) => Rows | PromiseLike<Rows>;
  /** Loads now and replaces the entry; on failure the old one stays and the error reaches the caller. */
  readonly refresh: (id: Id) => Promise<R>;
  /** Marks one row as stale, and keeps it: see {@link CachedData.expire}. */
  readonly expire: (id: Id) => Promise<Invalidation>;
  /** Keeps a row for an id without loading it: see {@link CachedData.prime}. */
  prime(row: R, id: Id): Promise<void>;
  /** A copy of what memory holds and may serve, or undefined; nothing is counted and the store is not asked. */
  readonly peek: (id: Id) => R | undefined;
  /** The same function and entries, with options for its calls. */
  readonly withOptions: (options: DataCallOptions) => OneAndMany<Id, R>;
}

/**
 * One caller's reading of a stream. It begins with the first `next()`; `return()` (a `break` out of `for await`) ends it
 * at once, also while an item is waited for. A stream has no return value, and nothing can be passed into it.
 */
export interface StreamIterator<T> extends AsyncIterator<T, undefined, undefined>, AsyncDisposable {
  readonly next: () => Promise<IteratorResult<T, undefined>>;
  readonly return: () => Promise<IteratorResult<T, undefined>>;
  /** Leaves as `return()` does, and rejects with the error; the run hears nothing of it. */
  readonly throw: (error?: unknown) => Promise<IteratorResult<T, undefined>>;
  readonly [Symbol.asyncIterator]: () => StreamIterator<T>;
}

/** A cached stream: the parameters and the items of the original. */
export interface CachedStream<A extends readonly unknown[], T> extends Cached<A>, Droppable<A> {
  /**
   * The items, at the caller's own pace: of the kept stream, of the run under way (what has come, then live), or of a new
   * run. Nothing runs until the first item is asked for; the key is taken at once.
   *
   * @throws CacheError `ERR_MILLPOND_UNHASHABLE_ARGUMENT` or `ERR_MILLPOND_HASHER_FAILED`, at once.
   */
  (...args: A): StreamIterator<T>;
  /** The function itself, uncached. */
  readonly original: (...args: A) => unknown;
  /** A new run, as soon as it is read; when its last item has come it replaces the entry, and if it breaks the old one stays. */
  readonly refresh: (...args: A) => StreamIterator<T>;
  /** A copy of the items of the kept stream, or undefined; nothing is counted. */
  readonly peek: (...args: A) => T[] | undefined;
  /** See {@link CachedData.explain}. */
  readonly explain: (...args: A) => Promise<Explanation>;
  /** The same function and entries, with options for its calls. */
  readonly withOptions: (options: CallOptions) => (...args: A) => StreamIterator<T>;
}

/** A cached resource: everybody gets the same object. */
export interface CachedResource<A extends readonly unknown[], R> extends Cached<A>, Droppable<A> {
  (...args: A): Promise<R>;
  /** The factory itself, uncached. */
  readonly original: (...args: A) => R | PromiseLike<R>;
  /**
   * The resource as a call gives it, held until the lease ends: whatever happens to its entry, it is not released before.
   * Only `close()` does not wait for longer than `closeTimeout`.
   */
  readonly lease: (...args: A) => Promise<Lease<R>>;
  /**
   * Builds a new one, puts it in the place of the old, and lets the old go; on failure the old one stays. (With
   * `rebuild: 'release-first'` the old one has gone before, and on failure there is none.)
   */
  readonly refresh: (...args: A) => Promise<R>;
  /** The living resource itself, without validating it, or undefined. That is no use of it. */
  readonly peek: (...args: A) => R | undefined;
  /**
   * What the key of a call is made of, whether a resource is there or is being built, and why its last look-up missed;
   * nothing is changed, and `validate` is not asked.
   *
   * @throws CacheError (a rejection) as a call does for arguments that have no key.
   */
  readonly explain: (...args: A) => Promise<Explanation>;
  /** The same resource, with options for its calls. */
  readonly withOptions: (options: CallOptions) => (...args: A) => Promise<R>;
}

/** A value with everything in it read-only: what `copy: 'freeze'` hands out. */
export type DeepReadonly<T> = T extends (...args: never) => unknown
  ? T
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

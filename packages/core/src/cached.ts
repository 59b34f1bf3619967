import type { CallOptions } from './options.js';

/**
 * Whether an invalidation has reached the store: `'none'` (there is no store), `'acknowledged'`, or `'pending'` (it
 * did not answer in time; it is tried until it does, and an event tells). In this process it holds in any case.
 */
export interface Invalidation {
  readonly store: 'none' | 'acknowledged' | 'pending';
}

/** Counters of one function since it was wrapped; `entries` and `bytes` (estimated) are of memory, now. */
export interface FunctionStats {
  readonly name: string;
  readonly hits: number;
  readonly misses: number;
  readonly joins: number;
  readonly stale: number;
  readonly errors: number;
  /** How often the function itself was started, whoever it was for: refreshes count, and calls of a disabled cache. */
  readonly runs: number;
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
  /** A copy of what memory holds and may serve, or undefined; nothing is counted and the store is not asked. */
  readonly peek: (...args: A) => R | undefined;
  /** The same function and entries, with options for its calls. */
  readonly withOptions: (options: CallOptions) => (...args: A) => Promise<R>;
}

/** A cached synchronous data function: memory only, synchronous in and out. */
export interface CachedDataSync<A extends readonly unknown[], R> extends Cached<A> {
  (...args: A): R;
  /** The function itself, uncached. */
  readonly original: (...args: A) => R;
  readonly delete: (...args: A) => void;
  readonly clear: () => void;
  readonly refresh: (...args: A) => R;
  readonly peek: (...args: A) => R | undefined;
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
  /** The same function and entries, with options for its calls. */
  readonly withOptions: (options: CallOptions) => (...args: A) => StreamIterator<T>;
}

/** A cached resource: everybody gets the same object. */
export interface CachedResource<A extends readonly unknown[], R> extends Cached<A>, Droppable<A> {
  (...args: A): Promise<R>;
  /** The factory itself, uncached. */
  readonly original: (...args: A) => R | PromiseLike<R>;
  /** Builds a new one, puts it in the place of the old, and lets the old go; on failure the old one stays. */
  readonly refresh: (...args: A) => Promise<R>;
  /** The living resource itself, without validating it, or undefined. */
  readonly peek: (...args: A) => R | undefined;
  /** The same resource, with options for its calls. */
  readonly withOptions: (options: CallOptions) => (...args: A) => Promise<R>;
}

/** A value with everything in it read-only: what `copy: 'freeze'` hands out. */
export type DeepReadonly<T> = T extends (...args: never) => unknown
  ? T
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

import type { Duration } from './duration.js';
import type { CacheEvent } from './events.js';

/** What one call of any asynchronous function may say for itself, through `withOptions`; the entries are the same. */
export interface CallOptions {
  /** Rejects this caller alone when it aborts; the run goes on for the others. */
  readonly signal?: AbortSignal | undefined;
  /** Hears how this call is answered: `hit`, `miss`, `join` or `stale`; of several, the last one counts. */
  readonly observe?: ((event: CallOutcome) => void) | undefined;
}

/** What one call of a data function may say for itself. */
export interface DataCallOptions extends CallOptions {
  /**
   * How old a value may be for this call, whatever its ttl; an older one is computed anew. Then `staleWhileRevalidate` is
   * that of the call alone.
   */
  readonly freshWithin?: Duration | undefined;
  /** `true`: run now, whatever is kept or under way, as `refresh` does. */
  readonly forceFresh?: boolean | undefined;
  /** In the place of the function's; 0 for none. Entries that are kept from now on stay long enough. Needs a `ttl`. */
  readonly staleWhileRevalidate?: Duration | undefined;
  /** See {@link DataCallOptions.staleWhileRevalidate}. */
  readonly staleIfError?: Duration | undefined;
  /** In the place of the function's. */
  readonly softTimeout?: Duration | undefined;
  /** In the place of the function's. */
  readonly hardTimeout?: Duration | undefined;
}

/** The event that tells how a call was answered. */
export type CallOutcome = Extract<CacheEvent, { readonly type: 'hit' | 'miss' | 'join' | 'stale' }>;

import {
  holdCache,
  type Cache,
  type CacheBatchFn,
  type CacheDataFn,
  type CacheDataSyncFn,
  type CacheOrOptions,
  type CacheResourceFn,
  type CacheStreamFn,
  type CloseReport,
  type Exchange,
} from '@millpond/core';
import { cacheRouteOf, type CacheRouteFn } from './cache-route.js';
import { scopesOf, type ScopesFn } from './scopes.js';

/** The options of the cache that `millpond` makes and closes, or `{ cache }`, one made elsewhere. */
export type MillpondOptions = CacheOrOptions;

/** Millpond for one Express app. Everything in it may be destructured. */
export interface Pond extends AsyncDisposable {
  readonly cache: Cache;
  readonly cacheData: CacheDataFn;
  readonly cacheDataSync: CacheDataSyncFn;
  readonly cacheBatch: CacheBatchFn;
  readonly cacheStream: CacheStreamFn;
  readonly cacheResource: CacheResourceFn;
  readonly cacheRoute: CacheRouteFn;
  /** What cached functions read of the request, and do to the response; by `scopes`. */
  readonly exchange: Exchange;
  /** Middleware that gives each request a scope, and the session that it has. */
  readonly scopes: ScopesFn;
  /** Waits for the ends of scopes and closes the cache, unless it was made elsewhere. Call it when the server has closed. Never rejects. */
  readonly close: () => Promise<CloseReport>;
}

/**
 * Makes the cache of an Express app and its cached routes.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`
 */
export function millpond(options: MillpondOptions = {}): Pond {
  const { cache, close } = holdCache(options, 'millpond');
  const { cacheData, cacheDataSync, cacheBatch, cacheStream, cacheResource } = cache;
  const { scopes, ended } = scopesOf(cache);

  async function closeAll(): Promise<CloseReport> {
    await ended();
    return close();
  }

  return {
    cache,
    cacheData,
    cacheDataSync,
    cacheBatch,
    cacheStream,
    cacheResource,
    cacheRoute: cacheRouteOf(cache),
    exchange: cache.exchange,
    scopes,
    close: closeAll,
    async [Symbol.asyncDispose]() {
      await closeAll();
    },
  };
}

import type {
  Cache,
  CacheBatchFn,
  CacheDataFn,
  CacheDataSyncFn,
  CacheResourceFn,
  CacheStreamFn,
  Exchange,
} from '@millpond/core';
import type { CacheRouteFn } from './cache-route.js';
import { plugin } from './plugin.js';

export * from '@millpond/core';
export type { RouteHandler, RouteOptions, RouteParams, RouteQuery, RouteRequest } from '@millpond/core/http';
export type { CacheRouteFn, FastifyHandler } from './cache-route.js';
export type { MillpondOptions } from './plugin.js';
export type { RequestScopeOptions, Scopes } from './scopes.js';
export { plugin as millpond };
// Fastify's users, and its autoloader, look for the plugin here.
export default plugin;

declare module 'fastify' {
  interface FastifyInstance {
    /** The cache of this app. */
    readonly millpond: Cache;
    readonly cacheData: CacheDataFn;
    readonly cacheDataSync: CacheDataSyncFn;
    readonly cacheBatch: CacheBatchFn;
    readonly cacheStream: CacheStreamFn;
    readonly cacheResource: CacheResourceFn;
    readonly cacheRoute: CacheRouteFn;
    /** What cached functions read of the request, and do to the reply; by the option `scopes`. */
    readonly exchange: Exchange;
  }
}

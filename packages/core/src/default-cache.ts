import { createCache } from './cache.js';
import type {
  Cache,
  CacheBatchFn,
  CacheDataFn,
  CacheDataSyncFn,
  CacheResourceFn,
  CacheStreamFn,
} from './cache-types.js';
import { typed } from './wrapping.js';

let made: Cache | undefined;

/** A cache in memory for programs that need no more than one, made when it is first used. Adapters never use it. */
export function defaultCache(): Cache {
  made ??= createCache();
  return made;
}

/** `cacheData` of the default cache: see {@link CacheDataFn}. */
export const cacheData: CacheDataFn = inDefaultCache('cacheData');
/** `cacheDataSync` of the default cache: see {@link CacheDataSyncFn}. */
export const cacheDataSync: CacheDataSyncFn = inDefaultCache('cacheDataSync');
/** `cacheBatch` of the default cache: see {@link CacheBatchFn}. */
export const cacheBatch: CacheBatchFn = inDefaultCache('cacheBatch');
/** `cacheStream` of the default cache: see {@link CacheStreamFn}. */
export const cacheStream: CacheStreamFn = inDefaultCache('cacheStream');
/** `cacheResource` of the default cache: see {@link CacheResourceFn}. */
export const cacheResource: CacheResourceFn = inDefaultCache('cacheResource');

function inDefaultCache<F>(method: 'cacheData' | 'cacheDataSync' | 'cacheBatch' | 'cacheStream' | 'cacheResource'): F {
  return typed<F>((fn, options) => Reflect.apply(defaultCache()[method], undefined, [fn, options]));
}

import { createCache } from '../cache.js';
import type { Cache, CacheBatchFn, CacheDataFn } from '../cache-types.js';
import type { CacheOptions, DataOptions } from '../options.js';
import { checkFunction, typed } from '../wrapping.js';

/** No function has a store, whatever its options say. */
const NO_STORE = { store: false, persist: undefined } as const;

/**
 * Makes a cache that passes through: every call of a data function runs it, nothing is kept, and no store or disk is
 * ever touched, whatever the options of the cache or of a function say; so a test may give the options of production.
 * `stats().runs` counts. Resources are shared and released as ever.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION` for an option that is unknown or out of range.
 */
export function createPassThroughCache(options: CacheOptions = {}): Cache {
  const cache = createCache(instead<CacheOptions>(options, { store: undefined, persist: undefined, enabled: false }));
  return {
    ...cache,
    cacheData: typed<CacheDataFn>((fn, options = {}) => {
      checkFunction(fn, 'cacheData');
      return cache.cacheData(fn, instead<DataOptions<never, unknown>>(options, NO_STORE));
    }),
    cacheBatch: typed<CacheBatchFn>((load, options = {}) => {
      return Reflect.apply(cache.cacheBatch, undefined, [load, instead(options, NO_STORE)]);
    }),
  };
}

/** Options with others in their place, unchecked: what is no object at all is left for the cache, which checks. */
function instead<T>(given: unknown, others: T): T {
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given);
  return (isObject ? { ...given, ...others } : given) as T;
}

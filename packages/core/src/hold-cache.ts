import { createCache } from './cache.js';
import type { Cache, CloseReport } from './cache-types.js';
import { invalidOption } from './errors/index.js';
import type { CacheLogger } from './events.js';
import type { CacheOptions } from './options.js';

/** The options of a cache that an adapter makes and closes, or one made elsewhere, which it does not close. */
export type CacheOrOptions = (CacheOptions & { readonly cache?: undefined }) | { readonly cache: Cache };

/** The cache of an adapter. */
export interface HeldCache {
  readonly cache: Cache;
  /** Closes the cache if the adapter has made it; one made elsewhere is its maker's. */
  readonly close: () => Promise<CloseReport>;
}

/**
 * Takes the cache that was given to an adapter, or makes one of the options; `logger` hears of its trouble where the
 * options name none.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`, also for options beside a given cache, which has its own.
 */
export function holdCache(given: CacheOrOptions, where: string, logger?: CacheLogger): HeldCache {
  const { cache, ...options } = given;
  if (cache === undefined) {
    const made = createCache({ ...options, ...loggerOf(options, logger) });
    return { cache: made, close: () => made.close() };
  }
  checkCache(cache, where);
  for (const [option, value] of Object.entries(options)) {
    const cure = 'left out where `cache` is given, which has options of its own: give it to createCache()';
    if (value !== undefined) throw invalidOption(where, option, value, cure);
  }
  return { cache, close: () => Promise.resolve({ failures: [] }) };
}

function loggerOf(options: CacheOptions, logger: CacheLogger | undefined): Pick<CacheOptions, 'logger'> {
  return { logger: options.logger ?? logger };
}

function checkCache(cache: unknown, where: string): void {
  const isCache = typeof cache === 'object' && cache !== null && typeof Reflect.get(cache, 'cacheData') === 'function';
  if (!isCache) throw invalidOption(where, 'cache', cache, 'a cache, as createCache() makes it');
}

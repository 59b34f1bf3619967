import { CacheError } from './cache-error.js';

/** A call that would wait for itself, directly or through the runs of others. */
export function recursiveCall(fn: string): CacheError {
  return new CacheError(
    'ERR_MILLPOND_RECURSIVE_CALL',
    `${fn}: this call waits for itself: its run called it again with the same key, or two runs wait for each other. ` +
      'Call the plain function (`.original`) inside, or break the circle.',
  );
}

/** A caller who has waited for as long as `hardTimeout`; the run goes on, and what it returns is kept. */
export function callTimeout(fn: string, limit: number): CacheError {
  return new CacheError(
    'ERR_MILLPOND_TIMEOUT',
    `${fn}: there was no answer within ${limit} ms (hardTimeout), and nothing stale to serve. The run goes on, and the next ` +
      'call may find its result. Raise hardTimeout, or give `staleIfError`.',
  );
}

/** A run for which there is no room, not even in the line of those that wait. */
export function overloaded(fn: string, most: number, waiting: number): CacheError {
  return new CacheError(
    'ERR_MILLPOND_OVERLOADED',
    `${fn}: ${most} runs are under way (maxConcurrent), ${waiting} wait for a place, and there is nothing stale to serve. Try ` +
      'again later, raise maxConcurrent, or give `staleIfError`.',
  );
}

/** Something asked of a closed cache that needs a living one. */
export function cacheClosed(what: string): CacheError {
  return new CacheError(
    'ERR_MILLPOND_CLOSED',
    `${what}: the cache is closed. Call it before close(), or create a new cache.`,
  );
}

import { CacheError } from './cache-error.js';

/** A callback of a resource that asks for the very resource that it is about. */
export function resourceAsksForItself(fn: string, callback: 'validate' | 'onRelease'): CacheError {
  const cure =
    callback === 'validate'
      ? 'Look at the resource that it is given, and return false to have another built.'
      : "With rebuild: 'release-first' the next one is built when this one has gone: ask for it elsewhere.";
  return new CacheError(
    'ERR_MILLPOND_RECURSIVE_CALL',
    `${fn}: its ${callback} asks for the very resource that it is about, and would wait for itself. ${cure}`,
  );
}

/** A release callback that threw, rejected or did not end in time; carried by an event, never thrown at a caller. */
export function releaseFailed(fn: string, reason: string, why: string, cause?: unknown): CacheError {
  return new CacheError(
    'ERR_MILLPOND_RELEASE_FAILED',
    `${fn}: releasing a resource (${reason}) failed: ${why}. Mend its onRelease.`,
    cause === undefined ? undefined : { cause },
  );
}

/** A resource that `close()` released under its user; carried by an event, and reported by `close()`. */
export function releasedInUse(fn: string, waited: number): CacheError {
  return new CacheError(
    'ERR_MILLPOND_RELEASE_FAILED',
    `${fn}: a resource was still in use when close() had waited for ${waited} ms, and was released all the same. End ` +
      'each lease (`await using lease = ...`) before the cache is closed, or raise closeTimeout.',
  );
}

import { CacheError } from './cache-error.js';

/** An operation of the store that failed; carried by an event, never thrown at a caller. */
export function storeFailed(operation: string, why: string, cause?: unknown): CacheError {
  return new CacheError(
    'ERR_MILLPOND_STORE_FAILED',
    `The store failed to ${operation}: ${why}. Calls compute meanwhile.`,
    cause === undefined ? undefined : { cause },
  );
}

/** An operation of the store that did not end within its deadline; carried by an event. */
export function storeTimeout(operation: string, deadline: number): CacheError {
  return new CacheError(
    'ERR_MILLPOND_STORE_TIMEOUT',
    `The store did not ${operation} within ${deadline} ms. Calls compute meanwhile.`,
  );
}

/** Stored text that is not an intact entry of this call; carried by an event, and read as a miss. */
export function storeDamaged(fn: string, why: string, cause?: unknown): CacheError {
  return new CacheError(
    'ERR_MILLPOND_STORE_DAMAGED',
    `${fn}: what the store returned is not an entry of this call (${why}). It was dropped and the function run.`,
    cause === undefined ? undefined : { cause },
  );
}

/** What a store of the test kit rejects with when it was told to fail; not Millpond's own error, as no store's is. */
export function injectedFault(operation: string): Error {
  return new Error(`The store was told to fail (${operation}).`);
}

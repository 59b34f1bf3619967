import { CacheError } from './cache-error.js';

/** A load of a batch whose rows cannot be put to the ids that it was asked for. */
export function wrongRows(fn: string, what: string, cure: string, cause?: unknown): CacheError {
  return new CacheError(
    'ERR_MILLPOND_BATCH',
    `${fn}: the load ${what}, so nothing of it is kept. ${cure}`,
    cause === undefined ? undefined : { cause },
  );
}

/** One id that was changed between the call and the load, and of which no copy could be made in time. */
export function idChanged(fn: string): CacheError {
  return new CacheError(
    'ERR_MILLPOND_BATCH',
    `${fn}: the id was changed after the call and before its load, so it was not loaded. Leave ids as they are, or ` +
      'pass plain data, of which a copy is taken.',
  );
}

import { CacheError } from '@millpond/core';

/** A handler that threw something which Express takes for no error at all; the code is one of core's. */
export function threwNothing(thrown: unknown): CacheError {
  return new CacheError(
    'ERR_MILLPOND_ROUTE',
    `The handler of a cached route threw ${String(thrown)}, which Express does not take for an error. Throw an Error.`,
    { cause: thrown },
  );
}

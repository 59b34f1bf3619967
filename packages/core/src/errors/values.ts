import { CacheError } from './cache-error.js';

/** A result that cannot be kept and copied faithfully. `path` is such as `result.user.socket`. */
export function uncacheableValue(fn: string, path: string, type: string, cure: string, cause?: unknown): CacheError {
  return new CacheError(
    'ERR_MILLPOND_UNCACHEABLE_VALUE',
    `${fn}: ${path} is ${type}, which cannot be kept as data. ${cure}`,
    cause === undefined ? undefined : { cause },
  );
}

/** A value of `copy: 'share'` that somebody has changed; carried by an event, never thrown at a caller. */
export function valueMutated(fn: string, path: string): CacheError {
  return new CacheError(
    'ERR_MILLPOND_VALUE_MUTATED',
    `${fn}: ${path} was changed after the value was kept, for everybody who gets it, since copy is 'share'. Find who ` +
      "changes it, and change a copy there; or use copy: 'clone' or 'freeze'.",
  );
}

/** An entry that is not sent to the store because its text is longer than `maxValueBytes`; carried by an event. */
export function valueTooLarge(fn: string, bytes: number, limit: number): CacheError {
  return new CacheError(
    'ERR_MILLPOND_VALUE_TOO_LARGE',
    `${fn}: a value of ${bytes} bytes was not sent to the store, whose limit is ${limit}. Raise maxValueBytes, or return less.`,
  );
}

/** An entry that is not sent to the store because it has too many tags, inherited ones included; carried by an event. */
export function tooManyTags(fn: string, count: number, limit: number): CacheError {
  return new CacheError(
    'ERR_MILLPOND_VALUE_TOO_LARGE',
    `${fn}: a value with ${count} tags was not sent to the store, whose limit is ${limit}. Give coarser tags to it, and to ` +
      'the cached functions that it calls.',
  );
}

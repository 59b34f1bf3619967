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

/** A function of `cacheStream` that returned something else than items. */
export function notAStream(fn: string, what: string): CacheError {
  return new CacheError(
    'ERR_MILLPOND_UNCACHEABLE_VALUE',
    `${fn}: the function returned ${what}, which is no stream. Return an async iterable (such as an async generator), ` +
      'an iterable or a ReadableStream; for a single value use cacheData.',
  );
}

/** A reader whose unread items are more than is held for anybody. */
export function readerTooSlow(fn: string, limit: number): CacheError {
  return new CacheError(
    'ERR_MILLPOND_VALUE_TOO_LARGE',
    `${fn}: this reader was more than ${limit} bytes behind others who read the same stream, which is more than is held ` +
      'for anybody. Read faster, or raise maxValueBytes (and maxBytes, if that is less).',
  );
}

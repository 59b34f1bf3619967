/**
 * Every error class, code and message of Millpond. A message says what failed, why, and the edit that mends it;
 * `docs/errors.md` has a heading for each code.
 */

/** The closed set of codes; `CacheError.code` is one of them. */
export type CacheErrorCode =
  | 'ERR_MILLPOND_INVALID_OPTION'
  | 'ERR_MILLPOND_NAME_TAKEN'
  | 'ERR_MILLPOND_UNHASHABLE_ARGUMENT'
  | 'ERR_MILLPOND_HASHER_FAILED'
  | 'ERR_MILLPOND_UNCACHEABLE_VALUE'
  | 'ERR_MILLPOND_RECURSIVE_CALL'
  | 'ERR_MILLPOND_CLOSED'
  | 'ERR_MILLPOND_RELEASE_FAILED'
  | 'ERR_MILLPOND_STORE_FAILED'
  | 'ERR_MILLPOND_STORE_TIMEOUT'
  | 'ERR_MILLPOND_STORE_DAMAGED'
  | 'ERR_MILLPOND_VALUE_TOO_LARGE'
  | 'ERR_MILLPOND_ROUTE';

/** What Millpond throws, and what its failure events carry. A user's own error is never wrapped in one. */
export class CacheError extends Error {
  /** One of the closed set; every code has a heading in `docs/errors.md`. */
  readonly code: CacheErrorCode;

  constructor(code: CacheErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CacheError';
    this.code = code;
  }
}

/** What a message says of something thrown: an error's own words, or what kind of thing it is. Never throws. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : describe(thrown);
}

/** A value as it is shown in a message: short, and never a user's whole object. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === 'bigint') return `${String(value)}n`;
  if (typeof value === 'symbol') return value.toString();
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`;
  if (typeof value === 'object' && value !== null) return describeObject(value);
  return Object.is(value, -0) ? '-0' : String(value);
}

function describeObject(value: object): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const name = className(value);
  return name === undefined || name === 'Object' ? 'an object' : `an instance of ${name}`;
}

/** The name of the class of an object, or undefined when it has none (or hides it behind a throwing getter). */
export function className(value: object): string | undefined {
  try {
    const constructor: unknown = Reflect.get(value, 'constructor');
    return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : undefined;
  } catch {
    // A hostile getter or a revoked proxy: a nameless class is the honest answer, and the caller only shows it.
    return undefined;
  }
}

/** An option that is unknown, of the wrong type or out of range; thrown where the function or the cache is made. */
export function invalidOption(where: string, option: string, value: unknown, allowed: string): CacheError {
  return new CacheError(
    'ERR_MILLPOND_INVALID_OPTION',
    `${where}: option \`${option}\` is ${describe(value)}, but it must be ${allowed}.`,
  );
}

/** A name that no option has. */
export function unknownOption(where: string, option: string, known: readonly string[]): CacheError {
  return new CacheError(
    'ERR_MILLPOND_INVALID_OPTION',
    `${where}: there is no option \`${option}\`. Use one of: ${known.join(', ')}.`,
  );
}

/** Something that cannot be wrapped at all: not a function, a generator, a class. */
export function notCacheable(where: string, what: string, cure: string): CacheError {
  return new CacheError('ERR_MILLPOND_INVALID_OPTION', `${where}: ${what}. ${cure}`);
}

/** Two functions of one identity over one store would answer with each other's values. */
export function nameTaken(name: string): CacheError {
  return new CacheError(
    'ERR_MILLPOND_NAME_TAKEN',
    `Two functions of this cache are both named ${describe(name)}, and it has a store: they would read each other's ` +
      `entries. Give each its own name, such as { name: ${JSON.stringify(`${name}-2`)} }; closures of one factory ` +
      'need a name that tells them apart.',
  );
}

/** An argument that has no key. `path` is such as `args[0].user.socket`. */
export function unhashableArgument(fn: string, path: string, type: string, cure: string, cause?: unknown): CacheError {
  return new CacheError(
    'ERR_MILLPOND_UNHASHABLE_ARGUMENT',
    `${fn}: ${path} is ${type}, which has no key, so the function was not run. ${cure}`,
    cause === undefined ? undefined : { cause },
  );
}

/** A user's hasher, `key` option or `[Symbol.for('millpond.key')]` that threw, or answered with its own input. */
export function hasherFailed(fn: string, path: string, type: string, why: string, cause?: unknown): CacheError {
  return new CacheError(
    'ERR_MILLPOND_HASHER_FAILED',
    `${fn}: the key of ${path} (${type}) could not be made: ${why}. The function was not run. Mend the hasher, so that ` +
      'it returns plain data that identifies the value.',
    cause === undefined ? undefined : { cause },
  );
}

/** A result that cannot be kept and copied faithfully. `path` is such as `result.user.socket`. */
export function uncacheableValue(fn: string, path: string, type: string, cure: string, cause?: unknown): CacheError {
  return new CacheError(
    'ERR_MILLPOND_UNCACHEABLE_VALUE',
    `${fn}: ${path} is ${type}, which cannot be kept as data. ${cure}`,
    cause === undefined ? undefined : { cause },
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

/** A call that would wait for itself, directly or through the runs of others. */
export function recursiveCall(fn: string): CacheError {
  return new CacheError(
    'ERR_MILLPOND_RECURSIVE_CALL',
    `${fn}: this call waits for itself: its run called it again with the same key, or two runs wait for each other. ` +
      'Call the plain function (`.original`) inside, or break the circle.',
  );
}

/** Something asked of a closed cache that needs a living one. */
export function cacheClosed(what: string): CacheError {
  return new CacheError(
    'ERR_MILLPOND_CLOSED',
    `${what}: the cache is closed. Call it before close(), or create a new cache.`,
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

/** An entry that is not sent to the store because its text is longer than `maxValueBytes`; carried by an event. */
export function valueTooLarge(fn: string, bytes: number, limit: number): CacheError {
  return new CacheError(
    'ERR_MILLPOND_VALUE_TOO_LARGE',
    `${fn}: a value of ${bytes} bytes was not sent to the store, whose limit is ${limit}. Raise maxValueBytes, or return less.`,
  );
}

/** A stream that has outgrown `maxValueBytes`; carried by an event. */
export function streamTooLarge(fn: string, limit: number): CacheError {
  return new CacheError(
    'ERR_MILLPOND_VALUE_TOO_LARGE',
    `${fn}: a stream has outgrown ${limit} bytes. It goes on for those who read it; it is not kept, and nobody joins it ` +
      'any more. Raise maxValueBytes (and maxBytes, if that is less), or stream less.',
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

/** What a store of the test kit rejects with when it was told to fail; not Millpond's own error, as no store's is. */
export function injectedFault(operation: string): Error {
  return new Error(`The store was told to fail (${operation}).`);
}

/** The handler of a cached route that touches a part of the request which the key does not cover. */
export function unkeyedPart(route: string, part: string): CacheError {
  return new CacheError(
    'ERR_MILLPOND_ROUTE',
    `${route}: the handler read request.${part}, which is no part of the route's key: one caller would get the answer ` +
      'made for another. Use request.path, request.params and request.query only; where the answer depends on more, ' +
      'keep an ordinary handler, and cache the data that it shows with cacheData().',
  );
}

/** The handler of a cached route that reads a query parameter which its option `query` leaves out of the key. */
export function unlistedParameter(route: string, name: string, listed: readonly string[]): CacheError {
  return new CacheError(
    'ERR_MILLPOND_ROUTE',
    `${route}: the handler read request.query.${name}, which the option \`query\` does not list, so it is no part of ` +
      `the route's key. List it: { query: [${[...listed, name].map((each) => `'${each}'`).join(', ')}] }.`,
  );
}

/** A handler of a cached route that returned what JSON has no word for, or would lose. */
export function unsendableAnswer(route: string, what: string, cure: string): CacheError {
  return new CacheError(
    'ERR_MILLPOND_ROUTE',
    `${route}: the handler returned ${what}, which JSON cannot tell. ${cure}`,
  );
}

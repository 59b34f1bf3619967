import { CacheError } from './cache-error.js';
import { describe } from './describe.js';

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

/** So many functions of one name in one cache that they are not written one by one; carried by an event. */
export function wrappedOften(name: string, count: number): CacheError {
  return new CacheError(
    'ERR_MILLPOND_WRAPPED_OFTEN',
    `${count} functions named ${describe(name)} were wrapped in one cache. Each begins without entries, and is kept as ` +
      'long as the cache. Wrap the function once, at the top of a module and not inside a request or a loop, and pass ' +
      'what differs as an argument.',
  );
}

import { CacheError } from './cache-error.js';

/** Arguments that were changed while their call stood in line, so that nothing can be made for them any more. */
export function argumentsChanged(fn: string): CacheError {
  return new CacheError(
    'ERR_MILLPOND_UNHASHABLE_ARGUMENT',
    `${fn}: the arguments were changed while the call waited for a place (maxConcurrent). Leave them as they are until the ` +
      'call is answered, or pass plain data, of which a copy is taken.',
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

/** The option `identity` of a resource that threw, or returned no text, when the resource serves as an argument. */
export function identityFailed(fn: string, path: string, resource: string, why: string, cause?: unknown): CacheError {
  return new CacheError(
    'ERR_MILLPOND_HASHER_FAILED',
    `${fn}: the key of ${path} (a resource of ${resource}) could not be made: its option \`identity\` ${why}. The ` +
      'function was not run. Mend it, so that it returns a text that says which resource it is, in every process.',
    cause === undefined ? undefined : { cause },
  );
}

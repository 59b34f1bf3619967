import { CacheError } from '@millpond/core';

/** The message that only Fastify can cause; the code is one of core's. */
export function registeredTwice(): CacheError {
  return new CacheError(
    'ERR_MILLPOND_INVALID_OPTION',
    '@millpond/fastify: it is registered already in this context, and a second cache could not be told from the first. ' +
      'Register it once; for a second cache, make one with createCache(), or register it inside a plugin of its own.',
  );
}

/** The option `scopes` with something else than it takes; `unknown` is a name in it that there is not. */
export function wrongScopes(given: unknown, unknown?: string): CacheError {
  const what = unknown === undefined ? `is ${typeof given}` : `has no \`${unknown}\``;
  return new CacheError(
    'ERR_MILLPOND_INVALID_OPTION',
    `@millpond/fastify: option \`scopes\` ${what}, but it must be true, false or { session: (request) => ... }, with \`user\` and \`logger\` beside it.`,
  );
}

import { CacheError } from '@millpond/core';

/** The message that only Fastify can cause; the code is one of core's. */
export function registeredTwice(): CacheError {
  return new CacheError(
    'ERR_MILLPOND_INVALID_OPTION',
    '@millpond/fastify: it is registered already in this context, and a second cache could not be told from the first. ' +
      'Register it once; for a second cache, make one with createCache(), or register it inside a plugin of its own.',
  );
}

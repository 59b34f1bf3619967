import { CacheError } from './cache-error.js';
import { describe } from './describe.js';

/** What of an exchange was called where there is no request: outside any scope, or in one that is over. */
export function noExchange(what: string, missing: 'none' | 'ended'): CacheError {
  return new CacheError('ERR_MILLPOND_NO_SCOPE', `${what}: ${WHY[missing]} ${CURES[missing]}`);
}

const WHY = {
  none: 'there is no request here to read or to answer.',
  ended: 'the request that it was called for is over.',
} as const;

const CURES = {
  none:
    'Turn scopes on: in Fastify by the option `scopes: true` of the plugin, in Nest by that of CacheModule, in Express by ' +
    'app.use(pond.scopes()), elsewhere by cache.openScope({ exchange }). What is left running behind a result, or on a timer, is for no request.',
  ended: 'Await what needs it before the response is sent.',
} as const;

/** The header of a response that was to be changed has been written; carried by an event. */
export function headersSent(what: string): CacheError {
  return new CacheError(
    'ERR_MILLPOND_EFFECT',
    `${what}: it has done nothing, since the headers of the response were sent already. Call the cached function before you ` +
      'begin to answer.',
  );
}

/** A request that has no logger for `logLine`; carried by an event. */
export function noRequestLogger(): CacheError {
  return new CacheError(
    'ERR_MILLPOND_EFFECT',
    'logLine: the request has no logger, so the line was not written. Say which it is, where scopes are turned on: ' +
      '{ logger: (request) => ... }, with the methods debug, info, warn and error.',
  );
}

/** A header that no effect may set. */
export function refusedHeader(name: string, why: string, cure: string): CacheError {
  return new CacheError('ERR_MILLPOND_EFFECT', `responseHeader(${describe(name)}): ${why}. ${cure}`);
}

/** Something given to an effect of the response that is not what it takes. */
export function wrongEffect(what: string, value: unknown, allowed: string): CacheError {
  return new CacheError('ERR_MILLPOND_EFFECT', `${what} was given ${describe(value)}, but it takes ${allowed}.`);
}

/** Something given to an input of the request that is not what it takes. */
export function wrongInput(what: string, value: unknown, allowed: string): CacheError {
  return new CacheError('ERR_MILLPOND_INPUT', `${what} was given ${describe(value)}, but it takes ${allowed}.`);
}

/** More names of inputs of requests than code has: they are made of data. */
export function tooManyInputs(what: string, most: number): CacheError {
  return new CacheError(
    'ERR_MILLPOND_INPUT',
    `${what}: it would be the ${most + 1}th thing that is read of requests in this cache, and each is remembered for ever. ` +
      'Names belong in the code: make none of a request, an id or any other data.',
  );
}

/** A user of a request that cannot be part of a key, or should not. */
export function userHasNoKey(why: string, cause?: unknown): CacheError {
  return new CacheError(
    'ERR_MILLPOND_INPUT',
    `requestUser(): the user of the request ${why}, and it is to be part of keys. Say what identifies them, where scopes are ` +
      'turned on: { user: (request) => request.user?.id }.',
    cause === undefined ? undefined : { cause },
  );
}

import { CacheError } from './cache-error.js';

/** What there is in the place of the scope that a function needs. */
export type MissingScope =
  /** No scope at all is open. */
  | 'none'
  /** One is, and nobody has said whose session it is. */
  | 'no-session'
  /** The one in which it was called is over. */
  | 'ended';

/** A function with a scope, called where there is none. */
export function noScope(fn: string, scope: 'session' | 'request', missing: MissingScope): CacheError {
  return new CacheError(
    'ERR_MILLPOND_NO_SCOPE',
    `${fn}: its scope is '${scope}', and ${WHY[missing]}, so the function was not run. ${CURES[missing]}`,
  );
}

const WHY: Readonly<Record<MissingScope, string>> = {
  none: 'it was called outside any',
  'no-session': 'the request that called it has no session',
  ended: 'the one that it was called in is over',
};

const CURES: Readonly<Record<MissingScope, string>> = {
  none:
    'Open one: in Fastify by the option `scopes: true` of the plugin, in Nest by that of CacheModule, in Express by ' +
    'app.use(pond.scopes()), elsewhere by cache.runInScope({ session }, fn). What is left running behind a result, or on a timer, is in none.',
  'no-session':
    'Register the session plugin (in Express before pond.scopes()), or say whose session it is: ' +
    '{ session: (request) => request.user?.id }; elsewhere runInScope({ session: id }, fn).',
  ended: 'Await what needs it before the request ends, or make it part of no request.',
};

/** A function with a narrower scope than the one inside which it is called: what that returns is for others as well. */
export function wrongScope(fn: string, scope: 'session' | 'request', outer: string, outerScope: string): CacheError {
  return new CacheError(
    'ERR_MILLPOND_SCOPE',
    `${fn} (scope '${scope}') was called inside ${outer} (${outerScope}), whose result is for others as well, so it was ` +
      `not run. Give ${outer} the option scope: '${scope}', or call ${fn} before it and pass what it needs as an argument.`,
  );
}

/** The same in the handler of a cached route that is bypassed: what works for some callers must not fail for the others. */
export function scopeInRoute(fn: string, scope: 'session' | 'request'): CacheError {
  return new CacheError(
    'ERR_MILLPOND_SCOPE',
    `${fn} (scope '${scope}') was called in the handler of a cached route, whose answers are for everybody, so it was not run. ` +
      `Make the route an ordinary one, which calls ${fn} and puts its answer together.`,
  );
}

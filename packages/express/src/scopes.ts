import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestScopes, type Cache, type RequestScopes, type SessionIdentity } from '@millpond/core';
import { wrongScopes } from './errors.js';

/** Which scopes requests have. */
export interface RequestScopeOptions<Q = IncomingMessage> {
  /**
   * Says whose session a request has, each time that a session-scoped function is called: an id, `{ id, principal }`,
   * `{ anonymous: true }`, or undefined when it has none. Default: that of `express-session`.
   */
  readonly session?: ((request: Q) => SessionIdentity | undefined) | undefined;
}

/** Express middleware that looks at no part of the response but its end. */
export type ScopesMiddleware<Q> = (request: Q, response: ServerResponse, next: (error?: unknown) => void) => void;

/** Makes middleware that opens a scope around each request. */
export interface ScopesFn {
  /**
   * Opens a scope around each request, which ends with its response: for functions with the option `scope`. Use it behind
   * the session's middleware, and before the routes.
   *
   * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`
   */
  <Q extends IncomingMessage = IncomingMessage>(options?: RequestScopeOptions<Q>): ScopesMiddleware<Q>;
}

/** The scopes of one app. */
export interface AppScopes {
  readonly scopes: ScopesFn;
  /** Resolves when all that have ended have let go of what was made in them. */
  readonly ended: () => Promise<unknown>;
}

/** Makes `scopes` for one cache. */
export function scopesOf(cache: Cache): AppScopes {
  const made: Pick<RequestScopes<never>, 'ended'>[] = [];

  return {
    scopes<Q extends IncomingMessage>(options: RequestScopeOptions<Q> = {}): ScopesMiddleware<Q> {
      const unknown = Object.keys(options).find((option) => option !== 'session');
      if (unknown !== undefined) throw wrongScopes(unknown);
      const scopes = requestScopes<Q>(cache, options.session, 'scopes');
      made.push(scopes);
      return (request, response, next) => {
        const scope = scopes.open(request, response);
        scope.noteSession();
        scope.run(next);
      };
    },
    ended: () => Promise.all(made.map((scopes) => scopes.ended())),
  };
}

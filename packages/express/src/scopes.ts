import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  nodeResponse,
  requestExchanges,
  requestScopeOptions,
  requestScopes,
  type Cache,
  type ExchangeOptions,
  type RequestScopes,
  type SessionIdentity,
} from '@millpond/core';

/** Which scopes requests have, and who their users are. */
export interface RequestScopeOptions<Q = IncomingMessage> extends ExchangeOptions<Q> {
  /**
   * Says whose session a request has, each time that a session-scoped function is called: an id, `{ id, principal }`,
   * `{ anonymous: true }`, or undefined when it has none. Default: that of `express-session`.
   */
  readonly session?: ((request: Q) => SessionIdentity | undefined) | undefined;
}

/** Express middleware that needs nothing of the response that Express adds to it. */
export type ScopesMiddleware<Q> = (request: Q, response: ServerResponse, next: (error?: unknown) => void) => void;

/** Makes middleware that opens a scope around each request. */
export interface ScopesFn {
  /**
   * Opens a scope around each request, which ends with its response: for functions with the option `scope`, and for
   * `exchange`. Use it behind the session's middleware, and before the routes.
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
      const { session, ...rest } = requestScopeOptions<RequestScopeOptions<Q>>(options);
      const scopes = requestScopes<Q>(cache, session, 'scopes');
      const exchange = requestExchanges<Q>(rest, 'scopes');
      made.push(scopes);
      return (request, response, next) => {
        const scope = scopes.open(request, response, exchange(request, nodeResponse(response)));
        scope.noteSession();
        scope.run(next);
      };
    },
    ended: () => Promise.all(made.map((scopes) => scopes.ended())),
  };
}

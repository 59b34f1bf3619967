import type { Cache } from '../cache-types.js';
import { invalidOption } from '../errors/index.js';
import { sessionIdOf, sessionOf, type SessionRequest } from './plugin-session.js';
import type { ExchangeHost } from '../exchange/exchange-host.js';
import type { OpenScope } from './scopes.js';
import type { SessionIdentity } from './session-identity.js';
import { whenClosed, type Closing } from './when-closed.js';

/** Says whose session a request has; asked at each use. */
export type SessionOfRequest<Q> = (request: Q) => SessionIdentity | undefined;

/** The scope of one request, which ends with its response. */
export interface ScopedRequest extends Pick<OpenScope, 'run'> {
  /** Takes note of the session that the request begins with, so that it is seen to be destroyed. */
  readonly noteSession: () => void;
}

/** The scopes of the requests of one server. */
export interface RequestScopes<Q extends SessionRequest> {
  /** Opens the scope of a request; `exchange` is what `cache.exchange` reads of it and sets of its response. */
  readonly open: (request: Q, response: Closing, exchange?: ExchangeHost) => ScopedRequest;
  /** Resolves when every scope that has ended has let go of what was made in it. Never rejects. */
  readonly ended: () => Promise<void>;
}

/**
 * The scopes that an adapter opens around its requests. `session` says whose session a request has, in the place of
 * the session plugins that are known.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`; `where` names the adapter's option.
 */
export function requestScopes<Q extends SessionRequest>(
  cache: Pick<Cache, 'openScope' | 'endSession'>,
  session: SessionOfRequest<Q> | undefined,
  where: string,
): RequestScopes<Q> {
  const given: unknown = session;
  if (given !== undefined && typeof given !== 'function') {
    throw invalidOption(where, 'session', given, 'a function of the request that says whose session it has');
  }
  const ending = new Set<Promise<unknown>>();

  function follow(end: Promise<unknown>): void {
    ending.add(end);
    void end.finally(() => ending.delete(end));
  }

  return {
    open(request, response, exchange) {
      let begunWith: string | undefined;
      // Only of the plugins that are known: what a function of the user says when the request is over may be anything.
      const noteSession = (): void => {
        if (session === undefined) begunWith ??= sessionIdOf(request);
      };
      const source = (): SessionIdentity | undefined => {
        noteSession();
        return session === undefined ? sessionOf(request) : session(request);
      };
      const scope = cache.openScope({ session: source, exchange });
      const end = (): void => {
        follow(scope.end());
        // It was destroyed, or another was begun in its place.
        if (begunWith !== undefined && sessionIdOf(request) !== begunWith) follow(cache.endSession(begunWith));
      };
      whenClosed(response, end);
      return { run: scope.run, noteSession };
    },
    async ended() {
      await Promise.all(ending);
    },
  };
}

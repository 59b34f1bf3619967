import type { IncomingHttpHeaders } from 'node:http';
import type { RequestLogger, SessionIdentity } from '@millpond/core';

/** What the requests of both platforms have; say which one it is for the rest of it. */
export interface HttpRequest {
  readonly headers: IncomingHttpHeaders;
}

/** Which scopes the requests of an app have, and who their users are. */
export interface RequestScopeOptions {
  /**
   * Says whose session a request (of Express, or of Fastify) has, each time that a session-scoped function is called: an
   * id, `{ id, principal }`, `{ anonymous: true }`, or undefined when it has none. In middleware on Fastify it is asked about
   * the request of Node, since Nest gives no other there. Default: the session of `express-session`, `@fastify/session` or
   * `@fastify/secure-session`.
   */
  // As methods, all of them, so that a function of the request of one platform may be given.
  session?(this: void, request: HttpRequest): SessionIdentity | undefined;
  /** Who the user of a request is, for `requestUser()`: what identifies them, and no more. Default: `request.user`. */
  user?(this: void, request: HttpRequest): unknown;
  /** The logger of a request, for `logLine()`. Default: Nest's log. */
  logger?(this: void, request: HttpRequest): RequestLogger | undefined;
}

/** The option `scopes`: `true` for what the session plugins say. */
export type Scopes = boolean | RequestScopeOptions;

/** What the module can be told beside the options of its cache. */
export interface WithScopes {
  /**
   * Gives every HTTP request a scope, and the session that it has: for functions with the option `scope`, and for what
   * `@InjectExchange()` injects. Default false.
   */
  readonly scopes?: Scopes | undefined;
}

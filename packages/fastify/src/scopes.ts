import {
  replyResponse,
  requestExchanges,
  requestScopeOptions,
  requestScopes,
  type Cache,
  type ExchangeOptions,
  type ScopedRequest,
  type SessionIdentity,
} from '@millpond/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Which scopes the requests of an app have, and who their users are. */
export interface RequestScopeOptions extends ExchangeOptions<FastifyRequest> {
  /**
   * Says whose session a request has, each time that a session-scoped function is called: an id, `{ id, principal }`,
   * `{ anonymous: true }`, or undefined when it has none. Default: that of `@fastify/session` or `@fastify/secure-session`.
   */
  readonly session?: ((request: FastifyRequest) => SessionIdentity | undefined) | undefined;
}

/** The option `scopes`: `true` for what the plugins say. */
export type Scopes = boolean | RequestScopeOptions;

const OWNER = '@millpond/fastify';
const WHERE = `${OWNER}: scopes`;

/**
 * Opens a scope around every request of an app, which ends with the response. The answer resolves when all that have
 * ended have let go of what was made in them.
 */
export function openScopes(app: FastifyInstance, cache: Cache, given: Scopes): () => Promise<void> {
  const { session, ...options } = requestScopeOptions<RequestScopeOptions>(given, OWNER);
  const scopes = requestScopes<FastifyRequest>(cache, session, WHERE);
  const exchange = requestExchanges<FastifyRequest>(options, WHERE);
  const opened = new WeakMap<FastifyRequest, ScopedRequest>();
  app.addHook('onRequest', (request, reply, done) => {
    const scope = scopes.open(request, reply.raw, exchange(request, replyResponse(reply)));
    opened.set(request, scope);
    scope.run(done);
  });
  // A body is read in the async context of its socket, so that what comes behind it has lost that of the hook above. And
  // by now the session plugins have had their turn, in whatever order they were registered.
  app.addHook('preValidation', (request, _reply, done) => {
    const scope = opened.get(request);
    scope?.noteSession();
    if (scope === undefined) done();
    else scope.run(done);
  });
  return scopes.ended;
}

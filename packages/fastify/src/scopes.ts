import {
  replyResponse,
  requestExchanges,
  requestScopes,
  type Cache,
  type ExchangeOptions,
  type ScopedRequest,
  type SessionIdentity,
} from '@millpond/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { wrongScopes } from './errors.js';

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

/**
 * Opens a scope around every request of an app, which ends with the response. The answer resolves when all that have
 * ended have let go of what was made in them.
 */
export function openScopes(app: FastifyInstance, cache: Cache, given: Scopes): () => Promise<void> {
  const { session, ...options } = scopeOptions(given);
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

const WHERE = '@millpond/fastify: scopes';

function scopeOptions(given: unknown): RequestScopeOptions {
  if (given === true) return {};
  if (typeof given !== 'object' || given === null) throw wrongScopes(given);
  const { session, user, logger, ...others }: RequestScopeOptions = given;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw wrongScopes(given, unknown);
  return { session, user, logger };
}

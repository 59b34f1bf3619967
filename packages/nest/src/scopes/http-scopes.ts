import type { ServerResponse } from 'node:http';
import { requestScopes, type Cache, type RequestScopes, type ScopedRequest, type SessionRequest } from '@millpond/core';
import { wrongScopes } from '../errors.js';
import { noted } from '../requests/http-requests.js';
import type { Life } from '../requests/life.js';
import { fastifyOf, hasServer, useFirst, type Adapter } from '../requests/platform.js';
import type { HttpRequest, RequestScopeOptions, Scopes } from './scope-options.interface.js';

/** A request, as far as it is known: on Fastify, middleware has that of Node, and what comes behind it Fastify's own. */
class KnownRequest implements SessionRequest {
  request: object;

  constructor(raw: object) {
    this.request = raw;
  }

  get session(): unknown {
    return Reflect.get(this.request, 'session');
  }

  get sessionID(): unknown {
    return Reflect.get(this.request, 'sessionID');
  }

  get headers(): HttpRequest['headers'] {
    return Reflect.get(this.request, 'headers') as HttpRequest['headers'];
  }
}

/** A request whose scope is open. */
interface Opened {
  readonly known: KnownRequest;
  readonly scope: ScopedRequest;
}

/** Runs a function inside the scope of a request. */
export type Entrance = ScopedRequest['run'];

/** Opens the scopes of an app's HTTP requests, on either platform. */
export class HttpScopes {
  readonly #scopes: RequestScopes<KnownRequest> | undefined;
  /** By the request that Node has made. */
  readonly #opened = new WeakMap<object, Opened>();
  readonly #entrances = new WeakMap<Life, Entrance>();

  /** @throws CacheError `ERR_MILLPOND_INVALID_OPTION` */
  constructor(cache: Cache, given: Scopes | undefined) {
    const isWanted = given !== undefined && given !== false;
    this.#scopes = isWanted ? requestScopes(cache, sessionOption(given), 'CacheModule: scopes') : undefined;
  }

  /** Opens a scope around each request; to be called while modules configure their middleware. */
  watch(adapter: Adapter | null | undefined): void {
    const scopes = this.#scopes;
    if (scopes === undefined || !hasServer(adapter)) return;
    useFirst(adapter, (raw, response, next) => this.#enter(scopes, raw, response, raw).scope.run(next));
    const fastify = fastifyOf(adapter);
    fastify?.addHook('onRequest', (request, reply, done) => {
      this.#enter(scopes, request.raw, reply.raw, request).scope.run(done);
    });
    // Again, behind what has read the body, in the async context of its socket; and behind what has brought a session.
    fastify?.addHook('preValidation', (request, reply, done) => {
      this.#enter(scopes, request.raw, reply.raw, request).scope.run(done);
    });
  }

  /** Into the scope of a request; undefined where none was opened. */
  entrance(request: Life): Entrance | undefined {
    return this.#entrances.get(request);
  }

  /** Resolves when every scope that has ended has let go of what was made in it. Never rejects. */
  async ended(): Promise<void> {
    await this.#scopes?.ended();
  }

  #enter(scopes: RequestScopes<KnownRequest>, raw: object, response: ServerResponse, request: object): Opened {
    let opened = this.#opened.get(raw);
    if (opened === undefined) {
      const known = new KnownRequest(raw);
      const scope = scopes.open(known, response);
      this.#opened.set(raw, (opened = { known, scope }));
      this.#entrances.set(noted(raw, response), scope.run);
    }
    opened.known.request = request;
    opened.scope.noteSession();
    return opened;
  }
}

function sessionOption(given: unknown): ((known: KnownRequest) => ReturnType<SessionOf>) | undefined {
  if (given === true) return undefined;
  if (typeof given !== 'object' || given === null) throw wrongScopes(given);
  const { session, ...others }: RequestScopeOptions = given;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw wrongScopes(given, unknown);
  // What is no function is refused by core, which has the words for it.
  if (typeof session !== 'function') return session;
  return ({ request }) => session(request as HttpRequest);
}

type SessionOf = NonNullable<RequestScopeOptions['session']>;

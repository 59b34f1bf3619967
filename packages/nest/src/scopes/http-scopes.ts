import type { ServerResponse } from 'node:http';
import {
  requestExchanges,
  requestScopeOptions,
  requestScopes,
  type Cache,
  type RequestExchanges,
  type RequestScopes,
  type ScopedRequest,
} from '@millpond/core';
import { noted } from '../requests/http-requests.js';
import type { Life } from '../requests/life.js';
import {
  fastifyOf,
  hasServer,
  useFirst,
  type Adapter,
  type FastifyReply,
  type FastifyRequest,
} from '../requests/platform.js';
import { KnownExchange, type PlatformExchange } from './known-exchange.js';
import { nestRequestLogger } from './nest-request-logger.js';
import type { HttpRequest, RequestScopeOptions, Scopes } from './scope-options.interface.js';

/** What opens scopes, by what the option says. */
interface Opener {
  readonly scopes: RequestScopes<KnownExchange>;
  readonly exchange: RequestExchanges<KnownExchange>;
}

/** A request whose scope is open. */
interface Opened {
  readonly known: KnownExchange;
  readonly scope: ScopedRequest;
}

/** Runs a function inside the scope of a request. */
export type Entrance = ScopedRequest['run'];

/** Opens the scopes of an app's HTTP requests, on either platform. */
export class HttpScopes {
  readonly #opener: Opener | undefined;
  /** By the request that Node has made. */
  readonly #opened = new WeakMap<object, Opened>();
  readonly #entrances = new WeakMap<Life, Entrance>();

  /** @throws CacheError `ERR_MILLPOND_INVALID_OPTION` */
  constructor(cache: Cache, given: Scopes | undefined) {
    this.#opener = given === undefined || given === false ? undefined : openerOf(cache, given);
  }

  /** Opens a scope around each request; to be called while modules configure their middleware. */
  watch(adapter: Adapter | null | undefined): void {
    const opener = this.#opener;
    if (opener === undefined || !hasServer(adapter)) return;
    useFirst(adapter, (raw, response, next) => this.#enter(opener, raw, response, { request: raw }, next));
    const onFastify = (request: FastifyRequest, reply: FastifyReply, done: () => void): void =>
      this.#enter(opener, request.raw, reply.raw, { request, reply }, done);
    const fastify = fastifyOf(adapter);
    fastify?.addHook('onRequest', onFastify);
    // Again, behind what has read the body, in the async context of its socket; and behind what has brought a session.
    fastify?.addHook('preValidation', onFastify);
  }

  /** Into the scope of a request; undefined where none was opened. */
  entrance(request: Life): Entrance | undefined {
    return this.#entrances.get(request);
  }

  /** Resolves when every scope that has ended has let go of what was made in it. Never rejects. */
  async ended(): Promise<void> {
    await this.#opener?.scopes.ended();
  }

  #enter(opener: Opener, raw: object, response: ServerResponse, platform: PlatformExchange, next: () => void): void {
    let opened = this.#opened.get(raw);
    if (opened === undefined) {
      const known = new KnownExchange(response, platform);
      const scope = opener.scopes.open(known, response, opener.exchange(known, known.response));
      this.#opened.set(raw, (opened = { known, scope }));
      this.#entrances.set(noted(raw, response), scope.run);
    }
    opened.known.platform = platform;
    opened.scope.noteSession();
    opened.scope.run(next);
  }
}

function openerOf(cache: Cache, given: unknown): Opener {
  const { session, user, logger } = requestScopeOptions<RequestScopeOptions>(given, OWNER);
  return {
    scopes: requestScopes(cache, ofKnown(session), WHERE),
    exchange: requestExchanges({ user: ofKnown(user), logger: ofKnown(logger ?? (() => nestRequestLogger)) }, WHERE),
  };
}

const OWNER = 'CacheModule';
const WHERE = `${OWNER}: scopes`;

/** A function of the platform's request as one of what is known of it. What is no function core refuses, with the option's name. */
function ofKnown<R>(about: ((request: HttpRequest) => R) | undefined): ((known: KnownExchange) => R) | undefined {
  return typeof about === 'function' ? ({ request }) => about(request) : about;
}

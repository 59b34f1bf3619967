import type { Cache } from '@millpond/core';
import {
  callerOf,
  createRoute,
  respond,
  type RouteHandler,
  type RouteInput,
  type RouteOptions,
  type RouteParams,
  type RouteQuery,
} from '@millpond/core/http';
import { serializerOf, type SerializingReply } from './serializer.js';

/** What a cached route needs of Fastify's request, whatever its server, type provider and logger. */
export interface CacheRouteRequest {
  readonly method: string;
  readonly originalUrl: string;
  /** By Fastify's own setting `trustProxy`, as are `host` and `hostname`. */
  readonly protocol: string;
  /** With the port. Fastify 4 has `hostname` alone, with the port. */
  readonly host?: string;
  readonly hostname: string;
  readonly params: unknown;
  readonly query: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly socket: unknown;
}

/** What a cached route needs of Fastify's reply. */
export interface CacheRouteReply extends SerializingReply {
  readonly sent: boolean;
  getHeader(name: string): unknown;
  code(status: number): unknown;
  header(name: string, value: string): unknown;
  send(body?: Buffer): unknown;
}

/** What `app.cacheRoute` returns: a Fastify handler, for `app.get` and its like. */
export type FastifyHandler = (request: CacheRouteRequest, reply: CacheRouteReply) => Promise<unknown>;

/** Makes a Fastify handler that answers from a cache. */
export interface CacheRouteFn {
  /**
   * Remembers what a handler returns for a path, its parameters and the query, and sends it as JSON, through the
   * route's response schema if it has one. The handler sees these parts of the request (after validation) and nothing
   * else; its errors reach the error handler.
   *
   * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`, `ERR_MILLPOND_NAME_TAKEN` or `ERR_MILLPOND_CLOSED`, at once.
   */
  <P = RouteParams, Q = RouteQuery, R = unknown>(
    options: RouteOptions<P, Q, R>,
    handler: RouteHandler<P, Q, R>,
  ): FastifyHandler;
}

/** Makes `cacheRoute` for one cache. */
export function cacheRouteOf(cache: Cache): CacheRouteFn {
  return (options, handler) => {
    const route = createRoute(cache, options, handler);

    return async (request, reply) => {
      const result = await route(inputOf(request, reply));
      // Something else has answered meanwhile, a timeout of the app's, say.
      if (reply.sent) return reply;
      const { status, headers, body } = respond(result, request.headers, (name) => reply.getHeader(name));
      reply.code(status);
      for (const [name, value] of headers) reply.header(name, value);
      // A Buffer with a content type goes past every serializer.
      return reply.send(body);
    };
  };
}

function inputOf(request: CacheRouteRequest, reply: CacheRouteReply): RouteInput {
  return {
    method: request.method,
    scheme: request.protocol,
    host: request.host ?? request.hostname,
    url: request.originalUrl,
    params: request.params,
    query: request.query,
    headers: request.headers,
    caller: callerOf(request, request.socket),
    serialize: serializerOf(reply),
  };
}

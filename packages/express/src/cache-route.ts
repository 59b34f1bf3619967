import type { IncomingMessage, ServerResponse } from 'node:http';
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
import { threwNothing } from './errors.js';

/** What a cached route needs of Express's request; Express 4 and 5 both have it. */
export interface ExpressRequest extends IncomingMessage {
  readonly originalUrl: string;
  /** By Express's own setting `trust proxy`, as is `hostname`. */
  readonly protocol: string;
  readonly hostname: string;
  readonly params: unknown;
  readonly query: unknown;
}

/** What `cacheRoute` returns: an Express handler, for `app.get` and its like. */
export type ExpressHandler = (
  request: ExpressRequest,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => Promise<void>;

/** Makes an Express handler that answers from a cache. */
export interface CacheRouteFn {
  /**
   * Remembers what a handler returns for a path, its parameters and the query, and sends it as JSON. The handler sees
   * these parts of the request and nothing else. Its errors go to `next`, on Express 4 and 5 alike.
   *
   * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`, `ERR_MILLPOND_NAME_TAKEN` or `ERR_MILLPOND_CLOSED`, at once.
   */
  <P = RouteParams, Q = RouteQuery, R = unknown>(
    options: RouteOptions<P, Q, R>,
    handler: RouteHandler<P, Q, R>,
  ): ExpressHandler;
}

/** Makes `cacheRoute` for one cache. */
export function cacheRouteOf(cache: Cache): CacheRouteFn {
  return (options, handler) => {
    const route = createRoute(cache, options, handler);

    const answer = async (request: ExpressRequest, response: ServerResponse): Promise<void> => {
      const result = await route(inputOf(request));
      // Something else has answered meanwhile, a timeout of the app's, say.
      if (response.headersSent) return;
      const { status, headers, body } = respond(result, request.headers, (name) => response.getHeader(name));
      response.statusCode = status;
      for (const [name, value] of headers) response.setHeader(name, value);
      // Not `send`: the bytes, the ETag and the 304 are decided already, the same for every framework.
      response.end(body);
    };

    return async (request, response, next) => {
      try {
        await answer(request, response);
      } catch (error) {
        // Express 4 does not look at what a handler returns, so that a rejection must be handed over. What is false
        // as a condition would be taken for "go on".
        next(error || threwNothing(error));
      }
    };
  };
}

function inputOf(request: ExpressRequest): RouteInput {
  return {
    method: request.method ?? 'GET',
    scheme: request.protocol,
    host: hostOf(request),
    url: request.originalUrl,
    params: request.params,
    query: request.query,
    headers: request.headers,
    caller: callerOf(request, request.socket),
  };
}

/**
 * The host as the app sees it: by `trust proxy`, Express takes it from X-Forwarded-Host or not. `hostname` has no port,
 * and `host` means different things in Express 4 and 5; so the port is added where the Host header is what it took.
 */
function hostOf({ headers, hostname }: ExpressRequest): string {
  const { host } = headers;
  return host !== undefined && host.replace(/:\d*$/, '') === hostname ? host : (hostname ?? '');
}

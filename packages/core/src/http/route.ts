import type { Cache } from '../cache-types.js';
import { notCacheable } from '../errors/index.js';
import type { CallOutcome } from '../options.js';
import { inRootContextWithExchange } from '../scope/index.js';
import { checkFunction } from '../wrapping.js';
import { answerOf, type RouteAnswer } from './answer.js';
import { bypassOf } from './bypass.js';
import type { RouteOutcome } from './cache-status.js';
import type { RouteInput } from './input.js';
import { identified, routeName } from './identity.js';
import { dataOptions, fixedTtl, policyOf, SERIALIZE, type KeptAnswer, type RunArguments } from './kept-answer.js';
import type { RouteResult } from './response.js';
import { checkRouteOptions, type RouteHandler, type RouteOptions } from './route-options.js';
import { routeRequest, type RouteParams, type RouteQuery, type RouteRequest } from './route-request.js';
import { viewOf } from './view.js';

/** Answers requests; a handler's own error is a rejection with that very error, and is not kept. */
export type Route = (input: RouteInput) => Promise<RouteResult>;

/**
 * Makes a cached route of a handler. The key is the scheme, the host and all that the handler sees (path, params and
 * query), so that nothing else can influence the answer; a request that tells who is asking is answered uncached.
 * Either way the handler runs outside the request's async context, and HEAD is answered as GET is.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`, and over a store `ERR_MILLPOND_NAME_TAKEN`
 */
export function createRoute<P = RouteParams, Q = RouteQuery, R = unknown>(
  cache: Pick<Cache, 'cacheData'>,
  options: RouteOptions<P, Q, R>,
  handler: RouteHandler<P, Q, R>,
): Route {
  checkHandler(handler);
  checkRouteOptions(options, 'cacheRoute');
  const name = routeName(handler, options);
  const listed = options.query;
  const policy = policyOf(options, name);

  const requestOf = ([, , path, params, query]: RunArguments): RouteRequest<P, Q> =>
    routeRequest({ path, params, query }, listed, name);

  async function run(...args: RunArguments): Promise<KeptAnswer> {
    const request = requestOf(args);
    const value = await handler(request);
    return { ...answerOf(value, name, args[SERIALIZE]), ...policy(value, request) };
  }

  async function runUncached(args: RunArguments): Promise<RouteAnswer> {
    return answerOf(await handler(requestOf(args)), name, args[SERIALIZE]);
  }

  const { name: identity, version, subject } = identified(run, handler, options);
  const cached = cache.cacheData(subject, { ...dataOptions(options), name: identity, version });
  const ttl = fixedTtl(options.ttl, name);

  return async (input) => {
    const { scheme, host, serialize } = input;
    const view = viewOf(input.url, input.params, input.query, listed);
    const args: RunArguments = [scheme, host.toLowerCase(), view.path, view.params, view.query, serialize];
    const bypass = bypassOf(input, view, listed);
    if (bypass !== undefined) {
      return { answer: await inRootContextWithExchange(() => runUncached(args)), outcome: { type: 'bypass', bypass } };
    }
    const heard: { event?: CallOutcome } = {};
    const observe = (event: CallOutcome): void => {
      heard.event = event;
    };
    const answer = await cached.withOptions({ observe })(...args);
    return { answer, outcome: outcomeOf(heard.event, answer.ttl ?? ttl, () => cached.has(...args)) };
  };
}

/** A cache that is switched off or closed reports nothing: it just runs the handler. */
function outcomeOf(event: CallOutcome | undefined, ttl: number | undefined, isKept: () => boolean): RouteOutcome {
  if (event === undefined) return { type: 'bypass', bypass: { forward: 'bypass', detail: 'disabled' } };
  return { type: 'cached', event, ttl, stored: event.type === 'miss' && isKept() };
}

function checkHandler(handler: unknown): void {
  if (typeof handler !== 'function') {
    throw notCacheable('cacheRoute', 'the second argument is not a function', 'Give the options, then the handler.');
  }
  checkFunction(handler, 'cacheRoute');
}

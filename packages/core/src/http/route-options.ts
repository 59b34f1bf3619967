import { checkOptions, isTagList, isText, type Check } from '../settings/index.js';
import { invalidOption } from '../errors/index.js';
import type { DataOptions } from '../options.js';
import type { RouteParams, RouteQuery, RouteRequest } from './route-request.js';

/** The options of `cacheData` that a route has as well, with the same meaning; `A` is the request. */
type SharedOptions<P, Q, R> = Pick<
  DataOptions<readonly [request: RouteRequest<P, Q>], R>,
  | 'name'
  | 'version'
  | 'ttl'
  | 'staleWhileRevalidate'
  | 'staleIfError'
  | 'maxEntries'
  | 'maxBytes'
  | 'when'
  | 'tags'
  | 'store'
  | 'persist'
  | 'maxValueBytes'
  | 'flightTimeout'
>;

/**
 * Options of a cached route. `ttl`, `tags` and `when` may be functions of what the handler returned and of the request.
 * There is no `key`: it is the scheme, the host and everything that the handler can see of the request.
 */
export interface RouteOptions<P = RouteParams, Q = RouteQuery, R = unknown> extends SharedOptions<P, Q, R> {
  /** The query parameters that the handler may read, and that are thereby part of the key. Default: all of them. */
  readonly query?: readonly string[] | undefined;
}

/** A handler of a cached route: sees the keyed parts of a request, returns what is sent as JSON. */
export type RouteHandler<P = RouteParams, Q = RouteQuery, R = unknown> = (
  request: RouteRequest<P, Q>,
) => R | PromiseLike<R>;

const isParameterList: Check = (value, where, option) => {
  if (!isTagList(value)) throw invalidOption(where, option, value, 'a list of names of query parameters');
};

/** `cacheData` checks what it has itself, but for the version, which it never sees as it was given. */
const leftToData: Check = () => undefined;

const ROUTE_CHECKS: Readonly<Record<keyof RouteOptions, Check>> = {
  query: isParameterList,
  name: leftToData,
  version: isText,
  ttl: leftToData,
  staleWhileRevalidate: leftToData,
  staleIfError: leftToData,
  maxEntries: leftToData,
  maxBytes: leftToData,
  when: leftToData,
  tags: leftToData,
  store: leftToData,
  persist: leftToData,
  maxValueBytes: leftToData,
  flightTimeout: leftToData,
};

/**
 * Checks the options of a route, as far as `cacheData` will not.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`
 */
export function checkRouteOptions(options: unknown, where: string): void {
  if (options === undefined) throw invalidOption(where, 'options', options, 'an object');
  checkOptions(options, ROUTE_CHECKS, where);
}

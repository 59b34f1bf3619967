import { unkeyedPart, unlistedParameter } from '../errors/index.js';
import type { RouteView } from './view.js';

/**
 * Path parameters. A name that the path does not have is `undefined`; say which it has with
 * `RouteRequest<{ id: string }>`, and lists (Express 5 wildcards) with `RouteRequest<{ rest: string[] }>`.
 */
export interface RouteParams {
  readonly [name: string]: string;
}

/** Query parameters, as the framework parses them: a parameter that is repeated is a list. */
export interface RouteQuery {
  readonly [name: string]: string | readonly string[] | RouteQuery | readonly RouteQuery[] | undefined;
}

/**
 * What the handler of a cached route sees of a request: the parts that its key is made of, and nothing else. Touching
 * anything else throws `ERR_MILLPOND_ROUTE`, since the answer is served to others who differ in it.
 */
export interface RouteRequest<P = RouteParams, Q = RouteQuery> {
  /** The original raw path: with the mount path, undecoded, without the query. */
  readonly path: string;
  readonly params: P;
  /** The parameters that the option `query` lists, or all of them. */
  readonly query: Q;
}

/** Makes the request that a handler sees. `route` names the route in messages. */
export function routeRequest<P = RouteParams, Q = RouteQuery>(
  view: Pick<RouteView, 'path' | 'params' | 'query'>,
  listed: readonly string[] | undefined,
  route: string,
): RouteRequest<P, Q> {
  const { path, params } = view;
  const query =
    listed === undefined ? view.query : guarded(view.query, listed, (name) => unlistedParameter(route, name, listed));
  return asRequest(guarded({ path, params, query }, REQUEST_PARTS, (name) => unkeyedPart(route, name)));
}

/** The types of parameters are the user's word: the path and the framework's schema make them so. */
function asRequest<P, Q>(request: object): RouteRequest<P, Q> {
  return request as RouteRequest<P, Q>;
}

const REQUEST_PARTS: readonly string[] = ['path', 'params', 'query'];

/** What languages and libraries ask of any object, without interest in a request: whether it is a promise, say. */
const ASKED_OF_ANYTHING: ReadonlySet<string> = new Set(['then', 'toJSON']);

/** An object that throws when a property is read that is neither allowed nor what every object has. */
function guarded(target: object, allowed: readonly string[], refusal: (name: string) => Error): object {
  return new Proxy(target, {
    get(target, name) {
      if (typeof name === 'symbol' || allowed.includes(name)) return Reflect.get(target, name);
      if (name in Object.prototype || ASKED_OF_ANYTHING.has(name)) return Reflect.get(target, name);
      throw refusal(name);
    },
  });
}

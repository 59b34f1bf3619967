import { isTagList } from '../settings/index.js';
import { parseDuration } from '../duration.js';
import { invalidOption } from '../errors/index.js';
import type { DataOptions } from '../options.js';
import type { RouteAnswer, Serialize } from './answer.js';
import type { RouteOptions } from './route-options.js';
import type { RouteRequest } from './route-request.js';
import type { RouteView } from './view.js';

/** What is kept: the answer, and what the functions among the options said about it. */
export interface KeptAnswer extends RouteAnswer {
  /** In milliseconds, when the option `ttl` is a function. */
  readonly ttl?: number;
  /** When the option `tags` is a function. */
  readonly tags?: readonly string[];
  /** `false` when the option `when` refused it. */
  readonly keep?: boolean;
}

/** The arguments of the data function that keeps a route's answers: they are the key, but for the last. */
export type RunArguments = readonly [
  scheme: string,
  host: string,
  path: string,
  params: RouteView['params'],
  query: RouteView['query'],
  serialize: Serialize | undefined,
];

/** The place of `serialize` among the arguments: it belongs to the route, and tells no two requests apart. */
export const SERIALIZE = 5;

/** Tells what is kept beside an answer. */
export type Policy<P, Q, R> = (value: R, request: RouteRequest<P, Q>) => Pick<KeptAnswer, 'ttl' | 'tags' | 'keep'>;

/**
 * Asks the functions among the options while the value that they are about is still there: what is kept is its bytes.
 * What one of them throws is the failure of the run.
 */
export function policyOf<P, Q, R>({ ttl, tags, when }: RouteOptions<P, Q, R>, route: string): Policy<P, Q, R> {
  return (value, request) => ({
    ...(typeof ttl === 'function' ? { ttl: parseDuration(ttl(value, request), route, 'ttl(value, request)') } : {}),
    ...(typeof tags === 'function' ? { tags: checkedTags(tags(value, request), route) } : {}),
    ...(typeof when === 'function' ? { keep: when(value, request) } : {}),
  });
}

function checkedTags(tags: unknown, route: string): readonly string[] {
  if (isTagList(tags)) return tags;
  throw invalidOption(route, 'tags(value, request)', tags, 'a list of texts that are not empty');
}

/** The ttl that every answer of a route has, in milliseconds; undefined when it has none, or one of each answer's. */
export function fixedTtl(ttl: unknown, route: string): number | undefined {
  return ttl === undefined || typeof ttl === 'function' ? undefined : parseDuration(ttl, route, 'ttl');
}

/** The options of a route as those of the data function that keeps its answers. */
export function dataOptions<P, Q, R>(options: RouteOptions<P, Q, R>): DataOptions<RunArguments, KeptAnswer> {
  const { query: _query, ttl, tags, when, ...rest } = options;
  return {
    ...rest,
    ignoreArgs: [SERIALIZE],
    // Nobody gets the bytes but the socket, so that a hit need not copy them.
    copy: 'share',
    // Where these are functions, the policy has asked them and seen to it that there is an answer.
    ttl: typeof ttl === 'function' ? (kept) => kept.ttl ?? 0 : ttl,
    tags: typeof tags === 'function' ? (kept) => kept.tags ?? [] : tags,
    when: typeof when === 'function' ? (kept) => kept.keep ?? true : when,
  };
}

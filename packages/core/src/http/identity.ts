import { identify } from '../key/index.js';
import { isNative } from '../key/source.js';
import { shownName, type AnyFunction } from '../wrapping.js';
import type { KeptAnswer, RunArguments } from './kept-answer.js';

/** Part of the version of every stored answer: a new form of what is kept needs a new one. */
const FORM = 'json-1';

/** Enough of a digest to tell handlers apart in a name: over a store, two of one name are refused anyway. */
const NAMED_DIGEST = 10;

interface Named {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
}

/** What a route is called in messages. */
export function routeName(handler: AnyFunction, options: Named): string {
  return `cacheRoute(${shownName(handler, options.name)})`;
}

/** What runs the handler of a route, and is what `cacheData` wraps. */
export type Run = (...args: RunArguments) => Promise<KeptAnswer>;

/** How a run is wrapped, so that it has the identity of the route's handler. */
export interface Identified extends Named {
  readonly subject: Run;
}

/**
 * Gives the function that runs a handler the identity of that handler: all routes run by the same code, and a stored
 * answer must not outlive a change of the handler's.
 */
export function identified(run: Run, handler: AnyFunction, options: Named): Identified {
  const where = routeName(handler, options);
  const own = identify(handler, { name: undefined, version: undefined, stored: false, where });
  const name = options.name ?? `${shownName(handler, undefined)}@${own.version.slice(0, NAMED_DIGEST)}`;
  Object.defineProperty(run, 'name', { value: where });
  if (options.version === undefined && isNative(handler)) {
    // The code of the handler cannot be seen; bound, neither can that of what runs it, and a store asks for a version.
    return { name, version: undefined, subject: run.bind(undefined) };
  }
  return { name, version: `${FORM}:${options.version ?? own.version}`, subject: run };
}

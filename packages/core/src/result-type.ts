import type { AnyFunction } from './wrapping.js';

/*
 * What the compiler refuses: functions whose result can be seen not to be data. It looks at the result, its properties and
 * its items, no deeper, and refuses only what it knows: what an `unknown`, an `any`, a type parameter or an instance of a
 * class holds is found out when the function has run.
 */

/**
 * Nothing to add to a function whose result of type `R` may be data; otherwise what the compiler then shows.
 *
 * The question is asked twelve times over, for the sake of type parameters, of which the answer is not known yet: such a
 * question takes only what fits both its answers, unless it leads to itself; then, from the tenth time on, the compiler
 * takes it for granted that the value fits.
 */
export type MayBeKept<Name extends string, R, Times extends readonly 0[] = []> = [NoData<R>] extends [never]
  ? unknown
  : Times['length'] extends 12
    ? NotData<`ERR_MILLPOND_UNCACHEABLE_VALUE: ${Name} cannot keep ${NoData<R>}`>
    : MayBeKept<Name, R, [...Times, 0]>;

/** What the compiler shows of a function whose result is no data. */
export interface NotData<Why extends string> {
  readonly notData: Why;
}

/** What in a result is no data: the result itself, or else something in it; never when there is nothing known. */
type NoData<R> = [NoDataItself<R>] extends [never] ? NoDataIn<R & {}> : NoDataItself<R>;

/** Of an array its items, of an object with no methods its properties. What has methods is an instance of a class. */
type NoDataIn<R> = 0 extends 1 & R
  ? never
  : R extends readonly (infer Item)[]
    ? NoDataItself<Item>
    : R extends object
      ? WithoutMethods<{ readonly [K in keyof R]-?: NoDataItself<R[K]> }[keyof R]>
      : never;

type WithoutMethods<Found> = Living extends Found ? never : Found;
type Living = 'a function: use cacheResource for what lives';

/** The message of the first shape that a type has; of a union, all of it must. `any` and `never` have none. */
type NoDataItself<V> = 0 extends 1 & V
  ? never
  : [V & {}] extends [never]
    ? never
    : [V & {}] extends [AnyFunction | (abstract new (...args: never) => unknown)]
      ? Living
      : FirstOf<V & {}>;

type FirstOf<V> = [V] extends [symbol]
  ? 'a symbol: return a string'
  : [V] extends [{ then: AnyFunction }]
    ? 'a promise: await it first'
    : [V] extends [{ json: AnyFunction; arrayBuffer: AnyFunction; bodyUsed: boolean }]
      ? 'a Response or a Request: read it first, such as with await it.json()'
      : [V] extends [Stream]
        ? 'a stream: collect it first, or use cacheResource'
        : [V] extends [{ next: AnyFunction; [Symbol.iterator]: AnyFunction } | { [Symbol.asyncIterator]: AnyFunction }]
          ? 'a generator or an iterator: collect it first'
          : [V] extends [{ size: unknown }]
            ? never
            : [V] extends [WeakMap<object, unknown> | WeakSet<object> | WeakRef<object>]
              ? 'a weak collection: use cacheResource'
              : never;

/** Streams of Node (and sockets), and those of the web. */
type Stream =
  | { pipe: AnyFunction; on: AnyFunction }
  | { pipeTo: AnyFunction; getReader: AnyFunction }
  | { getWriter: AnyFunction; abort: AnyFunction };

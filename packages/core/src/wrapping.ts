import { notCacheable } from './errors/index.js';
import { hasCodeOf } from './key/index.js';

/** Any function, as it arrives where it is wrapped. */
export type AnyFunction = (...args: never) => unknown;

/**
 * Refuses what cannot be wrapped, with what to do instead.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`
 */
export function checkFunction(fn: unknown, where: string): asserts fn is AnyFunction {
  checkCallable(fn, where);
  const kind = Object.prototype.toString.call(fn);
  if (kind === '[object GeneratorFunction]' || kind === '[object AsyncGeneratorFunction]') {
    const cure =
      'Use cacheStream, which replays it; or collect the items first: cache an async function that returns an array of them.';
    throw notCacheable(where, 'a generator function returns a stream, which can be read only once', cure);
  }
}

/** Refuses what cannot be called, a class too. Generators can be called: `cacheStream` takes them. */
export function checkCallable(fn: unknown, where: string): asserts fn is AnyFunction {
  if (typeof fn !== 'function') {
    throw notCacheable(
      where,
      'the first argument is not a function',
      'Give the function whose results are to be kept.',
    );
  }
  // A method may be named so: then its parameters follow.
  if (/^class\b(?!\s*\()/.test(Function.prototype.toString.call(fn))) {
    const cure = 'Wrap a function that makes the instance: () => new TheClass().';
    throw notCacheable(where, 'a class cannot be called', cure);
  }
}

/** Refuses an asynchronous function where a synchronous one is needed. */
export function checkSynchronous(fn: AnyFunction, where: string): void {
  if (Object.prototype.toString.call(fn) === '[object AsyncFunction]') {
    throw notCacheable(where, 'the function is asynchronous', 'Use cacheData for it.');
  }
}

/** What a function is called in messages and statistics. */
export function shownName(fn: AnyFunction, name: string | undefined): string {
  return name ?? (fn.name === '' ? 'anonymous' : fn.name);
}

/** Gives a wrapper the name and the length of its original, and its methods. */
export function dress(wrapper: AnyFunction, original: AnyFunction, methods: object): AnyFunction {
  Object.defineProperties(wrapper, {
    name: { value: original.name, configurable: true },
    length: { value: original.length, configurable: true },
  });
  hasCodeOf(wrapper, original);
  return Object.assign(wrapper, methods);
}

/**
 * The one place where what is built of untyped pieces gets the types that its caller sees: `make` takes a function and
 * its options (or a name, a function and options), checks them, and returns the wrapper; `F` says how the types of the two make the type of the third.
 */
export function typed<F>(make: (fn: unknown, options: unknown, more: unknown) => AnyFunction): F {
  return make as unknown as F;
}

/**
 * Whom a method of a wrapper is about: `load.delete(id)` names no instance (`this` is the wrapper itself),
 * `load.delete.call(instance, id)` does.
 */
export function instanceOf(self: unknown, wrapper: AnyFunction): unknown {
  return self === wrapper ? undefined : self;
}

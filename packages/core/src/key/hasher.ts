import { className, invalidOption } from '../errors/index.js';

/** How instances of a class are keyed; made by {@link defineHasher}. */
export interface Hasher {
  /** The class; it applies to instances of subclasses too, unless one of them has a hasher of its own. */
  readonly class: abstract new (...args: never) => unknown;
  /** What identifies an instance: data, which is keyed like an argument. */
  readonly hash: (value: never) => unknown;
}

/** The method by which an object says its own key: `[Symbol.for('millpond.key')]() { return this.id; }`. */
export const KEY_METHOD: unique symbol = Symbol.for('millpond.key');

/**
 * Says how instances of a class are keyed, wherever they occur in the arguments. The nearest class wins, and a hasher
 * takes the place of the rule for a built-in type.
 *
 * A key holds the name of the class of the hasher, the name of the instance's own class, and what `hash` returned: so
 * instances of two classes never share a key, except when both classes have the same name and their hashers are not
 * given to the same function (or cache).
 *
 * ```ts
 * const money = defineHasher(Money, (value) => [value.cents, value.currency]);
 * const convert = cacheData(loadRate, { hashers: [money] });
 * ```
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION` when it is not given a class and a function.
 */
export function defineHasher<T>(Class: abstract new (...args: never) => T, hash: (value: T) => unknown): Hasher {
  if (prototypeOf(Class) === undefined) throw invalidOption('defineHasher', 'class', Class, 'a class');
  if (typeof hash !== 'function') {
    throw invalidOption('defineHasher', 'hash', hash, 'a function of an instance, such as (user) => user.id');
  }
  return { class: Class, hash };
}

function prototypeOf(Class: unknown): object | undefined {
  if (typeof Class !== 'function') return undefined;
  const prototype: unknown = Reflect.get(Class, 'prototype');
  return (typeof prototype === 'object' && prototype !== null) || typeof prototype === 'function'
    ? prototype
    : undefined;
}

/** A hasher as a keyer uses it. */
export interface NamedHasher {
  /** The name of its class; `Money#2` for a second class of that name. */
  readonly label: string;
  readonly hash: (value: never) => unknown;
}

/** Finds the hasher of the nearest class of a value. */
export type HasherLookup = (value: object) => NamedHasher | undefined;

/** Makes the look-up; of two hashers for one class the first counts. Undefined when there is none. */
export function hasherLookup(hashers: readonly Hasher[]): HasherLookup | undefined {
  const found = new Map<object, NamedHasher>();
  const names = new Map<string, number>();
  for (const { class: Class, hash } of hashers) {
    const prototype = prototypeOf(Class);
    if (prototype === undefined || found.has(prototype)) continue;
    const count = (names.get(Class.name) ?? 0) + 1;
    names.set(Class.name, count);
    found.set(prototype, { label: count === 1 ? Class.name : `${Class.name}#${count}`, hash });
  }
  if (found.size === 0) return undefined;
  return (value) => {
    for (let at = Object.getPrototypeOf(value) as object | null; at !== null; at = Object.getPrototypeOf(at)) {
      const hasher = found.get(at);
      if (hasher !== undefined) return hasher;
    }
    return undefined;
  };
}

/** The name of the class of a value, as keys hold it. */
export function ownClassName(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (typeof prototype === 'object' && prototype !== null ? className(prototype) : undefined) ?? '';
}

import { checkOptions, isSynchronous, isText, readOptions } from '../settings/check-options.js';
import { invalidOption, notCacheable } from '../errors/index.js';
import { isDataPrototype, nativeBase } from './kind.js';

/** A class of instances of type `T`; its constructor may be private. */
export interface ClassOf<T> {
  readonly name: string;
  readonly prototype: T;
}

/** How instances of one class are kept; made by {@link defineCodec} and {@link recordCodec}. */
export interface Codec {
  /** The class itself: it takes no instances of subclasses, which may be more than it knows of. */
  readonly class: ClassOf<unknown>;
  /** What names it in a store. */
  readonly name: string;
  /** The data that an instance is made of; undefined for a class that is its fields. */
  readonly encode: ((value: never) => unknown) | undefined;
  /** A new instance of that data. */
  readonly decode: ((data: never) => unknown) | undefined;
}

/** What a class is to be kept by. `D` is what `encode` returns, and `decode` gets a copy of. */
export interface CodecOptions<T, D> {
  /**
   * Names the codec in stored entries, so that they are read again after a restart. Another form of the data needs
   * another name: what has a name that is not known any more is computed again.
   */
  readonly name: string;
  /** The data of an instance, which may itself hold instances with a codec. */
  readonly encode: (value: T) => D;
  /** A new instance of a copy of the data: `decode` owns it. It must not hand out the same instance twice. */
  readonly decode: (data: D) => T;
}

/**
 * Says how instances of a class are kept: as the data that `encode` makes of them, of which `decode` makes a new
 * instance for every caller. It holds at any depth of a result, in memory and in a store.
 *
 * ```ts
 * const money = defineCodec(Money, {
 *   name: 'money',
 *   encode: (value) => [value.cents, value.currency] as const,
 *   decode: ([cents, currency]) => new Money(cents, currency),
 * });
 * const getPrice = cacheData(loadPrice, { codecs: [money] });
 * ```
 *
 * What throws in `encode` or `decode` fails the call with `ERR_MILLPOND_UNCACHEABLE_VALUE`; what `decode` cannot make
 * of a stored entry is a miss.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION` when the class is none, or one whose instances are data already.
 */
export function defineCodec<T extends object, D>(Class: ClassOf<T>, options: CodecOptions<T, D>): Codec {
  checkClass(Class, 'defineCodec');
  const where = `defineCodec(${Class.name})`;
  const given = readOptions(options);
  checkOptions<CodecOptions<T, D>>(given, { name: isText, encode: isSynchronous, decode: isSynchronous }, where);
  isText(given.name, where, 'name');
  isSynchronous(given.encode, where, 'encode');
  isSynchronous(given.decode, where, 'decode');
  const { name, encode, decode } = given;
  return { class: Class, name, encode, decode };
}

/**
 * Says that classes are their fields, as entities of an ORM are. Instances are kept as their own enumerable fields, and
 * every caller gets new ones with the prototype of the class, which come about without its constructor. One instance in
 * two places, and circles, stay what they are. Private `#fields`, which nobody else can read, are not in the copy: give
 * a class that has some a {@link defineCodec}.
 *
 * The names by which stored entries find the classes are those of the classes; where a minifier changes them, give
 * them as an object: `recordCodec({ User, Order })`.
 *
 * ```ts
 * const getUser = cacheData(loadUser, { codecs: [recordCodec(User, Order), money] });
 * ```
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION` when one is no class, has no name, or extends a built-in class, such
 *   as Map or Error, whose content is not in its fields.
 */
export function recordCodec(...classes: readonly ClassOf<object>[]): readonly Codec[];
/** The same, with names that do not depend on those of the classes. */
export function recordCodec(classes: { readonly [name: string]: ClassOf<object> }): readonly Codec[];
export function recordCodec(...given: readonly unknown[]): readonly Codec[] {
  const [first] = given;
  const named = given.length === 1 && typeof first === 'object' && first !== null ? first : undefined;
  if (named !== undefined) return Object.entries(named).map(([name, Class]) => recordOf(Class, name));
  return given.map((Class) => recordOf(Class, undefined));
}

function recordOf(given: unknown, name: string | undefined): Codec {
  const prototype = checkClass(given, 'recordCodec');
  const Class = given as ClassOf<object>;
  const where = `recordCodec(${name ?? Class.name})`;
  isText(name ?? Class.name, where, 'name');
  const base = nativeBase(prototype);
  if (base !== undefined) {
    const cure = `What ${base} holds is not in fields: use defineCodec(${Class.name}, { name, encode, decode }).`;
    throw notCacheable(where, `it is ${base}, or extends it`, cure);
  }
  return { class: Class, name: name ?? Class.name, encode: undefined, decode: undefined };
}

/** The prototype of a class. */
function checkClass(Class: unknown, where: string): object {
  const prototype: unknown = typeof Class === 'function' ? Reflect.get(Class, 'prototype') : undefined;
  if (typeof prototype !== 'object' || prototype === null) throw invalidOption(where, 'class', Class, 'a class');
  if (!isDataPrototype(prototype)) return prototype;
  throw notCacheable(where, `${nameOf(Class)} needs no codec`, 'Its instances are kept as they are: leave it out.');
}

function nameOf(Class: unknown): string {
  return typeof Class === 'function' ? Class.name : 'this class';
}

import { parseDuration } from '../duration.js';
import { invalidOption, unknownOption } from '../errors/index.js';
import type { ErrorTtl } from '../options.js';

/** Tells what is wrong with the value of one option, by throwing; `where` names the function or the cache. */
export type Check = (value: unknown, where: string, option: string) => void;

function check(allowed: string, accepts: (value: unknown) => boolean): Check {
  return (value, where, option) => {
    if (!accepts(value)) throw invalidOption(where, option, value, allowed);
  };
}

/** Text that is not empty. */
export const isText: Check = check('a text that is not empty', (value) => typeof value === 'string' && value !== '');
/** Any text. */
export const isAnyText: Check = check('a text', (value) => typeof value === 'string');
/** true or false. */
export const isBoolean: Check = check('true or false', (value) => typeof value === 'boolean');
/** A function. */
export const isFunction: Check = check('a function', (value) => typeof value === 'function');
/** A function whose answer is needed at once. */
export const isSynchronous: Check = check('a function that is not asynchronous', answersAtOnce);
/** A whole number of at least 1. */
export const isCount: Check = check('a whole number of at least 1', (value) => isWhole(value, 1));
/** A whole number of at least 0. */
export const isCountOrZero: Check = check('a whole number of at least 0', (value) => isWhole(value, 0));
/** A fraction. */
export const isFraction: Check = check('a number from 0 to 1', (value) => {
  return typeof value === 'number' && value >= 0 && value <= 1;
});
/** A whole number of bytes, at least 1. */
export const isBytes: Check = check('a whole number of bytes, at least 1', (value) => isWhole(value, 1));
/** A duration. */
export const isDuration: Check = (value, where, option) => {
  parseDuration(value, where, option);
};
/** A duration, or 0 for none. */
export const isDurationOrZero: Check = (value, where, option) => {
  if (value !== 0) parseDuration(value, where, option);
};
/** How long failures are kept: all of them, or those of some classes. */
export const isErrorTtl: Check = (value, where, option) => {
  if (typeof value !== 'object' || value === null) return isDuration(value, where, option);
  checkOptions<ErrorTtl>(value, { ttl: isDuration, only: isClasses }, `${where}: errorTtl`);
  for (const part of ['ttl', 'only'] as const) {
    if (Reflect.get(value, part) === undefined)
      throw invalidOption(where, option, value, "such as '10s', or { ttl: '10s', only: [NotFound] }");
  }
};
const isClasses: Check = check('a list of classes of errors', (value) =>
  isListOf(value, (Class) => typeof Class === 'function' && typeof Reflect.get(Class, 'prototype') === 'object'),
);
/** Indexes of arguments. */
export const isIndexes: Check = check('a list of indexes of arguments, counted from 0', (value) =>
  isListOf(value, (index) => isWhole(index, 0)),
);
/** Hashers made by `defineHasher`. */
export const isHashers: Check = check('a list of what defineHasher(Class, hash) returns', (value) =>
  isListOf(value, (hasher) => has(hasher, 'class', 'function') && has(hasher, 'hash', 'function')),
);
/** A clock. */
export const isClock: Check = check('a Clock with now(), wallTime() and setTimer()', (value) =>
  ['now', 'wallTime', 'setTimer'].every((method) => has(value, method, 'function')),
);
/** A logger. */
export const isLogger: Check = check('a logger with warn(message)', (value) => has(value, 'warn', 'function'));

/** An AbortSignal. */
export const isSignal: Check = check('an AbortSignal', (value) => value instanceof AbortSignal);

/** One of a closed set of texts. */
export function isOneOf(...allowed: readonly string[]): Check {
  const names = allowed.map((name) => `'${name}'`).join(' or ');
  return check(names, (value) => typeof value === 'string' && allowed.includes(value));
}

/** What either of two checks accepts; the message is that of the second. */
export function isEither(first: (value: unknown) => boolean, second: Check): Check {
  return (value, where, option) => {
    if (!first(value)) second(value, where, option);
  };
}

/** Whether a value is a list of tags. */
export const isTags: Check = isEither(
  answersAtOnce,
  check('a list of texts, or a function (not an asynchronous one) that returns one', isTagList),
);

/** Whether a value is a list of texts that are not empty. */
export function isTagList(value: unknown): value is readonly string[] {
  return isListOf(value, (tag) => typeof tag === 'string' && tag !== '');
}

/**
 * Reads options once, inherited ones too, so that nothing changes them after they were checked; those that are
 * undefined are left out. What is no object is left for the check.
 */
export function readOptions(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  const options: [string, unknown][] = [];
  for (const option in given) {
    const value: unknown = Reflect.get(given, option);
    if (value !== undefined) options.push([option, value]);
  }
  return Object.fromEntries(options);
}

/** Checks every option of an object; a name that the table does not have is refused. */
export function checkOptions<O>(
  options: unknown,
  table: Readonly<Record<keyof O & string, Check>>,
  where: string,
): asserts options is O {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw invalidOption(where, 'options', options, 'an object');
  }
  const checks = new Map<string, Check>(Object.entries(table));
  for (const [option, value] of Object.entries(options)) {
    const checked = checks.get(option);
    if (checked === undefined) throw unknownOption(where, option, [...checks.keys()]);
    if (value !== undefined) checked(value, where, option);
  }
}

/** Whether a value is a function that does not answer with a promise, as far as can be seen. */
export function answersAtOnce(value: unknown): boolean {
  return typeof value === 'function' && Object.prototype.toString.call(value) !== '[object AsyncFunction]';
}

function isWhole(value: unknown, least: number): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
}

function isListOf(value: unknown, accepts: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(accepts);
}

function has(value: unknown, property: string, type: 'function' | 'object'): boolean {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof Reflect.get(value, property) === type
  );
}

/** Refuses anything but a list of tags where tags are invalidated. */
export function checkTags(tags: readonly unknown[], where: string): void {
  if (!isTagList(tags))
    throw invalidOption(
      where,
      'tags',
      tags.find((tag) => !isTagList([tag])),
      'texts that are not empty; spread a list: invalidateTags(...tags)',
    );
}

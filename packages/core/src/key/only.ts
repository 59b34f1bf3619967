import { LONGEST_TEXT } from './leaf.js';
import { primitiveText } from './text.js';

/** What stands for no argument at all. */
export const NO_ARGUMENT: unique symbol = Symbol('no argument');

/** Texts of less characters than these are never parts of longer ones in V8. */
const SHORTEST_PART = 13;

/** The one argument by which a call is found, if a Map tells its values apart as keys do; undefined if not. */
export function onlyOf(args: readonly unknown[]): unknown {
  if (args.length === 0) return NO_ARGUMENT;
  const [only] = args;
  switch (typeof only) {
    case 'string':
      return only.length <= LONGEST_TEXT ? only : undefined;
    case 'boolean':
    case 'bigint':
      return only;
    case 'number':
      // To a Map, 0 and -0 are one.
      return only === 0 ? undefined : only;
    case 'object':
      return only === null ? null : undefined;
    case 'undefined':
    case 'function':
    case 'symbol':
    default:
      return undefined;
  }
}

/** The same as {@link onlyOf} of the arguments of a key; undefined also where reading it back would take long. */
export function onlyOfKey(key: string): unknown {
  if (!key.startsWith('(') || !key.endsWith(')')) return undefined;
  switch (key.charAt(1)) {
    case 's':
      return textOfKey(key);
    case 'n':
      return endsAt(key, ';') ? onlyOf([Number(key.slice(2, -2))]) : undefined;
    case 'i':
      return endsAt(key, ';') ? BigInt(key.slice(2, -2)) : undefined;
    case ')':
      return key.length === 2 ? NO_ARGUMENT : undefined;
    case 't':
      return key.length === 3 ? true : undefined;
    case 'f':
      return key.length === 3 ? false : undefined;
    case 'z':
      return key.length === 3 ? null : undefined;
    default:
      return undefined;
  }
}

/** The key whose arguments are this one: what {@link onlyOfKey} reads. */
export function keyOfOnly(only: unknown): string {
  return only === NO_ARGUMENT ? '()' : `(${primitiveText(only)})`;
}

/** The same text without the longer one that it may have been cut out of, which V8 would keep as long as the part. */
export function detached<T>(value: T): T | string {
  if (typeof value !== 'string' || value.length < SHORTEST_PART) return value;
  // What is joined of several is copied. Put together by `+` it would be a reference to both.
  return [value.slice(0, 1), value.slice(1)].join('');
}

/** The only argument of a key, if it is a text: its length tells whether anything comes after it. */
function textOfKey(key: string): string | undefined {
  const begin = key.indexOf(':') + 1;
  const length = Number(key.slice(2, begin - 1));
  return length <= LONGEST_TEXT && begin + length + 1 === key.length ? key.slice(begin, -1) : undefined;
}

/** Whether the first argument of a key ends with this character, and the key with the argument. */
function endsAt(key: string, character: string): boolean {
  return key.indexOf(character) === key.length - 2;
}

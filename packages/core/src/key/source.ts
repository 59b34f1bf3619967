import { types } from 'node:util';

/**
 * What the source text of a function tells. All of it is a guess on the safe side: a function that cannot be judged
 * counts as one that may read `this`.
 */

const texts = new WeakMap<object, string>();

/** The source text of a function, whatever its own `toString` says; read once for each function. */
export function sourceOf(fn: object): string {
  let text = texts.get(fn);
  if (text === undefined) {
    text = Function.prototype.toString.call(fn);
    texts.set(fn, text);
  }
  return text;
}

/** Says that the code of a function is that of another: what is cached twice changes with what it caches. */
export function hasCodeOf(fn: object, original: object): void {
  texts.set(fn, sourceOf(original));
}

/** Whether the code of a function is hidden: built-in functions, bound ones, and proxies of functions. */
export function isNative(fn: object): boolean {
  return /\{\s*\[native code\]\s*\}$/.test(sourceOf(fn));
}

/** Whether a function was made by `bind`. */
export function isBound(fn: object): boolean {
  return isNative(fn) && !Object.hasOwn(fn, 'prototype') && ownName(fn).startsWith('bound ');
}

/** The own name of a function, `''` when it has none. */
export function ownName(fn: object): string {
  const name: unknown = Object.getOwnPropertyDescriptor(fn, 'name')?.value;
  return typeof name === 'string' ? name : '';
}

// No end of line may stand before an arrow or after `async`, so line comments cannot.
const BLANK = String.raw`\s|/\*(?:[^*]|\*(?!/))*\*/`;
const NAME = String.raw`[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*`;
const ARROW = new RegExp(String.raw`^(?:\(|(?:async(?:${BLANK})+)?${NAME}(?:${BLANK})*=>)`, 'u');
const ASYNC_ARROW = new RegExp(String.raw`^async(?:${BLANK})*\(`, 'u');

/**
 * Whether a function is an arrow function. The text of a method may start with `async(` as well, when that is its
 * name; but then it is no async function.
 */
export function isArrow(fn: object): boolean {
  if (Object.hasOwn(fn, 'prototype')) return false;
  const text = sourceOf(fn);
  return ARROW.test(text) || (ASYNC_ARROW.test(text) && types.isAsyncFunction(fn));
}

const readers = new WeakMap<object, boolean>();

/**
 * Whether what a function does can depend on `this`. Not when it is an arrow function or bound, or when its source has
 * none of the words by which it could read it (`this`, `super`, `eval`). Judged once for each function.
 */
export function readsThis(fn: object): boolean {
  let reads = readers.get(fn);
  if (reads === undefined) {
    reads = !isBound(fn) && !isArrow(fn) && (isNative(fn) || /\b(?:this|super|eval)\b/.test(sourceOf(fn)));
    readers.set(fn, reads);
  }
  return reads;
}

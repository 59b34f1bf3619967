import { KEY_METHOD } from './hasher.js';
import { someHaveContents } from './known-resource.js';

/** More leaves are not compared faster than texts are made. */
const MOST_LEAVES = 64;
const MOST_LEVELS = 8;
/** Longer texts would take longer to compare than keys are worth. */
export const LONGEST_TEXT = 1024;

/** What stands for the beginning or the end of something among the leaves, and for what `===` does not tell apart. */
const OBJECT: unique symbol = Symbol('object');
const ARRAY: unique symbol = Symbol('array');
const END: unique symbol = Symbol('end');
const MINUS_ZERO: unique symbol = Symbol('-0');

const NOTHING = {};

/** Of this process alone, so that nobody outside knows which arguments meet in one place (hash flooding). */
const SEED = (Math.random() * 2 ** 32) | 0;

const float = new Float64Array(1);
const words = new Int32Array(float.buffer);

/**
 * Arguments as a flat list of what they hold: calls with equal lists (by `===`) have equal keys. It is finer than keys
 * are (the order of properties counts), and it gives up (`false`) where it cannot tell cheaply: on everything but
 * primitives, plain objects and plain arrays, on large arguments, `NaN`, symbols and long texts.
 */
export class ArgumentLeaves {
  readonly list: unknown[] = [];
  hash = 0;
  #level = 0;
  #busy = false;

  /** Reads arguments. Whatever a getter does or throws, keys have to deal with it. */
  read(args: readonly unknown[]): boolean {
    // A getter that calls a cached function with arguments of its own.
    if (this.#busy) return false;
    this.#busy = true;
    this.list.length = 0;
    this.hash = SEED;
    this.#level = 0;
    try {
      this.list.push(args.length);
      for (const arg of args) if (!this.#add(arg)) return false;
      return true;
    } catch {
      return false;
    } finally {
      this.#busy = false;
    }
  }

  #add(value: unknown): boolean {
    switch (typeof value) {
      case 'string':
        return value.length <= LONGEST_TEXT && this.#leaf(value, hashOf(value));
      case 'number':
        if (value === 0 && Object.is(value, -0)) return this.#leaf(MINUS_ZERO, 3);
        return !Number.isNaN(value) && this.#leaf(value, hashOfNumber(value));
      case 'boolean':
        return this.#leaf(value, value ? 1 : 2);
      case 'undefined':
        return this.#leaf(value, 4);
      case 'bigint':
        return this.#leaf(value, Number(BigInt.asIntN(32, value)));
      case 'object':
        return value === null ? this.#leaf(value, 5) : this.#enter(value);
      case 'function':
      case 'symbol':
      default:
        return false;
    }
  }

  #leaf(leaf: unknown, hash: number): boolean {
    this.hash = Math.imul(this.hash ^ hash, 0x9e3779b1) ^ (this.hash >>> 15);
    return this.list.push(leaf) <= MOST_LEAVES;
  }

  #enter(object: object): boolean {
    if (this.#level >= MOST_LEVELS || someHaveContents()) return false;
    this.#level += 1;
    const all = Array.isArray(object) ? this.#items(object) : this.#fields(object as Readonly<Record<string, unknown>>);
    this.#level -= 1;
    return all;
  }

  #items(array: readonly unknown[]): boolean {
    if (Object.getPrototypeOf(array) !== Array.prototype || array.length > MOST_LEAVES) return false;
    // No holes, and nothing beside the items.
    if (Object.keys(array).length !== array.length || hasSymbols(array)) return false;
    this.list.push(ARRAY, array.length);
    for (const item of array) if (!this.#add(item)) return false;
    return true;
  }

  #fields(object: Readonly<Record<string, unknown>>): boolean {
    if (Object.getPrototypeOf(object) !== Object.prototype || hasSymbols(object)) return false;
    // Names that every object has, since somebody gave them to Object.prototype, are no properties of this one.
    for (const _ in NOTHING) return false;
    this.list.push(OBJECT);
    for (const name in object) {
      this.list.push(name);
      if (!this.#add(object[name])) return false;
    }
    this.list.push(END);
    return true;
  }
}

function hasSymbols(object: object): boolean {
  return KEY_METHOD in object || Object.getOwnPropertySymbols(object).length > 0;
}

function hashOfNumber(value: number): number {
  if ((value | 0) === value) return value;
  float[0] = value;
  return (words[0] ?? 0) ^ Math.imul(words[1] ?? 0, 31);
}

/** All of a short text, and three parts of a longer one. */
function hashOf(text: string): number {
  const { length } = text;
  let hash = length;
  if (length <= 24) {
    for (let index = 0; index < length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    return hash;
  }
  const middle = length >> 1;
  for (let index = 0; index < 8; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    hash = Math.imul(hash ^ text.charCodeAt(middle + index), 0x01000193);
    hash = Math.imul(hash ^ text.charCodeAt(length - 1 - index), 0x01000193);
  }
  return hash;
}

import { areKeyedByContents, asCompared, hashOf, isLeaf, mixed, SEED } from './leaf.js';
import type { Leaves } from './leaf-reader.js';

/** More leaves are not compared faster than texts are made. */
const MOST_LEAVES = 64;
const MOST_LEVELS = 8;
/** What stands for the beginning or the end of something among the leaves. */
const OBJECT: unique symbol = Symbol('object');
const ARRAY: unique symbol = Symbol('array');
const END: unique symbol = Symbol('end');

/**
 * Arguments as a flat list of what they hold: calls with equal lists (by `===`) have equal keys. It is finer than keys
 * are (the order of properties counts), and it gives up (`false`) where it cannot tell cheaply: on everything but
 * primitives, plain objects and plain arrays, on large arguments, `NaN`, symbols and long texts.
 *
 * It is read at every call with more than one argument, so it allocates nothing of its own.
 */
export class ArgumentLeaves {
  /** The leaves are the first `count` of these. */
  readonly list: unknown[] = Array.from({ length: MOST_LEAVES }, () => undefined);
  count = 0;
  hash = 0;
  #level = 0;
  #busy = false;

  /** Reads arguments. Whatever a getter does or throws, keys have to deal with it. */
  read(args: readonly unknown[]): boolean {
    // A getter that calls a cached function with arguments of its own.
    if (this.#busy) return false;
    this.#busy = true;
    try {
      return this.#readAny(args);
    } catch {
      return false;
    } finally {
      this.#busy = false;
    }
  }

  /** What was read last, apart from what is read next. */
  kept(): Leaves {
    return { hash: this.hash, leaves: this.list.slice(0, this.count) };
  }

  #readAny(args: readonly unknown[]): boolean {
    this.count = 0;
    this.hash = SEED;
    this.#level = 0;
    return this.#all(args);
  }

  /** Its length, and each. */
  #all(values: readonly unknown[]): boolean {
    if (!this.#put(values.length)) return false;
    for (let index = 0; index < values.length; index++) if (!this.#add(values[index])) return false;
    return true;
  }

  #add(value: unknown): boolean {
    if (typeof value === 'object' && value !== null) return this.#enter(value);
    if (!isLeaf(value)) return false;
    this.hash = mixed(this.hash, hashOf(value));
    return this.#put(asCompared(value));
  }

  /** False when there are too many. */
  #put(leaf: unknown): boolean {
    const { count } = this;
    if (count === MOST_LEAVES) return false;
    this.list[count] = leaf;
    this.count = count + 1;
    return true;
  }

  #enter(object: object): boolean {
    if (this.#level >= MOST_LEVELS || !areKeyedByContents()) return false;
    this.#level += 1;
    const all = Array.isArray(object) ? this.#items(object) : this.#fields(object as Readonly<Record<string, unknown>>);
    this.#level -= 1;
    return all;
  }

  #items(array: readonly unknown[]): boolean {
    const { length } = array;
    if (Object.getPrototypeOf(array) !== Array.prototype || length > MOST_LEAVES) return false;
    // No holes, and nothing beside the items: the engine lists the indexes first, then 'length'.
    const names = Object.getOwnPropertyNames(array);
    if (names.length !== length + 1 || names[length] !== 'length' || hasSymbols(array)) return false;
    return this.#put(ARRAY) && this.#all(array);
  }

  #fields(object: Readonly<Record<string, unknown>>): boolean {
    if (Object.getPrototypeOf(object) !== Object.prototype || hasSymbols(object)) return false;
    const names = Object.getOwnPropertyNames(object);
    if (!this.#put(OBJECT)) return false;
    let index = 0;
    for (const name in object) {
      // Hidden ones count too, and what somebody gave to Object.prototype is no property of this one.
      if (names[index++] !== name || !this.#put(name) || !this.#add(object[name])) return false;
    }
    return index === names.length && this.#put(END);
  }
}

function hasSymbols(object: object): boolean {
  return Object.getOwnPropertySymbols(object).length > 0;
}

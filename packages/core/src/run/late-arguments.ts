import { keep, type Kept } from '../copy/index.js';
import { CacheError } from '../errors.js';

/**
 * The arguments of a call whose run may begin later than the call (behind a look into the store, or behind another
 * run): the caller may have changed them by then, and the function must see what the key was made of.
 */
export class LateArguments {
  readonly #args: readonly unknown[];
  readonly #taken: Kept | undefined;

  constructor(args: readonly unknown[], fn: string) {
    this.#args = args;
    this.#taken = args.some(isObject) ? copyOf(args, fn) : undefined;
  }

  /**
   * The arguments, as long as they still have the key; a copy taken at the call when they were changed since; undefined
   * when they were changed and could not be copied.
   */
  for(key: string, keyOf: (args: readonly unknown[]) => string): readonly unknown[] | undefined {
    if (!this.#args.some(isObject) || hasKey(this.#args, key, keyOf)) return this.#args;
    const copy = this.#taken?.copy();
    return Array.isArray(copy) ? copy : undefined;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function hasKey(args: readonly unknown[], key: string, keyOf: (args: readonly unknown[]) => string): boolean {
  try {
    return keyOf(args) === key;
  } catch (error) {
    // What has no key any more was changed; anything but that is a fault of ours and must be seen.
    if (error instanceof CacheError) return false;
    throw error;
  }
}

function copyOf(args: readonly unknown[], fn: string): Kept | undefined {
  try {
    return keep(args, { fn, mode: 'clone' });
  } catch (error) {
    // Arguments such as class instances with a hasher cannot be copied; they serve as long as nobody changes them.
    if (error instanceof CacheError) return undefined;
    throw error;
  }
}

import { AsyncLocalStorage } from 'node:async_hooks';
import { keep, type Kept } from '../copy/index.js';
import { CacheError } from '../errors/index.js';
import { withoutScope, type Keyer } from '../key/index.js';

/** One call: what names it, and what its function is called with. */
export interface KeyedCall {
  readonly key: string;
  readonly self: unknown;
  readonly args: readonly unknown[];
}

const NOTHING_TAKEN: readonly undefined[] = [];

/**
 * The arguments of a call whose run may begin later than the call (behind a look into the store, or behind another
 * run): the caller may have changed them by then, and the function must see what the key was made of.
 */
export class LateArguments {
  readonly #call: KeyedCall;
  readonly #keyer: Keyer;
  /** What there was in the place of each; undefined where that is no object, or cannot be copied. */
  readonly #taken: readonly (Kept | undefined)[];
  /** Whether the key is of anything that can be changed. */
  readonly #mayChange: boolean;
  /** The caller's async context, which the option `key` or a hasher may read. Given back when it has been asked in. */
  #inContext: (<R>(run: () => R) => R) | undefined;

  private constructor(call: KeyedCall, keyer: Keyer, taken: readonly (Kept | undefined)[] | undefined) {
    this.#call = call;
    this.#keyer = keyer;
    this.#mayChange = taken !== undefined;
    this.#taken = taken ?? NOTHING_TAKEN;
  }

  /** The arguments as they are now; to be taken in the caller's async context. */
  static of(call: KeyedCall, keyer: Keyer, fn: string): LateArguments {
    if (!isObject(call.self) && !call.args.some(isObject)) return new LateArguments(call, keyer, undefined);
    const taken = call.args.map((arg) => (isObject(arg) ? copyOf(arg, fn) : undefined));
    const late = new LateArguments(call, keyer, taken);
    late.#inContext = AsyncLocalStorage.snapshot();
    return late;
  }

  /** The same; undefined where nothing can change them. */
  static unlessFixed(call: KeyedCall, keyer: Keyer, fn: string): LateArguments | undefined {
    return isObject(call.self) || call.args.some(isObject) ? LateArguments.of(call, keyer, fn) : undefined;
  }

  /** The same arguments, for a second one who asks. */
  forAnother(): LateArguments {
    const other = new LateArguments(this.#call, this.#keyer, this.#mayChange ? this.#taken : undefined);
    other.#inContext = this.#inContext;
    return other;
  }

  /**
   * The arguments, as long as they (and `this`) still have the key; a copy taken at the call when they were changed
   * since; undefined when the key cannot be met any more: `this` has changed, or what cannot be copied. Asked once.
   */
  now(): readonly unknown[] | undefined {
    if (!this.#mayChange) return this.#call.args;
    const inContext = this.#inContext;
    // What holds on to this must not hold on to the caller's request (hazard 31).
    this.#inContext = undefined;
    return inContext === undefined ? this.#judged() : inContext(() => this.#judged());
  }

  #judged(): readonly unknown[] | undefined {
    const { args } = this.#call;
    if (this.#keyed(args)) return args;
    const copies = args.map((arg, place) => this.#taken[place]?.copy() ?? arg);
    return this.#keyed(copies) ? copies : undefined;
  }

  #keyed(args: readonly unknown[]): boolean {
    try {
      // Whose call it is was decided when it was made; a run is asked for this outside anybody's scope.
      return this.#keyer.textOf(this.#call.self, args) === withoutScope(this.#call.key);
    } catch (error) {
      // What has no key any more was changed; anything but that is a fault of ours and must be seen.
      if (error instanceof CacheError) return false;
      throw error;
    }
  }
}

function isObject(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function copyOf(arg: unknown, fn: string): Kept | undefined {
  try {
    return keep(arg, { fn, mode: 'clone' });
  } catch (error) {
    // An instance with a hasher, or one that is left out of the key: it serves as long as it does not change the key.
    if (error instanceof CacheError) return undefined;
    throw error;
  }
}

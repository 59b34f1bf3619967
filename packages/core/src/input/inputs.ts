import { invalidOption } from '../errors/index.js';
import { createKeyer, type Hasher } from '../key/index.js';
import { isUnwantedPromise } from '../unwanted-promise.js';
import { ownCopy } from './own-copy.js';
import { readHere, type Input } from './read.js';

const AT_ONCE = 'what is known at once: await it where the request begins, and let `read` return what it came to';

/** The inputs of one cache, by their names. */
export class Inputs {
  readonly #names = new Set<string>();
  readonly #hashers: readonly Hasher[];

  constructor(hashers: readonly Hasher[]) {
    this.#hashers = hashers;
  }

  /** Whether there is none: then no run needs to know its caller's context. */
  get isEmpty(): boolean {
    return this.#names.size === 0;
  }

  /** Makes an input: see `Cache.input`. */
  create(name: unknown, read: unknown): () => unknown {
    if (typeof name !== 'string' || name === '') throw invalidOption('input', 'name', name, 'a text that is not empty');
    if (this.#names.has(name))
      throw invalidOption('input', 'name', name, 'a name that no other input of this cache has');
    if (typeof read !== 'function') throw invalidOption('input', 'read', read, 'a function that is not asynchronous');
    this.#names.add(name);
    const ask = (): unknown => Reflect.apply(read, undefined, []);
    const keyer = createKeyer({
      fn: `input ${name}`,
      original: ask,
      key: undefined,
      isIgnored: () => false,
      hashers: this.#hashers,
      stored: true,
    });
    const input: Input = {
      name,
      read() {
        const value = ask();
        if (isUnwantedPromise(value)) throw invalidOption(`input ${name}`, 'read()', value, AT_ONCE);
        const met: object[] = [];
        const text = keyer.keyOf(undefined, [value], met);
        // A resource is what it is for everybody.
        return { input, value: met.length === 0 ? ownCopy(value) : value, text };
      },
    };
    return () => readHere(input).value;
  }
}

import { invalidOption } from '../errors/index.js';
import { createKeyer, type Hasher } from '../key/index.js';
import { readHere, type Input } from './read.js';

/** The inputs of one cache, by their names. */
export class Inputs {
  readonly #inputs = new Map<string, Input>();
  readonly #hashers: readonly Hasher[];

  constructor(hashers: readonly Hasher[]) {
    this.#hashers = hashers;
  }

  /** Whether there is none: then no run needs to know its caller's context. */
  get isEmpty(): boolean {
    return this.#inputs.size === 0;
  }

  /** Makes an input: see `Cache.input`. */
  create(name: unknown, read: unknown): () => unknown {
    if (typeof name !== 'string' || name === '') throw invalidOption('input', 'name', name, 'a text that is not empty');
    if (this.#inputs.has(name))
      throw invalidOption('input', 'name', name, 'a name that no other input of this cache has');
    if (typeof read !== 'function') throw invalidOption('input', 'read', read, 'a function that is not asynchronous');
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
        return { input, value, text: keyer.keyOf(undefined, [value]) };
      },
    };
    this.#inputs.set(name, input);
    return () => readHere(input).value;
  }

  /** The input of a name, which another process has noted; undefined when this cache does not have it. */
  named(name: string): Input | undefined {
    return this.#inputs.get(name);
  }
}

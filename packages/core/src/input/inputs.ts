import { inputHasNoKey, invalidOption } from '../errors/index.js';
import { digest, valueText, type Hasher } from '../key/index.js';
import { checkOptions, isBoolean } from '../settings/index.js';
import { isUnwantedPromise } from '../unwanted-promise.js';
import { needWholeContext } from './caller-context.js';
import { ownCopy } from './own-copy.js';
import { readHere, type Input, type Read } from './read.js';

const AT_ONCE = 'what is known at once: await it where the request begins, and let `read` return what it came to';

/** What an input may be told beside what it reads. */
export interface InputOptions {
  /**
   * Whether its values are credentials, or tell who somebody is: then keys, which events and `explain` show, hold a digest
   * of them. Default false.
   */
  readonly secret?: boolean | undefined;
}

/** The inputs of one cache, by their names. */
export class Inputs {
  readonly #inputs = new Map<string, Input>();
  readonly #hashers: readonly Hasher[];

  constructor(hashers: readonly Hasher[]) {
    this.#hashers = hashers;
  }

  /** Makes an input: see `Cache.input`. */
  create(name: unknown, read: unknown, options: unknown = {}): () => unknown {
    checkOptions<InputOptions>(options, { secret: isBoolean }, 'input');
    if (typeof name !== 'string' || name === '') throw invalidOption('input', 'name', name, 'a text that is not empty');
    if (this.#inputs.has(name))
      throw invalidOption('input', 'name', name, 'a name that no other input of this cache has');
    if (typeof read !== 'function') throw invalidOption('input', 'read', read, 'a function that is not asynchronous');
    needWholeContext();
    return this.ofRequest(name, () => Reflect.apply(read, undefined, []), options.secret ?? false);
  }

  /** Makes one that needs no more of its caller than the scope that they are in. */
  ofRequest(name: string, ask: () => unknown, isSecret: boolean): () => unknown {
    const fn = `input ${name}`;
    const textOf = valueText({ fn, root: 'read()', hashers: this.#hashers, refuse: inputHasNoKey });
    const input: Input = {
      name,
      read() {
        const value = ask();
        if (isUnwantedPromise(value)) throw invalidOption(fn, 'read()', value, AT_ONCE);
        const met: object[] = [];
        const asGiven = textOf(value, met);
        // A resource is what it is for everybody.
        const own = met.length === 0 ? ownCopy(value) : value;
        // Of what is handed out, also where a getter answers now this and now that (hazard 45).
        const text = own === value ? asGiven : textOf(own, met);
        return { input, value: own, text: isSecret ? `#${digest(text)}` : text };
      },
    };
    this.#inputs.set(name, input);
    return () => readHere(input).value;
  }

  /**
   * The beginning of a path, up to the first input of another cache: a store has the names alone, and by the same one this
   * cache may have something else (hazard 24).
   */
  ownPart(path: readonly Read[]): readonly Read[] {
    const end = path.findIndex(({ input }) => this.#inputs.get(input.name) !== input);
    return end === -1 ? path : path.slice(0, end);
  }

  /** The input of a name, which another process has noted; undefined when this cache does not have it. */
  named(name: string): Input | undefined {
    return this.#inputs.get(name);
  }
}

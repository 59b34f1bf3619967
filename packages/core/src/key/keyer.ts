import { hasherFailed } from '../errors/index.js';
import { isUnwantedPromise } from '../unwanted-promise.js';
import { showKey } from './digest.js';
import { hasherLookup, type Hasher } from './hasher.js';
import { noneIgnored, type IsIgnored } from './ignored.js';
import { plainText } from './plain-text.js';
import { selfText, type SelfOptions } from './self.js';
import { readsThis } from './source.js';
import { primitiveText, shorten } from './text.js';
import { Walk, whatFailed } from './walk.js';

/** What a keyer needs to know of the function whose calls it names. */
export interface KeyerOptions {
  /** The name of the function, shown in messages. */
  readonly fn: string;
  /** The function itself: its source decides whether `this` can matter. */
  readonly original: (...args: never) => unknown;
  /** The option `key`; it is called with the caller's `this`, and its result replaces the arguments and `this`. */
  readonly key: ((...args: never) => unknown) | undefined;
  /** Tells which arguments do not count; those are not looked at. */
  readonly isIgnored: IsIgnored;
  /** The function's own hashers first, then the cache's. */
  readonly hashers: readonly Hasher[];
  /** Whether keys must mean the same in another process: then `this` by instance is refused. */
  readonly stored: boolean;
}

/** One thing that a key is, or is not, made of. */
export interface KeyPart {
  /** `this`, an argument such as `args[0]`, or `key(...)`: the answer of the option `key`. */
  readonly of: string;
  /** Its canonical text, a digest when it is long; undefined when it does not count. */
  readonly text: string | undefined;
}

/** Names the calls of one function. */
export interface Keyer {
  /** Whether the arguments alone, all of them and nothing that was said about them, make the key. */
  readonly isPlain: boolean;
  /**
   * The canonical text of a call, at most some thousand characters: two calls have the same one if and only if their
   * arguments are equal (up to SHA-256, by which long parts enter). It is the same in every process, unless it holds
   * `this` or a resource in memory. `met` gets the resources that the key holds.
   *
   * @throws CacheError `ERR_MILLPOND_UNHASHABLE_ARGUMENT` for an argument that has no key, with its path and the cure;
   *   `ERR_MILLPOND_HASHER_FAILED` when the option `key` or a hasher throws, returns a promise, or its own input.
   */
  keyOf(self: unknown, args: readonly unknown[], met?: object[]): string;
  /** What the call itself adds to the key of its scope; all of it where the function has none. Throws as `keyOf` does. */
  textOf(self: unknown, args: readonly unknown[]): string;
  /** The parts that the text is made of, and those that do not count. Throws as `keyOf` does. */
  partsOf(self: unknown, args: readonly unknown[]): readonly KeyPart[];
}

/** Makes the keyer of one function. */
export function createKeyer(options: KeyerOptions): Keyer {
  const { fn, key, stored, isIgnored } = options;
  const hasherFor = hasherLookup(options.hashers);
  const walk = (met?: object[]): Walk => new Walk({ fn, hasherFor, stored, met });
  const withSelf: SelfOptions | undefined = readsThis(options.original) ? { fn, stored, walk } : undefined;

  if (key !== undefined) {
    const answer = (self: unknown, args: readonly unknown[], met?: object[]): string =>
      walk(met).textOf(askKey(fn, key, self, args), 'key(...)');
    const text = (self: unknown, args: readonly unknown[], met?: object[]): string =>
      shorten(`=${answer(self, args, met)}`);
    return {
      isPlain: false,
      keyOf: text,
      textOf: text,
      partsOf: (self, args) => [{ of: 'key(...)', text: showKey(answer(self, args)) }],
    };
  }
  function keyOf(self: unknown, args: readonly unknown[], met?: object[]): string {
    const text = argsText(args, isIgnored, () => walk(met), hasherFor !== undefined);
    return shorten(withSelf === undefined ? text : selfText(self, withSelf) + text);
  }
  return {
    isPlain: withSelf === undefined && hasherFor === undefined && isIgnored === noneIgnored,
    keyOf,
    textOf: keyOf,
    partsOf(self, args) {
      const end = counted(args, isIgnored);
      const parts = args.map((arg, index): KeyPart => {
        const counts = index < end && !isIgnored(index);
        return { of: `args[${index}]`, text: counts ? showKey(walk().textOf(arg, index)) : undefined };
      });
      if (self === undefined || self === globalThis) return parts;
      return [{ of: 'this', text: withSelf && showKey(selfText(self, withSelf)) }, ...parts];
    },
  };
}

/** Ignored and undefined arguments at the end are left out: how many are not. */
function counted(args: readonly unknown[], isIgnored: IsIgnored): number {
  let end = args.length;
  while (end > 0 && (args[end - 1] === undefined || isIgnored(end - 1))) end -= 1;
  return end;
}

/** An ignored argument before the last one that counts keeps its place. */
function argsText(args: readonly unknown[], isIgnored: IsIgnored, walk: () => Walk, hasHashers: boolean): string {
  const end = counted(args, isIgnored);
  let text = '(';
  let walked: Walk | undefined;
  for (let index = 0; index < end; index += 1) {
    if (isIgnored(index)) text += '*';
    else {
      const arg = args[index];
      const quick = hasHashers || typeof arg !== 'object' || arg === null ? primitiveText(arg) : plainText(arg);
      text += quick ?? (walked ??= walk()).textOf(arg, index);
    }
  }
  return `${text})`;
}

function askKey(fn: string, key: (...args: never) => unknown, self: unknown, args: readonly unknown[]): unknown {
  try {
    const answer: unknown = Reflect.apply(key, self, args);
    // It is refused like any promise, with its path.
    isUnwantedPromise(answer);
    return answer;
  } catch (error) {
    throw hasherFailed(fn, 'the call', 'its option `key`', `key(...) threw ${whatFailed(error)}`, error);
  }
}

import { CacheError } from '@millpond/core';
import { createKeyer, ignoredArgs, type Keyer, type KeyerOptions } from '../../../packages/core/src/key/index.js';

/** A keyer of a function that cannot read `this`, unless an option says otherwise. */
export function keyer(options: Partial<KeyerOptions> & { readonly ignoreArgs?: readonly number[] } = {}): Keyer {
  const { ignoreArgs, original = () => 1, ...others } = options;
  return createKeyer({
    fn: 'load',
    original,
    key: undefined,
    isIgnored: ignoredArgs(original, { ignoreArgs }, 'cacheData(load)'),
    hashers: [],
    stored: false,
    ...others,
  });
}

const plain = keyer();

/** The key of a call without options. */
export function keyOf(...args: readonly unknown[]): string {
  return plain.keyOf(undefined, args);
}

/** The error that a call throws; fails when it throws none, or one that is not a CacheError. */
export function errorOf(run: () => unknown): CacheError {
  try {
    run();
  } catch (error) {
    if (error instanceof CacheError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** The texts among these that occur more than once. */
export function repeated(texts: readonly string[]): readonly string[] {
  return texts.filter((text, at) => texts.indexOf(text) !== at);
}

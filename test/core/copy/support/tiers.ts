import { expect } from 'vitest';
import { CacheError } from '@millpond/core';
import { decodeValue, encodeValue } from '../../../../packages/core/src/codec/index.js';
import {
  adopt,
  codecsOf,
  keep,
  type CodecList,
  type Codecs,
  type Kept,
  type KeepOptions,
} from '../../../../packages/core/src/copy/index.js';
import { thrownBy } from '../../../support/thrown-by.js';
import { codecs } from '../../support/classes.js';

/** A table of codecs, as a function has it. */
export function table(list: CodecList): Codecs | undefined {
  return codecsOf(list, [], 'test');
}

/** That of the classes of the tests. */
export const all = table(codecs);
/** How they are kept by default. */
export const clone: KeepOptions = { fn: 'load', mode: 'clone', codecs: all };

/** A kept value, and the same after it was in a store. */
export function tiersOf(value: unknown, options: KeepOptions = clone): [string, Kept][] {
  const kept = keep(value, options);
  const text = encodeValue(kept.written(), 'load', options.codecs);
  return [
    ['memory', kept],
    ['store', adopt(decodeValue(text, options.codecs), options)],
  ];
}

/** The error with which a value is refused. */
export function refusal(value: unknown, options: KeepOptions = clone): CacheError {
  const error = thrownBy(() => keep(value, options));
  if (!(error instanceof CacheError)) throw error;
  expect(error.code).toBe('ERR_MILLPOND_UNCACHEABLE_VALUE');
  return error;
}

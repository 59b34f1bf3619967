import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AliasTable, createKeyer, keyOfOnly, onlyOfKey } from '../../../packages/core/src/key/index.js';
import { noneIgnored } from '../../../packages/core/src/key/ignored.js';
import { runs } from '../../support/runs.js';

const keyer = createKeyer({
  fn: 'load',
  original: () => undefined,
  key: undefined,
  isIgnored: noneIgnored,
  hashers: [],
  stored: false,
});
const keyOf = (args: readonly unknown[]): string => keyer.keyOf(undefined, args);

describe('one primitive stands for the key that is of nothing else', () => {
  test.each<[string, unknown[]]>([
    ['none', []],
    ['a text', ['a']],
    ['a text that looks like a key', ['(s1:a)']],
    ['a long text', ['a'.repeat(1024)]],
    ['a number', [1.5]],
    ['NaN', [NaN]],
    ['infinity', [-Infinity]],
    ['a bigint', [-12n]],
    ['true', [true]],
    ['false', [false]],
    ['null', [null]],
  ])('%s', (_, args) => {
    const table = new AliasTable<{ alias: undefined }>();
    const noted = { alias: undefined };
    table.singles.set(onlyOfKey(keyOf(args)), noted);
    expect(table.find(args)).toBe(noted);
    expect(keyOfOnly(onlyOfKey(keyOf(args)))).toBe(keyOf(args));
  });

  test.each<[string, unknown[]]>([
    ['0', [0]],
    ['-0', [-0]],
    ['two texts', ['a', 'b']],
    ['a text and what follows it', ['a', 1]],
    ['two numbers', [1, 2]],
    ['two booleans', [true, true]],
    ['an object', [{ a: 1 }]],
    ['a very long text', ['a'.repeat(1025)]],
    ['a text with half a character', ['\ud800']],
  ])('and none for %s', (_, args) => {
    expect(onlyOfKey(keyOf(args))).toBeUndefined();
  });

  test('keys that differ are of primitives that differ', () => {
    const only = fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.bigInt(), fc.boolean(), fc.constant(null));
    fc.assert(
      fc.property(only, (value) => {
        const read = onlyOfKey(keyOf([value]));
        if (read !== undefined) expect(Object.is(read, value)).toBe(true);
      }),
      { numRuns: runs(2_000, 100_000) },
    );
  });
});

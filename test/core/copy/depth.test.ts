import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { CacheError } from '@millpond/core';
import { decodeValue, encodeValue } from '../../../packages/core/src/codec/index.js';
import { adopt, keep } from '../../../packages/core/src/copy/index.js';
import { buildPackages, runNode } from '../../support/node.js';
import { thrownBy } from '../../support/thrown-by.js';
import { difference } from './support/identical.js';

const LIMIT = 1000;
const clone = { fn: 'load', mode: 'clone' } as const;

const wraps: [string, (inner: unknown) => object][] = [
  ['objects', (inner) => ({ inner })],
  ['arrays', (inner) => [inner]],
  ['arrays with holes', (inner) => Object.assign([], { 1: inner })],
  ['objects without a prototype', (inner) => Object.assign(Object.create(null) as object, { inner })],
  ['Maps', (inner) => new Map([['k', inner]])],
  ['Maps by their keys', (inner) => new Map([[inner, 1]])],
  ['Sets', (inner) => new Set([inner])],
  ['causes', (cause) => new Error('x', { cause })],
];

function nest(wrap: (inner: unknown) => object, levels: number): unknown {
  let value: unknown = 1.5;
  for (let level = 0; level < levels; level++) value = wrap(value);
  return value;
}

describe.each(wraps)('%s in each other', (_, wrap) => {
  test('may be 1,000 levels below the result, everywhere alike', () => {
    const value = nest(wrap, LIMIT + 1);
    const kept = keep(value, clone);
    expect(difference(value, kept.copy())).toBeUndefined();
    const decoded = decodeValue(encodeValue(kept.master));
    expect(difference(value, decoded)).toBeUndefined();
    expect(difference(value, adopt(decoded, clone).copy())).toBeUndefined();
  });

  test('one more is refused by name, everywhere alike', () => {
    const value = nest(wrap, LIMIT + 2);
    for (const run of [() => keep(value, clone), () => adopt(value, clone), () => encodeValue(value, 'load')]) {
      const error = thrownBy(run);
      expect(error).toBeInstanceOf(CacheError);
      expect(error).toHaveProperty('code', 'ERR_MILLPOND_UNCACHEABLE_VALUE');
      expect(error).not.toHaveProperty('cause');
      expect(String(error)).toContain('is nested more than 1000 levels deep');
    }
  });

  test('a hundred thousand are refused as well, without a stack overflow', () => {
    const value = nest(wrap, 100_000);
    expect(() => keep(value, clone)).toThrow('is nested more than 1000 levels deep');
    expect(() => encodeValue(value)).toThrow('is nested more than 1000 levels deep');
  });
});

test.each([
  ['[', ']'],
  ['{"a":', '}'],
  ['~t["~#S",', ']'],
  ['~g["~#M",1,', ']'],
  ['~t["~#N",{"a":', '}]'],
  ['~t["~#A",1,{"0":', '}]'],
  ['~t["~#E","Error",{"cause":', '},{}]'],
])('a text of a hundred thousand levels of %s is refused', (open, close) => {
  const form = /^~./.exec(open)?.[0] ?? '';
  const head = open.slice(form.length);
  expect(() => decodeValue(`${form}${head.repeat(100_000)}1${close.repeat(100_000)}`)).toThrow(
    'more than 1000 levels deep',
  );
  expect(() => decodeValue(`${form}${head.repeat(LIMIT + 1)}1${close.repeat(LIMIT + 1)}`)).not.toThrow();
  expect(() => decodeValue(`${form}${head.repeat(LIMIT + 2)}1${close.repeat(LIMIT + 2)}`)).toThrow('levels deep');
});

describe('where code runs as it was loaded, with the largest frames on the stack', () => {
  beforeAll(() => buildPackages(), 120_000);

  test('values as deep as they may be are kept, copied, stored and read', async () => {
    const program = fileURLToPath(new URL('programs/deep.mjs', import.meta.url));
    // A tenth of the stack is taken, as by what calls the cache.
    const { code, stdout, stderr } = await runNode([
      '--no-opt',
      '--no-sparkplug',
      '--no-maglev',
      '--stack-size=880',
      program,
    ]);
    expect(stderr).toBe('');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '32 of 32 are right\n' });
  });
});

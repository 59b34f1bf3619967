import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { createCache } from '@millpond/core';
import { systemClock } from '../../../packages/core/src/clock.js';
import { AliasTable, createKeyer, keyOfOnly, onlyOfKey, type Alias } from '../../../packages/core/src/key/index.js';
import { noneIgnored } from '../../../packages/core/src/key/ignored.js';
import { fakeClock } from '../../support/fake-clock.js';
import { runs } from '../../support/runs.js';

interface Item {
  readonly name: string;
  alias: Alias | undefined;
}

const item = (name: string): Item => ({ name, alias: undefined });

const keyer = createKeyer({
  fn: 'load',
  original: () => undefined,
  key: undefined,
  isIgnored: noneIgnored,
  hashers: [],
  stored: false,
});
const keyOf = (args: readonly unknown[]): string => keyer.keyOf(undefined, args);

/** What memory does with an item of these arguments, and a call that hits it. */
function keep(table: AliasTable<Item>, args: readonly unknown[], it: Item): void {
  const only = onlyOfKey(keyOf(args));
  if (only === undefined) table.note(args, it);
  else table.singles.set(only, it);
}

/** Few values, so that many of them are equal, and those that only look so. */
const value: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom(0, -0, 1, 1.5, '', '0', '1', 'a', null, undefined, true, false, 0n, 1n, NaN, 'a'.repeat(30)),
    fc.constantFrom([], {}, [undefined], new Date(0), new Map(), Object.create(null) as object),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', '0', '__proto__'), tie('value'), { maxKeys: 3 }),
  ),
})).value;

const keyable = fc.array(value, { maxLength: 3 });

test(
  'what is found for arguments was noted for some that have the same key',
  () => {
    let found = 0;
    fc.assert(
      fc.property(fc.array(keyable, { minLength: 2, maxLength: 12 }), (calls) => {
        const table = new AliasTable<Item>();
        for (const args of calls) {
          const known = table.find(args);
          if (known === undefined) {
            keep(table, args, item(keyOf(args)));
          } else {
            found += 1;
            if (known.name !== keyOf(args)) throw new Error(`${known.name} is not ${keyOf(args)}`);
          }
        }
      }),
      { numRuns: runs(5_000, 200_000) },
    );
    expect(found).toBeGreaterThan(1000);
  },
  runs(60_000, 1_800_000),
);

describe('arguments that are found again', () => {
  test.each<[string, () => unknown[]]>([
    ['several', () => ['a', 1, true, undefined, 2n]],
    ['objects', () => [{ id: 1, filter: { tags: ['a', 'b'] } }]],
    ['-0', () => [-0]],
    ['a long text among others', () => ['x'.repeat(1000), 1]],
  ])('%s', (_, make) => {
    const table = new AliasTable<Item>();
    const noted = item('it');
    table.note(make(), noted);
    expect(table.find(make())).toBe(noted);
    table.forget(noted);
    expect(table.find(make())).toBeUndefined();
    expect(noted.alias).toBeUndefined();
  });
});

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
    const table = new AliasTable<Item>();
    const noted = item('it');
    keep(table, args, noted);
    expect(table.singles.size).toBe(1);
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

describe('arguments of which a key has to be made', () => {
  const named = Symbol.for('tenant');
  const circle: { self?: unknown } = {};
  circle.self = circle;
  const symbol = { [Symbol.for('millpond.key')]: () => 1 };
  test.each<[string, unknown[]]>([
    ['NaN among others', [NaN, 1]],
    ['0, which a Map takes for -0', [0]],
    ['instances', [new Date(0)]],
    ['what a symbol names', [{ a: 1, [named]: 'one' }]],
    ['what says its own key', [symbol]],
    ['holes', [Object.assign([1], { length: 2 })]],
    ['an array with names', [Object.assign([1], { total: 1 })]],
    ['an object without a prototype', [Object.create(null)]],
    ['a circle', [circle]],
    ['very many values', [Array.from({ length: 65 }, (_, index) => index)]],
    ['a very long text', ['x'.repeat(2000)]],
    ['a getter', [Object.defineProperty({}, 'now', { get: () => 1, enumerable: true })]],
    ['a proxy', [new Proxy({ a: 1 }, {})]],
  ])('%s', (_, args) => {
    const table = new AliasTable<Item>();
    table.note(args, item('it'));
    expect(args.length === 1 && args[0] === 0 ? table.find([-0]) : undefined).toBeUndefined();
    if (args[0] !== 0) expect(table.find(args)).toBeUndefined();
  });

  test('a getter that calls a cached function, and one that throws', () => {
    const table = new AliasTable<Item>();
    table.note([{ a: 1 }], item('it'));
    const calls = {
      get a(): unknown {
        return table.find([{ a: 1 }]) === undefined ? 1 : 2;
      },
    };
    expect(table.find([calls])?.name).toBe('it');
    const throws = {
      get a(): unknown {
        throw new Error('not now');
      },
    };
    expect(table.find([throws])).toBeUndefined();
    expect(table.find([{ a: 1 }])?.name).toBe('it');
  });
});

test('hash flooding: of arguments whose hashes meet, a bounded number is told apart', () => {
  const table = new AliasTable<Item>();
  // Names of properties are not hashed, so all of these meet.
  const calls = Array.from({ length: 100 }, (_, index) => [{ [`name ${index}`]: 1 }]);
  for (const args of calls) table.note(args, item('it'));
  expect(calls.filter((args) => table.find(args) !== undefined)).toHaveLength(16);
});

test('S10: a call whose alias is known is told apart from those that only look like it', async () => {
  const cache = createCache();
  const load = cache.cacheData(async (...args: unknown[]) => JSON.stringify(args.map((arg) => typeof arg)));
  const calls = [['1'], [1], [1n], [true], [null], [], [{ a: 1 }], [{ a: '1' }], [[1]], ['1', '1'], ['1', 1]];
  const first = [];
  for (const args of calls) first.push(await load(...args));
  for (let time = 0; time < 3; time += 1) {
    for (const [index, args] of calls.entries()) expect(await load(...args)).toBe(first[index]);
  }
  expect(load.stats()).toMatchObject({ runs: calls.length, hits: 3 * calls.length });
});

test('what was deleted, expired or has had its time is not found by its alias either', async () => {
  const clock = fakeClock();
  const cache = createCache({ clock });
  let run = 0;
  const load = cache.cacheData(async (id: string) => (run += id.length), { ttl: '1h' });
  const often = async (): Promise<number> => {
    for (let time = 0; time < 5; time += 1) await load('a');
    return load('a');
  };
  expect(await often()).toBe(1);
  await load.delete('a');
  expect(await often()).toBe(2);
  await load.expire('a');
  expect(await often()).toBe(3);
  await clock.advance(3_600_000);
  expect(await often()).toBe(4);
  await load.refresh('a');
  expect(await often()).toBe(5);
  await cache.clear();
  expect(await often()).toBe(6);
});

test('what was expired is not served again because the clock of hits is late', async () => {
  let now = 1_000;
  const look = vi.spyOn(systemClock as { now: () => number }, 'now').mockImplementation(() => now);
  try {
    const cache = createCache();
    let run = 0;
    const load = cache.cacheData(async (id: string) => (run += id.length), { ttl: '1h', staleIfError: '1h' });
    await load('a');
    now += 10_000;
    expect(await load('a')).toBe(1);
    now += 10;
    await load.expire('a');
    expect(await load('a')).toBe(2);
    await cache.close();
  } finally {
    look.mockRestore();
  }
});

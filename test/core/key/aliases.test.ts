import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { createCache } from '@millpond/core';
import { systemClock } from '../../../packages/core/src/clock.js';
import { AliasTable, createKeyer, onlyOfKey, type Alias } from '../../../packages/core/src/key/index.js';
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

test(
  'so is what is found by the readers that are made for arguments of one shape',
  () => {
    const id = fc.constantFrom<unknown>(0, -0, '1');
    const oddList = Object.assign([0], { total: 1 });
    const tags = fc.oneof(id, fc.array(id, { maxLength: 1 }), fc.constantFrom(NaN, null, [[]], oddList, Array(1)));
    const odd = fc.constantFrom<(query: object) => object>(
      (query) => query,
      (query) => Object.defineProperty(query, 'hidden', { value: 1 }),
      (query) => Object.assign(query, { [Symbol.for('tenant')]: 1 }),
      (query) => Object.defineProperty(query, Symbol.for('tenant'), { value: 1 }),
      (query) => Object.defineProperty(query, 'id', { enumerable: false }),
      (query) => Object.assign(Object.create(null) as object, query),
      (query) => Object.assign(query, { more: undefined }),
    );
    const query = fc
      .tuple(fc.record({ id, filter: fc.record({ tags }) }), odd)
      .map(([plain, make]) => make({ ...plain }));
    const call = fc.oneof(fc.tuple(query), fc.tuple(id, id), fc.tuple(query, id));
    let found = 0;
    fc.assert(
      fc.property(fc.array(call, { minLength: 20, maxLength: 40 }), (calls) => {
        const table = new AliasTable<Item>();
        for (let time = 0; time < 3; time += 1) {
          for (const args of calls) {
            const known = table.find(args);
            if (known === undefined) table.note(args, item(keyOf(args)));
            else if (known.name !== keyOf(args)) throw new Error(`${known.name} is not ${keyOf(args)}`);
            else found += 1;
          }
        }
      }),
      { numRuns: runs(500, 20_000) },
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
    // So often that a reader of their shape is made.
    for (let time = 0; time < 40; time += 1) expect(table.find(make())).toBe(noted);
    table.forget(noted);
    expect(table.find(make())).toBeUndefined();
    expect(noted.alias).toBeUndefined();
  });
});

describe('arguments whose hashes meet are told apart', () => {
  // Of long texts only the beginning, the middle and the end are hashed.
  const text = (letter: string): string => `${'x'.repeat(12)}${letter}${'x'.repeat(87)}`;

  test.each<[string, (letter: string) => unknown[]]>([
    ['texts', (letter) => [text(letter), 1]],
    ['texts in objects', (letter) => [{ filter: { name: text(letter) } }]],
    ['texts in lists', (letter) => [{ names: ['x', text(letter)] }]],
  ])('%s', (_, make) => {
    const table = new AliasTable<Item>();
    const items = ['a', 'b', 'c'].map(item);
    for (const it of items) table.note(make(it.name), it);
    for (let time = 0; time < 40; time += 1) {
      for (const it of items) expect(table.find(make(it.name))).toBe(it);
      expect(table.find(make('d'))).toBeUndefined();
    }
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
    ['what a symbol names that is not enumerable', [Object.defineProperty({ a: 1 }, named, { value: 'one' })]],
    ['what says its own key', [symbol]],
    ['what is not enumerable', [Object.defineProperty({ a: 1 }, 'hidden', { value: 1 })]],
    ['an array with names that are not enumerable', [Object.defineProperty([1], 'total', { value: 1 })]],
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

test('a property that is not enumerable tells one call from another, also when the other is known', async () => {
  const cache = createCache();
  const load = cache.cacheData(async (query: object) => Object.getOwnPropertyNames(query));
  for (let time = 0; time < 40; time += 1) await load({ a: 1 });
  expect(await load(Object.defineProperty({ a: 1 }, 'owner', { value: 'ada' }))).toEqual(['a', 'owner']);
});

test('arguments of more shapes than readers are made for are found all the same, and forgotten', () => {
  const table = new AliasTable<Item>();
  const calls = Array.from({ length: 20 }, (_, index) => () => [{ [`name ${index % 10}`]: Math.floor(index / 10) }]);
  const items = calls.map((make) => item(keyOf(make())));
  for (const [index, make] of calls.entries()) table.note(make(), items[index] ?? item('none'));
  const seen = (): unknown[] => calls.map((make) => table.find(make())?.name);
  const names = items.map(({ name }) => name);
  for (let time = 0; time < 40; time += 1) expect(seen()).toEqual(names);
  for (const each of items) table.forget(each);
  expect(seen()).toEqual(names.map(() => undefined));
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

import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { CacheError, createCache } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf, gate } from '../support/gate.js';
import { storeKinds } from '../support/stores.js';
import { classes, dataValues, facets } from '../support/values.js';

interface User {
  name: string;
  tags: string[];
  at: Date;
}

test('S36: what a caller does to a result is not seen by the next', async () => {
  const { cache } = pond();
  const load = cache.cacheData(async (): Promise<User> => ({ name: 'ann', tags: ['a'], at: new Date(0) }));
  for (let turn = 0; turn < 3; turn += 1) {
    const user = await load();
    expect(user).toEqual({ name: 'ann', tags: ['a'], at: new Date(0) });
    user.name = 'eve';
    user.tags.push('admin');
    user.at.setTime(99);
    expect(load.peek()).toEqual({ name: 'ann', tags: ['a'], at: new Date(0) });
  }
});

test('S37: the computing caller gets a copy too, of the same types as every other', async () => {
  const { cache } = pond();
  const kept: User = { name: 'ann', tags: ['a'], at: new Date(0) };
  const load = cache.cacheData(async () => kept);
  const first = await load();
  const second = await load();
  expect(first).not.toBe(kept);
  expect(first.at).toBeInstanceOf(Date);
  expect(classes(first)).toEqual(classes(second));
  first.tags.push('eve');
  expect(kept.tags).toEqual(['a']);
  kept.tags.push('late');
  kept.at.setTime(99);
  expect(await load()).toEqual({ name: 'ann', tags: ['a'], at: new Date(0) });
});

test('S37: refresh and peek hand out copies', async () => {
  const { cache } = pond();
  const load = cache.cacheData(async () => ({ list: [1] }));
  (await load.refresh()).list.push(2);
  load.peek()?.list.push(3);
  expect(await load()).toEqual({ list: [1] });
});

test('S38: twenty waiters of one run get twenty objects', async () => {
  const { cache } = pond();
  const door = gate();
  let calls = 0;
  const load = cache.cacheData(async () => {
    calls += 1;
    await door.passed;
    return { list: [1] };
  });
  const waiters = Array.from({ length: 20 }, () => load());
  door.open();
  const results = await Promise.all(waiters);
  expect(calls).toBe(1);
  expect(new Set(results).size).toBe(20);
  expect(new Set(results.map(({ list }) => list)).size).toBe(20);
  for (const result of results) {
    expect(result).toEqual({ list: [1] });
    result.list.push(2);
  }
});

describe('S39: in memory', () => {
  test.each(dataValues())('%s comes back as it was, on the miss and on the hit', async (name, value) => {
    const { cache } = pond();
    let calls = 0;
    const load = cache.cacheData(async () => {
      calls += 1;
      return new Map(dataValues()).get(name);
    });
    for (const answer of [await load(), await load(), load.peek()]) {
      expect(answer).toStrictEqual(value);
      expect([classes(answer), facets(answer)]).toEqual([classes(value), facets(value)]);
    }
    expect(calls).toBe(1);
  });
});

describe.each(storeKinds)('S39: from $kind', ({ open }) => {
  test.each(dataValues())('%s comes back as it was', async (name, value) => {
    const data = new Map<string, unknown>();
    const clock = fakeClock();
    let calls = 0;
    const start = () => {
      const cache = createCache({ name: 'shop', store: open(data), clock });
      const load = cache.cacheData(
        async () => {
          calls += 1;
          return new Map(dataValues()).get(name);
        },
        { name: 'load' },
      );
      return { cache, load };
    };
    const before = start();
    await before.load();
    await before.cache.close();
    const answer = await start().load();
    expect(calls).toBe(1);
    expect(answer).toStrictEqual(value);
    expect([classes(answer), facets(answer)]).toEqual([classes(value), facets(value)]);
  });
});

test('S39: shared references stay shared, and cycles stay cycles', async () => {
  const { cache } = pond();
  const load = cache.cacheData(async () => {
    const shared = { n: 1 };
    const root: { list: unknown[]; self?: unknown } = { list: [shared, shared] };
    root.self = root;
    return root;
  });
  for (const root of [await load(), await load()]) {
    expect(root.list[0]).toBe(root.list[1]);
    expect(root.self).toBe(root);
  }
});

class Money {
  readonly cents = 5;
}

test.each<[string, () => unknown, string]>([
  ['an instance of a class', () => ({ user: { wallet: [new Money()] } }), 'result.user.wallet[0]'],
  ['an instance at the root', () => new Money(), 'result'],
  ['a function', () => ({ run: () => {} }), 'result.run'],
  ['a function at the root', () => () => 1, 'result'],
  ['a stream', () => ({ body: Readable.from(['a']) }), 'result.body'],
  ['a web stream', () => ({ body: new ReadableStream() }), 'result.body'],
  ['a generator', () => (function* () {})(), 'result'],
  ['an async generator', () => ({ rows: (async function* () {})() }), 'result.rows'],
  ['a promise', () => [Promise.resolve(1)], 'result[0]'],
  ['a symbol', () => ({ id: Symbol('id') }), 'result.id'],
  ['a WeakMap', () => ({ map: new WeakMap() }), 'result.map'],
])('S39, S40: %s as a result is refused with its path, and never changed in silence', async (_, make, path) => {
  const { cache } = pond();
  const load = cache.cacheData(async () => make(), { name: 'load' });
  const error = await failureOf(load());
  expect(error).toBeInstanceOf(CacheError);
  expect(error).toMatchObject({ code: 'ERR_MILLPOND_UNCACHEABLE_VALUE' });
  expect(error).toMatchObject({ message: expect.stringContaining(`load: ${path} is `) });
  expect(load.has()).toBe(false);
});

test.each<[string, () => unknown]>([
  ['a function', () => () => 1],
  ['a stream', () => Readable.from(['a'])],
  ['a generator', () => (function* () {})()],
])('S40: for %s the error recommends a resource or collecting first', async (_, make) => {
  const { cache } = pond();
  const error = await failureOf(cache.cacheData(async () => make())());
  expect(error).toMatchObject({ message: expect.stringMatching(/cacheResource/) });
});

test('S40: a resource may be a function, and may not be an iterator that runs dry', async () => {
  const { cache } = pond();
  const fn = (): number => 1;
  const shared = cache.cacheResource(async () => fn);
  expect([await shared(), await shared()]).toEqual([fn, fn]);
  const makers: readonly (() => object)[] = [
    () => (function* () {})(),
    () => (async function* () {})(),
    () => [1, 2][Symbol.iterator](),
    () => Readable.from(['a']),
    () => new ReadableStream(),
  ];
  for (const make of makers) {
    const dry = cache.cacheResource(async () => make());
    expect(await failureOf(dry())).toMatchObject({ code: 'ERR_MILLPOND_UNCACHEABLE_VALUE' });
    expect(dry.has()).toBe(false);
  }
});

test('S41: a resource is one object for everybody', async () => {
  const { cache } = pond();
  const pool = cache.cacheResource(async () => ({ open: 0 }));
  const [first, second] = await Promise.all([pool(), pool()]);
  expect(second).toBe(first);
  first.open += 1;
  expect(await pool()).toBe(first);
  expect(pool.peek()).toBe(first);
  expect((await pool()).open).toBe(1);
});

test.each<[string, unknown]>([
  ['an Error', new RangeError('no')],
  ['a text', 'no'],
  ['nothing', undefined],
])('S42: a value that throws %s while it is read is refused with that as the cause', async (_, thrown) => {
  const { cache } = pond();
  const hostile: (() => object)[] = [
    () => ({
      a: {
        get b(): number {
          throw thrown;
        },
      },
    }),
    () => [
      new Proxy(
        {},
        {
          ownKeys() {
            throw thrown;
          },
        },
      ),
    ],
  ];
  for (const make of hostile) {
    const error = await failureOf(cache.cacheData(async () => make())());
    expect(error).toBeInstanceOf(CacheError);
    expect(error).toMatchObject({ code: 'ERR_MILLPOND_UNCACHEABLE_VALUE' });
    expect((error as CacheError).cause).toBe(thrown);
  }
});

import { expect, test } from 'vitest';
import { CacheError, createCache } from '@millpond/core';
import { pond, wrapsOf } from '../support/cache.js';
import { failureOf, unchecked } from '../support/gate.js';

test('S01: a cached function runs once for two calls of one key', async () => {
  const { cache } = pond();
  let calls = 0;
  const answer = cache.cacheData(async () => {
    calls += 1;
    return 42;
  });
  expect([await answer(), await answer()]).toEqual([42, 42]);
  expect(calls).toBe(1);
});

test('S02: each argument has its own result', async () => {
  const { cache } = pond();
  let calls = 0;
  const double = cache.cacheData(async (n: number) => {
    calls += 1;
    return n * 2;
  });
  expect([await double(0), await double(0), await double(1)]).toEqual([0, 0, 2]);
  expect(calls).toBe(2);
});

test.each([null, undefined, false, 0, ''])('S03: %s is an answer like any other', async (value) => {
  const { cache } = pond();
  let calls = 0;
  const answer = cache.cacheData(async () => {
    calls += 1;
    return value;
  });
  expect([await answer(), await answer()]).toEqual([value, value]);
  expect(calls).toBe(1);
  expect(answer.has()).toBe(true);
});

test('S04: an error of the function reaches the caller as the same object, and is not kept', async () => {
  const { cache } = pond();
  const errors = [new TypeError('first'), new RangeError('second')];
  let calls = 0;
  const fragile = cache.cacheData(async () => {
    const error = errors[calls];
    calls += 1;
    if (error !== undefined) throw error;
    return 'at last';
  });
  expect(await failureOf(fragile())).toBe(errors[0]);
  expect(await failureOf(fragile())).toBe(errors[1]);
  expect(await fragile()).toBe('at last');
  expect(calls).toBe(3);
  expect(await fragile()).toBe('at last');
  expect(calls).toBe(3);
});

test('S04: what is thrown need not be an Error', async () => {
  const { cache } = pond();
  const thrown: unknown[] = ['text', undefined, null, { status: 404 }];
  for (const value of thrown) {
    const fails = cache.cacheData(() => {
      throw value;
    });
    expect(await failureOf(fails())).toBe(value);
  }
});

test('S05: two functions with equal arguments never see the other’s value', async () => {
  const { cache } = pond();
  const one = cache.cacheData(async (id: number) => `one ${id}`);
  const two = cache.cacheData(async (id: number) => `two ${id}`);
  expect([await one(7), await two(7), await one(7), await two(7)]).toEqual(['one 7', 'two 7', 'one 7', 'two 7']);
});

test('S06: closures of one source are two functions', async () => {
  const { cache } = pond();
  const make = (n: number) => cache.cacheData(async () => n);
  const [first, second] = [make(1), make(2)];
  expect([await first(), await second(), await first(), await second()]).toEqual([1, 2, 1, 2]);
});

test('S07: over a store a second function of one name is refused, and the message tells how to mend it', () => {
  const cache = createCache({ name: 'shop', store: new Map() });
  cache.cacheData(async () => 1, { name: 'load' });
  const wrapAgain = () => cache.cacheData(async () => 2, { name: 'load' });
  expect(wrapAgain).toThrow(CacheError);
  expect(wrapAgain).toThrow(expect.objectContaining({ code: 'ERR_MILLPOND_NAME_TAKEN' }));
  expect(wrapAgain).toThrow(/"load".*\{ name: /s);
});

test('S07: over a store two closures of one factory are refused', () => {
  const cache = createCache({ name: 'shop', store: new Map() });
  const make = (n: number) => cache.cacheData(async () => n);
  make(1);
  expect(() => make(2)).toThrow(expect.objectContaining({ code: 'ERR_MILLPOND_NAME_TAKEN' }));
});

test('S05: what is cached twice has the identity of what it caches, also over a store', async () => {
  const { cacheData } = createCache({ name: 'shop', store: new Map() });
  const near = createCache().cacheData;
  const first = cacheData(
    near(async function load() {
      return 1;
    }),
  );
  const other = cacheData(
    near(async function load() {
      return 2;
    }),
  );
  // Nor does it depend on `this` where that does not.
  const asMethod = { first };
  expect([await asMethod.first(), await other()]).toEqual([1, 2]);
});

test('S07: in memory two functions of one name are isolated and shown apart', async () => {
  const { cache } = pond();
  const one = cache.cacheData(async () => 1, { name: 'load' });
  const two = cache.cacheData(async () => 2, { name: 'load' });
  expect([await one(), await two(), await one(), await two()]).toEqual([1, 2, 1, 2]);
  expect(cache.stats().functions.map(({ name }) => name)).toEqual(['load', 'load#2']);
  await one.clear();
  expect([one.has(), two.has()]).toEqual([false, true]);
});

test('S08: data and resource of one function do not meet, nor do their clears', async () => {
  const { cache } = pond();
  let calls = 0;
  const open = async () => ({ run: ++calls });
  const data = cache.cacheData(open);
  const resource = cache.cacheResource(open);
  expect([await data(), await resource()]).toEqual([{ run: 1 }, { run: 2 }]);
  await data.clear();
  expect([await resource(), await data()]).toEqual([{ run: 2 }, { run: 3 }]);
  await resource.clear();
  expect([await data(), await resource()]).toEqual([{ run: 3 }, { run: 4 }]);
});

test('S09: the wrapper keeps the name and the length, and tells the original', () => {
  const { cache } = pond();
  async function loadUser(id: string, region: string): Promise<string> {
    return id + region;
  }
  const pure = (a: number, b: number) => a + b;
  for (const wrapper of [cache.cacheData(loadUser), cache.cacheResource(loadUser)]) {
    expect([wrapper.name, wrapper.length]).toEqual(['loadUser', 2]);
    expect(wrapper.original).toBe(loadUser);
  }
  const sync = cache.cacheDataSync(pure);
  expect([sync.name, sync.length, sync.original]).toEqual(['pure', 2, pure]);
});

test('S09: methods of a wrapper and of a cache survive destructuring', async () => {
  const { cacheData, stats, clear } = pond().cache;
  const load = cacheData(async (id: number) => ({ id }));
  const { has, peek, refresh, delete: remove, keyOf } = load;
  expect(await refresh(1)).toEqual({ id: 1 });
  expect([has(1), peek(1), keyOf(1) === keyOf(2)]).toEqual([true, { id: 1 }, false]);
  await remove(1);
  expect(has(1)).toBe(false);
  await load(1);
  expect(stats().entries).toBe(1);
  await clear();
  expect(stats().entries).toBe(0);
});

const wrongData: readonly [string, object, RegExp][] = [
  ['a ttl without a unit', { ttl: '30' }, /`ttl` is "30"/],
  ['a ttl in months', { ttl: '1M' }, /`ttl` is "1M"/],
  ['a ttl in ISO 8601', { ttl: 'P1M' }, /`ttl` is "P1M"/],
  ['an empty ttl', { ttl: '' }, /`ttl` is ""/],
  ['a ttl of 0', { ttl: 0 }, /`ttl` is 0/],
  ['a ttl of nothing in words', { ttl: '0s' }, /`ttl` is "0s"/],
  ['a negative ttl', { ttl: -1 }, /`ttl` is -1/],
  ['a ttl that is not a number', { ttl: Number.NaN }, /`ttl` is NaN/],
  ['an endless ttl', { ttl: Infinity }, /`ttl` is Infinity/],
  ['a ttl that is null', { ttl: null }, /`ttl` is null/],
  ['no room for entries', { maxEntries: 0 }, /`maxEntries` is 0/],
  ['half an entry', { maxEntries: 1.5 }, /`maxEntries` is 1.5/],
  ['entries in letters', { maxEntries: 'a' }, /`maxEntries` is "a"/],
  ['no room for bytes', { maxBytes: 0 }, /`maxBytes` is 0/],
  ['an unknown option', { timeToLive: '5m' }, /no option `timeToLive`.*ttl/],
  ['an unknown way to copy', { copy: 'deep' }, /`copy` is "deep"/],
  ['an unknown context', { context: 'request' }, /`context` is "request"/],
  ['a scope that does not exist', { scope: 'galaxy' }, /scope/],
  ['a stale window without a ttl', { staleWhileRevalidate: '1m' }, /staleWhileRevalidate/],
  ['a window for errors without a ttl', { staleIfError: '1m' }, /staleIfError/],
  ['a negative index', { ignoreArgs: [-1] }, /ignoreArgs/],
  ['a name of nothing', { name: '' }, /`name` is ""/],
  ['tags as one text', { tags: 'users' }, /`tags` is "users"/],
  ['a condition that is no function', { when: true }, /`when` is true/],
  ['a key that is no function', { key: 'id' }, /`key` is "id"/],
  ['hashers as one object', { hashers: {} }, /hashers/],
  ['a store given as a string', { store: 'redis://localhost' }, /`store`/],
];

test.each(wrongData)('S10: %s is refused where the data function is wrapped', (_, options, message) => {
  const { cache } = pond();
  let calls = 0;
  const wrap = () => cache.cacheData(async () => ++calls, unchecked(options));
  expect(wrap).toThrow(expect.objectContaining({ code: 'ERR_MILLPOND_INVALID_OPTION' }));
  expect(wrap).toThrow(message);
  expect(calls).toBe(0);
});

test.each<[string, object]>([
  ['a check that is no function', { validate: true }],
  ['a release that is no function', { onRelease: 'close' }],
  ['a negative delay', { releaseAfter: -1 }],
  ['a ttl of 0', { ttl: 0 }],
  ['a stale window without a ttl', { staleIfError: '1m' }],
  ['a rebuild behind that would have to see its caller', { ttl: '1m', staleWhileRevalidate: '1m', context: 'caller' }],
  ['a stale window where the old one goes first', { ttl: '1m', staleIfError: '1m', rebuild: 'release-first' }],
  ['an idle time of nothing', { idleTimeout: 0 }],
  ['an unknown way to rebuild', { rebuild: 'later' }],
  ['an option of data', { copy: 'share' }],
])('S10: %s is refused where the resource is wrapped', (_, options) => {
  const { cache } = pond();
  const wrap = () => cache.cacheResource(async () => ({}), unchecked(options));
  expect(wrap).toThrow(expect.objectContaining({ code: 'ERR_MILLPOND_INVALID_OPTION' }));
});

test.each<[string, object]>([
  ['a store', { store: new Map() }],
  ['a refresh behind the answer', { ttl: '1m', staleWhileRevalidate: '1m' }],
  ['a ttl without a unit', { ttl: '30' }],
])('S10: %s is refused where the synchronous function is wrapped', (_, options) => {
  const { cache } = pond();
  const wrap = () => cache.cacheDataSync(() => 1, unchecked(options));
  expect(wrap).toThrow(expect.objectContaining({ code: 'ERR_MILLPOND_INVALID_OPTION' }));
});

test.each<[string, object]>([
  ['an unknown option', { tll: '5m' }],
  ['no room for bytes', { maxBytes: 0 }],
  ['a ttl without a unit', { ttl: '30' }],
  ['a clock that does not tick', { clock: {} }],
  ['a store given as a string', { name: 'shop', store: 'redis://localhost' }],
  ['a store and a disk', { name: 'shop', store: new Map(), persist: 'disk' }],
  ['a name of nothing', { name: '' }],
  ['a switch that is neither on nor off', { enabled: 'yes' }],
])('S10: %s is refused where the cache is made', (_, options) => {
  expect(() => createCache(unchecked(options))).toThrow(
    expect.objectContaining({ code: 'ERR_MILLPOND_INVALID_OPTION' }),
  );
});

test.each<[string, unknown]>([
  ['a promise', Promise.resolve(1)],
  ['a number', 42],
  ['nothing', undefined],
  ['a class', class Users {}],
])('S10: %s cannot be wrapped', (_, fn) => {
  const { cache } = pond();
  for (const wrap of wrapsOf(cache)) {
    expect(() => wrap(fn)).toThrow(expect.objectContaining({ code: 'ERR_MILLPOND_INVALID_OPTION' }));
  }
});

import { expect, test } from 'vitest';
import { CacheError } from '@millpond/core';
import { pond, wrapsOf } from '../support/cache.js';
import { failureOf } from '../support/gate.js';

test('S77: what is kept is the awaited value, and each argument has its own', async () => {
  const { cache } = pond();
  let calls = 0;
  const load = cache.cacheData(async (id: number) => {
    calls += 1;
    await Promise.resolve();
    return { id };
  });
  expect([await load(1), await load(1)]).toEqual([{ id: 1 }, { id: 1 }]);
  expect(calls).toBe(1);
  expect(await load(2)).toEqual({ id: 2 });
  expect(calls).toBe(2);
});

test('S78: a cached data function always answers with a real promise', async () => {
  const { cache } = pond();
  const plain = cache.cacheData((n: number) => n + 1);
  const thenable = cache.cacheData((n: number): PromiseLike<number> => ({
    // A minimal thenable, as query builders return.
    // oxlint-disable-next-line unicorn/no-thenable
    then: (onValue, onError) => Promise.resolve(n + 1).then(onValue, onError),
  }));
  for (const load of [plain, thenable]) {
    const [miss, hit] = [load(1), await load(1).then(() => load(1))];
    expect(miss).toBeInstanceOf(Promise);
    expect(load(1)).toBeInstanceOf(Promise);
    expect([await miss, hit]).toEqual([2, 2]);
  }
});

test('S78: what a plain function throws is a rejection', async () => {
  const { cache } = pond();
  const error = new Error('no');
  const load = cache.cacheData((): number => {
    throw error;
  });
  expect(await failureOf(load())).toBe(error);
});

test('S78: a refused key is a rejection of a cached data function', async () => {
  const { cache } = pond();
  let calls = 0;
  const load = cache.cacheData(async (fn: () => void) => {
    calls += 1;
    return typeof fn;
  });
  const answer = load(() => {});
  expect(answer).toBeInstanceOf(Promise);
  expect(await failureOf(answer)).toMatchObject({ code: 'ERR_MILLPOND_UNHASHABLE_ARGUMENT' });
  expect(calls).toBe(0);
});

test('S78: cacheDataSync answers and throws synchronously', () => {
  const { cache } = pond();
  let calls = 0;
  const error = new Error('no');
  const parse = cache.cacheDataSync((text: unknown) => {
    calls += 1;
    if (text === 'bad') throw error;
    return { text };
  });
  expect([parse('a'), parse('a')]).toEqual([{ text: 'a' }, { text: 'a' }]);
  expect(calls).toBe(1);
  const caught = (act: () => unknown): unknown => {
    try {
      return act();
    } catch (thrown) {
      return thrown;
    }
  };
  expect(caught(() => parse('bad'))).toBe(error);
  expect(caught(() => parse(() => {}))).toMatchObject({ code: 'ERR_MILLPOND_UNHASHABLE_ARGUMENT' });
  expect(calls).toBe(2);
});

test('S78: cacheDataSync has copies, expiry, limits and drops of its own', async () => {
  const { cache, clock } = pond();
  let calls = 0;
  const build = cache.cacheDataSync((id: number) => ({ id, run: ++calls }), { ttl: '1s', maxEntries: 1 });
  build(1).run = 99;
  expect(build(1)).toEqual({ id: 1, run: 1 });
  expect([build.peek(1), build.peek(2), build.has(1)]).toEqual([{ id: 1, run: 1 }, undefined, true]);
  build(2);
  expect(build.has(1)).toBe(false);
  await clock.advance(1000);
  expect(build(2).run).toBe(3);
  build.delete(2);
  expect(build(2).run).toBe(4);
  expect(build.refresh(2).run).toBe(5);
  build.clear();
  expect(build(2).run).toBe(6);
});

async function* pages(): AsyncGenerator<number> {
  yield 1;
}

function* rows(): Generator<number> {
  yield 1;
}

test.each<[string, unknown]>([
  ['an async generator function', pages],
  ['a generator function', rows],
])('S79: %s is refused where it is wrapped, with the advice to use cacheStream or to collect first', (_, fn) => {
  const { cache } = pond();
  for (const wrap of wrapsOf(cache).slice(0, 2)) {
    const wrapIt = () => wrap(fn);
    expect(wrapIt).toThrow(CacheError);
    expect(wrapIt).toThrow(/cacheStream.*collect/);
  }
});

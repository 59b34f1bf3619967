import { describe, expect, test } from 'vitest';
import { defineCodec } from '@millpond/core';
import { pond } from '../support/cache.js';
import { failureOf, gate } from '../support/gate.js';
import { all } from './support.js';

describe('hazard 4: a stream that is made of cached values', () => {
  test('is outdated by their tags, and lives no longer than they', async () => {
    const { cache, clock } = pond();
    const price = cache.cacheData(async (id: number) => id * 10, { ttl: '10s', tags: ['prices'] });
    let runs = 0;
    const list = cache.cacheStream(
      async function* () {
        runs += 1;
        for (const id of [1, 2]) yield await price(id);
      },
      { ttl: '1h' },
    );
    expect(await all(list())).toEqual([10, 20]);
    await all(list());
    expect(runs).toBe(1);
    await cache.invalidateTags('prices');
    await all(list());
    expect(runs).toBe(2);
    await clock.advance(10_000);
    await all(list());
    expect(runs).toBe(3);
  });

  test('takes nothing over with `inherit: false`', async () => {
    const { cache } = pond();
    const price = cache.cacheData(async () => 10, { tags: ['prices'] });
    const list = cache.cacheStream(
      async function* () {
        yield await price();
      },
      { inherit: false },
    );
    await all(list());
    await cache.invalidateTags('prices');
    expect(list.has()).toBe(true);
  });

  test('is not kept when it was made of something stale', async () => {
    const { cache, clock } = pond();
    const price = cache.cacheData(async () => 10, { ttl: '10s', staleWhileRevalidate: '1m' });
    const list = cache.cacheStream(async function* () {
      yield await price();
    });
    await price();
    await clock.advance(10_000);
    expect(await all(list())).toEqual([10]);
    expect(list.has()).toBe(false);
  });
});

describe('hazard 4: what is made of a cached stream', () => {
  test.each(['led', 'joined', 'kept'])('is outdated by its tags, and lives no longer, when that is %s', async (how) => {
    const { cache, clock } = pond();
    const rows = cache.cacheStream(() => [1, 2], { ttl: '10s', tags: (items) => [`rows of ${items.length}`] });
    let runs = 0;
    const sum = cache.cacheData(async () => {
      runs += 1;
      return (await all(rows())).reduce((total, row) => total + row, 0);
    });
    const before = how === 'led' ? undefined : all(rows());
    if (how === 'kept') await before;
    expect(await sum()).toBe(3);
    await before;
    await cache.invalidateTags('rows of 2');
    await sum();
    expect(runs).toBe(2);
    await clock.advance(10_000);
    await sum();
    expect(runs).toBe(3);
  });

  test('is outdated by the tags that are known from the start, though it has read only a part', async () => {
    const { cache } = pond();
    const rows = cache.cacheStream(() => [1, 2], { tags: ['rows'] });
    const first = cache.cacheData(async () => {
      for await (const row of rows()) return row;
      return undefined;
    });
    expect(await first()).toBe(1);
    await cache.invalidateTags('rows');
    expect(first.has()).toBe(false);
  });
});

test('`explain` tells of a stream that is kept, of one that is under way and who reads it', async () => {
  const { cache, clock } = pond();
  const rows = cache.cacheStream(
    async function* (_id: number) {
      yield 1;
      yield 2;
    },
    { ttl: '10s', tags: ['rows'], name: 'rows' },
  );
  expect(await rows.explain(1)).toMatchObject({ memory: { state: 'none' }, run: undefined });
  const reader = rows(1);
  await reader.next();
  expect(await rows.explain(1)).toMatchObject({ memory: { state: 'none' }, run: { waiting: 1, joinable: true } });
  await all(reader);
  await clock.advance(4_000);
  expect(await rows.explain(1)).toMatchObject({
    memory: { state: 'fresh', freshFor: 6_000, tags: ['rows'], invalidated: [] },
    run: undefined,
  });
  await cache.invalidateTags('rows');
  expect((await rows.explain(1)).memory).toMatchObject({ state: 'invalidated', invalidated: ['rows'] });
  await all(rows(1));
  await clock.advance(10_000);
  expect(await rows.explain(1)).toMatchObject({ lastMiss: 'tag' });
});

test('items may be instances of classes that have a codec', async () => {
  class Money {
    constructor(readonly cents: number) {}
  }
  const { cache } = pond();
  const codec = defineCodec(Money, {
    name: 'money',
    encode: ({ cents }) => cents,
    decode: (cents) => new Money(cents),
  });
  const prices = cache.cacheStream(() => [new Money(5)], { codecs: [codec] });
  await all(prices());
  const [price] = await all(prices());
  expect(price).toBeInstanceOf(Money);
  expect(price?.cents).toBe(5);
});

test('hazard 4: what has read a part of a stream whose tags only the whole tells is not kept', async () => {
  const { cache } = pond();
  const rows = cache.cacheStream(() => [1, 2], { tags: (items) => [`rows of ${items.length}`] });
  const first = cache.cacheData(async () => {
    for await (const row of rows()) return row;
    return undefined;
  });
  expect(await first()).toBe(1);
  expect(first.has()).toBe(false);
});

test('hazard 13: a run that has used a cached value is not joined once that is outdated', async () => {
  const { cache } = pond();
  const state = { price: 10 };
  const price = cache.cacheData(async () => state.price, { tags: ['prices'] });
  const doors = [gate(), gate()];
  let runs = 0;
  const list = cache.cacheStream(async function* () {
    const door = doors[(runs += 1) - 1];
    yield await price();
    await door?.passed;
  });
  const first = list();
  expect(await first.next()).toEqual({ done: false, value: 10 });
  await cache.invalidateTags('prices');
  state.price = 20;
  const second = list();
  expect(await second.next()).toEqual({ done: false, value: 20 });
  for (const door of doors) door.open();
  await Promise.all([all(first), all(second)]);
});

test('an item that cannot be decoded any more fails the reader who asked for it, and nobody else', async () => {
  class Money {
    constructor(readonly cents: number) {}
  }
  const state = { broken: false };
  const codec = defineCodec(Money, {
    name: 'money',
    encode: ({ cents }) => cents,
    decode: (cents) => {
      if (state.broken) throw new Error('broken');
      return new Money(cents);
    },
  });
  const { cache } = pond();
  const prices = cache.cacheStream(() => [new Money(5)], { codecs: [codec] });
  await all(prices());
  state.broken = true;
  expect(await failureOf(prices().next())).toMatchObject({ code: 'ERR_MILLPOND_UNCACHEABLE_VALUE' });
  state.broken = false;
  expect((await all(prices()))[0]?.cents).toBe(5);
});

test('hazard 4: what has read a part of a stream that is under way lives no longer than its ttl', async () => {
  const { cache, clock } = pond();
  const rows = cache.cacheStream(
    async function* () {
      yield 1;
      await gate().passed;
    },
    { ttl: '10s' },
  );
  const first = cache.cacheData(async () => {
    for await (const row of rows()) return row;
    return undefined;
  });
  expect(await first()).toBe(1);
  await clock.advance(9_999);
  expect(first.has()).toBe(true);
  await clock.advance(1);
  expect(first.has()).toBe(false);
});

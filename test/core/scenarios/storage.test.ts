import { describe, expect, test } from 'vitest';
import { createCache, type CacheOptions } from '@millpond/core';
import { fakeClock, type FakeClock } from '../../support/fake-clock.js';
import { record } from '../support/cache.js';
import { GatedStore, keysHolding } from '../support/gated-store.js';
import { unchecked } from '../support/gate.js';
import { storeKinds, type StoreKind } from '../support/stores.js';

/** One process: a cache and a function of it, over data that outlives them. */
function boot(kind: StoreKind, data: Map<string, unknown>, clock: FakeClock, options: CacheOptions = {}) {
  const cache = createCache({ name: 'shop', store: kind.open(data), clock, ...options });
  let calls = 0;
  const run = (text: string) => (id: string) => {
    calls += 1;
    return { text: `${text} of ${id}`, run: calls };
  };
  const make = run('needle');
  const other = run('other');
  return {
    cache,
    load: cache.cacheData(async (id: string) => make(id), { name: 'load' }),
    list: cache.cacheData(async (id: string) => other(id), { name: 'list' }),
    get calls() {
      return calls;
    },
  };
}

describe.each(storeKinds)('over $kind', (kind) => {
  test('S53: a restarted process answers from the store without a run', async () => {
    const [data, clock] = [new Map<string, unknown>(), fakeClock()];
    const before = boot(kind, data, clock);
    await before.load('1');
    await before.cache.close();
    const after = boot(kind, data, clock);
    const heard = record(after.cache, 'hit', 'miss');
    expect(await after.load('1')).toEqual({ text: 'needle of 1', run: 1 });
    expect(await after.load('1')).toEqual({ text: 'needle of 1', run: 1 });
    expect(after.calls).toBe(0);
    expect(heard).toMatchObject([
      { type: 'hit', tier: 'store' },
      { type: 'hit', tier: 'memory' },
    ]);
  });

  test('S54: a computed value is in both tiers, and delete and clear drop it from both', async () => {
    const [data, clock] = [new Map<string, unknown>(), fakeClock()];
    const one = boot(kind, data, clock);
    await one.load('1');
    await one.load('2');
    await one.cache.flush();
    expect(one.load.has('1')).toBe(true);
    expect(keysHolding(data, 'needle of 1')).toHaveLength(1);
    expect(await one.load.delete('1')).toEqual({ store: 'acknowledged' });
    expect(one.load.has('1')).toBe(false);
    expect(keysHolding(data, 'needle of 1')).toEqual([]);
    const two = boot(kind, data, clock);
    await two.load('1');
    await two.load('2');
    expect(two.calls).toBe(1);
    expect(await two.load.clear()).toEqual({ store: 'acknowledged' });
    const three = boot(kind, data, clock);
    await three.load('1');
    await three.load('2');
    expect(three.calls).toBe(2);
  });

  test('S58: clear of a function leaves what the others stored', async () => {
    const [data, clock] = [new Map<string, unknown>(), fakeClock()];
    const one = boot(kind, data, clock);
    await one.load('1');
    await one.list('1');
    await one.load.clear();
    await one.cache.close();
    const two = boot(kind, data, clock);
    await two.list('1');
    expect(two.calls).toBe(0);
    await two.load('1');
    expect(two.calls).toBe(1);
  });

  test('S57: clear of a cache leaves foreign keys and caches of like names alone', async () => {
    const [data, clock] = [new Map<string, unknown>(), fakeClock()];
    const foreign = ['foreign', 'shop', 'shop:', 'keyv:foreign', 'shop:load:1', 'millpond'];
    for (const key of foreign) data.set(key, `kept ${key}`);
    const names = ['shop', 'sho', 'shop:eu', 's*', 'shop2'];
    const caches = names.map((name) => boot(kind, data, clock, { name }));
    for (const { load } of caches) await load('1');
    expect(await caches[0]?.cache.clear()).toEqual({ store: 'acknowledged' });
    expect(await caches[3]?.cache.clear()).toEqual({ store: 'acknowledged' });
    await Promise.all(caches.map(({ cache }) => cache.close()));
    const after = names.map((name) => boot(kind, data, clock, { name }));
    for (const { load } of after) await load('1');
    expect(after.map(({ calls }) => calls)).toEqual([1, 0, 0, 1, 0]);
    expect(foreign.map((key) => data.get(key))).toEqual(foreign.map((key) => `kept ${key}`));
  });

  test.each([undefined, null, 0, '', false, Number.NaN])('S03, S61: a stored %s is a hit', async (value) => {
    const [data, clock] = [new Map<string, unknown>(), fakeClock()];
    let calls = 0;
    const start = () => {
      const cache = createCache({ name: 'shop', store: kind.open(data), clock });
      const load = cache.cacheData(async () => ((calls += 1), value), { name: 'load' });
      return { cache, load };
    };
    const before = start();
    expect(await before.load()).toBe(value);
    await before.cache.close();
    expect(await start().load()).toBe(value);
    expect(calls).toBe(1);
  });

  test('S62: of two running instances the second reads what the first has computed', async () => {
    const [data, clock] = [new Map<string, unknown>(), fakeClock()];
    const [one, two] = [boot(kind, data, clock), boot(kind, data, clock)];
    const first = await one.load('1');
    await one.cache.flush();
    expect(await two.load('1')).toEqual(first);
    expect([one.calls, two.calls]).toEqual([1, 0]);
  });
});

const adapter: StoreKind = { kind: 'an adapter', open: (data) => new GatedStore(data) };

test('S53: a hit in memory does not ask the store, until memoryTtl has passed', async () => {
  const [store, clock] = [new GatedStore(), fakeClock()];
  const one = boot({ ...adapter, open: () => store }, store.data, clock, { memoryTtl: '10s' });
  await one.load('1');
  await one.cache.flush();
  const asked = store.log.length;
  await clock.advance(9_999);
  await one.load('1');
  expect(store.log).toHaveLength(asked);
  await clock.advance(1);
  expect(await one.load('1')).toMatchObject({ run: 1 });
  expect(store.log.slice(asked)).toContainEqual(expect.objectContaining({ kind: 'get' }));
  expect(one.calls).toBe(1);
});

test('S54: close drains the writes, and closes the store only when it was told to', async () => {
  for (const closeStore of [true, false, undefined]) {
    const [store, clock] = [new GatedStore(), fakeClock()];
    const one = boot({ ...adapter, open: () => store }, store.data, clock, { closeStore });
    await one.load('1');
    expect(await one.cache.close()).toEqual({ failures: [] });
    expect(keysHolding(store.data, 'needle')).toHaveLength(1);
    expect(store.disconnected).toBe(closeStore === true);
  }
});

test.each<[string, object]>([
  ['a store given as a string', { store: 'redis://localhost' }],
  ['an object that is no store', { store: { get: () => undefined } }],
  ['a store and a disk', { store: new Map(), persist: 'disk' }],
  ['a disk of an unknown kind', { persist: 'memory' }],
])('S59: %s is refused where the function is wrapped', (_, options) => {
  const cache = createCache({ name: 'shop' });
  const wrap = () => cache.cacheData(async () => 1, unchecked(options));
  expect(wrap).toThrow(expect.objectContaining({ code: 'ERR_MILLPOND_INVALID_OPTION' }));
});

test('S60: a resource refuses a store and a disk', () => {
  const cache = createCache({ name: 'shop', store: new Map() });
  for (const options of [{ store: new Map() }, { persist: 'disk' }, { store: false }]) {
    const wrap = () => cache.cacheResource(async () => ({}), unchecked(options));
    expect(wrap).toThrow(expect.objectContaining({ code: 'ERR_MILLPOND_INVALID_OPTION' }));
  }
});

test('a function may stay in memory though its cache has a store', async () => {
  const [data, clock] = [new Map<string, unknown>(), fakeClock()];
  const cache = createCache({ name: 'shop', store: data, clock });
  const load = cache.cacheData(async () => 'needle', { store: false });
  await load();
  await cache.close();
  expect(keysHolding(data, 'needle')).toEqual([]);
});

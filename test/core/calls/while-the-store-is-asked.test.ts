import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, describe, expect, test } from 'vitest';
import type { Cache, CachedData } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { heldStore, isEntry, type HeldStore } from '../../support/held-store.js';
import { pond } from '../support/cache.js';

type Load = CachedData<[id: string], string>;

/** A cache whose store has the value `stored` for the calls `a` and `b`; its own function returns `computed`. */
async function withStored(): Promise<{ store: HeldStore; cache: Cache; load: Load }> {
  const store = heldStore();
  const { cache: before } = pond({ name: 'shop', store, logger: { warn() {} } });
  const fill = loading(before, 'stored');
  for (const id of ['a', 'b']) await fill(id);
  await before.close();
  const { cache } = pond({ name: 'shop', store, logger: { warn() {} } });
  opened.push(cache);
  return { store, cache, load: loading(cache, 'computed') };
}

function loading(cache: Cache, value: string): Load {
  return cache.cacheData(async (_id: string) => value, { name: 'load', version: '1', tags: ['loads'] });
}

const opened: Cache[] = [];
afterEach(async () => {
  for (const cache of opened.splice(0)) await cache.close();
});

/** Reads of entries are held from now on. */
function holdReads(store: HeldStore): void {
  store.asked.length = 0;
  store.hold((kind, key) => kind === 'getMany' && isEntry(key));
}

describe('while a look-up asks the store', () => {
  test('whoever calls with the same arguments waits for the same answer, and is counted as one who joined', async () => {
    const { store, load } = await withStored();
    holdReads(store);
    const calls = [load('a'), load('a'), load('a')];
    await store.heldAtLeast(1);
    store.releaseAll();
    expect(await Promise.all(calls)).toEqual(['stored', 'stored', 'stored']);
    expect(load.stats()).toMatchObject({ runs: 0, joins: 2, hitsFrom: { store: 1 } });
    expect(store.asked.filter(({ kind }) => kind === 'getMany').length).toBe(1);
  });

  test('it is explained as under way', async () => {
    const { store, load } = await withStored();
    holdReads(store);
    const call = load('a');
    await store.heldAtLeast(1);
    store.hold(undefined);
    expect((await load.explain('a')).run).toMatchObject({ joinable: true });
    store.releaseAll();
    expect(await call).toBe('stored');
  });

  test.each([
    ['delete', (load: Load) => load.delete('a')],
    ['clear', (load: Load) => load.clear()],
    ['an invalidation of its tag', (_: unknown, cache: Cache) => cache.invalidateTags('loads')],
  ])('%s outdates what it finds: the function runs', async (_, outdate) => {
    const { store, cache, load } = await withStored();
    holdReads(store);
    const call = load('a');
    await store.heldAtLeast(1);
    store.hold(undefined);
    await outdate(load, cache);
    store.releaseAll();
    expect(await call).toBe('computed');
    expect(load.stats().runs).toBe(1);
  });

  test('delete outdates it before its function has begun: it waits for the run of whoever called since', async () => {
    const { store, load } = await withStored();
    holdReads(store);
    const before = load('a');
    await store.heldAtLeast(1);
    await load.delete('a');
    const since = load('a');
    await store.heldAtLeast(2);
    store.hold(undefined);
    store.releaseAll();
    expect([await before, await since, await load('a')]).toEqual(['computed', 'computed', 'computed']);
    expect(load.stats().runs).toBe(1);
  });

  test('while others call and delete without an end, it is answered all the same', async () => {
    const { store, load } = await withStored();
    holdReads(store);
    const answered: unknown[] = [];
    const calls: Promise<unknown>[] = [];
    const call = async (): Promise<void> => {
      const asked = store.held.length;
      calls.push(load('a').then((value) => answered.push(value)));
      await store.heldAtLeast(asked + 1);
    };
    await call();
    for (let round = 1; round <= 10 && answered.length === 0; round += 1) {
      const before = [...store.held];
      await load.delete('a');
      await call();
      const last = store.held.at(-1);
      for (let open = before; open.length > 0; open = store.held.filter((operation) => operation !== last)) {
        for (const operation of open) operation.release();
        await settle();
      }
    }
    expect(answered.length).toBeGreaterThan(0);
    store.hold(undefined);
    store.releaseAll();
    await Promise.all(calls);
  });

  test('prime replaces what it finds', async () => {
    const { store, load } = await withStored();
    holdReads(store);
    const call = load('a');
    await store.heldAtLeast(1);
    store.hold(undefined);
    await load.prime('primed', 'a');
    store.releaseAll();
    await call;
    expect(await load('a')).toBe('primed');
  });

  test('and has answered, its caller is told in their own async context', async () => {
    const { cache, load } = await withStored();
    const requests = new AsyncLocalStorage<string>();
    const heard: unknown[] = [];
    for (const type of ['hit', 'miss'] as const) cache.on(type, () => heard.push([type, requests.getStore()]));
    await requests.run('first', async () => load('a'));
    await requests.run('second', async () => load('c'));
    expect(heard).toEqual([
      ['hit', 'first'],
      ['miss', 'second'],
    ]);
  });

  test('in a run that uses it, the run inherits its tags', async () => {
    const { cache, load } = await withStored();
    const outer = cache.cacheData(async () => `made of ${await load('a')}`, { name: 'outer', version: '1' });
    expect(await outer()).toBe('made of stored');
    await cache.invalidateTags('loads');
    expect(await outer()).toBe('made of computed');
  });
});

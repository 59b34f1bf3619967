import KeyvRedis from '@keyv/redis';
import Keyv5 from 'keyv5';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createCache, type BatchOptions, type Cache, type CachedBatch, type StoreInput } from '@millpond/core';
import { stillClock } from '../../support/stores.js';
import { fakeClock, settle, type FakeClock } from '../../support/fake-clock.js';
import { describeWithRedis } from '../../support/redis.js';
import { unchecked, until } from '../support/gate.js';
import { GatedStore } from '../support/gated-store.js';
import { storeKinds } from '../support/stores.js';
import { idsUpTo, Table, usersOf, type User } from './support/users.js';

const tagged: BatchOptions<string, User | undefined> = { tags: (_row, id) => [`user:${id}`] };

/** One process over a store. Some of these stores are meant to fail: nobody needs to hear of it. */
function processOver(store: StoreInput, clock: FakeClock = fakeClock()): Cache {
  return createCache({ name: 'shop', store, clock, logger: { warn: () => {} } });
}

describe.each(storeKinds)('over $kind', ({ open }) => {
  test('S53: ids that are stored are not loaded again after a restart, and the others are one load', async () => {
    const data = new Map<string, unknown>();
    const table = new Table();
    table.missing.add('nobody');
    const before = processOver(open(data));
    await usersOf(before, table).many(['a', 'nobody', 'c']);
    await before.close();
    table.version = 2;
    const user = usersOf(processOver(open(data)), table);
    const rows = await user.many(['d', 'c', 'nobody', 'b', 'a']);
    expect(rows.map((row) => row?.version)).toEqual([2, 1, undefined, 2, 1]);
    expect(table.loads).toEqual([
      ['a', 'nobody', 'c'],
      ['d', 'b'],
    ]);
    expect(user.stats()).toMatchObject({ hits: 3, misses: 2, runs: 1 });
  });

  test('single calls of one turn are one load of the misses', async () => {
    const table = new Table();
    const user = usersOf(processOver(open(new Map())), table);
    await Promise.all([user('b'), user('a'), user('b')]);
    await Promise.all([user('a'), user('c')]);
    expect(table.loads).toEqual([['b', 'a'], ['c']]);
  });

  test('an invalidated tag of one row reloads that row alone, here and in another process', async () => {
    const data = new Map<string, unknown>();
    const table = new Table();
    const here = processOver(open(data));
    const user = usersOf(here, table, tagged);
    await user.many(['a', 'b', 'c']);
    await here.flush();
    await here.invalidateTags('user:b');
    const there = processOver(open(data));
    await usersOf(there, table, tagged).many(['a', 'b', 'c']);
    await there.flush();
    await user.many(['a', 'b', 'c']);
    expect(table.loads).toEqual([['a', 'b', 'c'], ['b']]);
  });
});

test('a list whose look-ups take several reads is one load of the misses, in its order', async () => {
  const store = new GatedStore();
  const table = new Table();
  const before = processOver(store);
  const ids = idsUpTo(3000);
  const stored = usersOf(before, table, tagged);
  const isStored = (id: string): boolean => Number(id) % 4 === 0;
  await stored.many(ids.filter(isStored));
  await before.flush();
  await before.invalidateTags('user:0', 'user:100');
  const user = usersOf(processOver(store), table, tagged);
  expect((await user.many(ids)).map((row) => row?.id)).toEqual(ids);
  expect(table.loads).toHaveLength(2);
  expect(table.loads[1]).toEqual(ids.filter((id) => !isStored(id) || id === '0' || id === '100'));
});

test('a load begins when the last look-up of its turn is answered, and does not wait for those of later turns', async () => {
  const store = new GatedStore();
  const table = new Table();
  const cache = processOver(store);
  const user = usersOf(cache, table);
  // Makes the tokens of the function, which take reads of their own.
  await user('first');
  const early = store.hold(({ key }) => key.includes('/e/'), 'reply');
  const first = user.many(['a', 'b']);
  await until(() => early.held.length > 0);
  early.takeNoMore();
  const late = store.hold(({ key }) => key.includes('/e/'), 'reply');
  const second = user.many(['b', 'c']);
  await until(() => late.held.length > 0);
  expect(table.loads).toEqual([['first']]);
  await early.release();
  expect((await first).map((row) => row?.id)).toEqual(['a', 'b']);
  expect(table.loads).toEqual([['first'], ['a', 'b']]);
  await late.release();
  await second;
  expect(table.loads).toEqual([['first'], ['a', 'b'], ['c']]);
});

test('a store that does not answer costs one load, after its deadline', async () => {
  const store = new GatedStore();
  const table = new Table();
  const clock = fakeClock();
  const user = usersOf(processOver(store, clock), table);
  store.hold(() => true);
  const rows = user.many(['a', 'b']);
  await settle();
  expect(table.loads).toEqual([]);
  await clock.advance(50);
  expect((await rows).map((row) => row?.id)).toEqual(['a', 'b']);
  expect(table.loads).toEqual([['a', 'b']]);
});

test('S54: delete removes the stored row of that id alone', async () => {
  const data = new Map<string, unknown>();
  const table = new Table();
  const cache = processOver(data);
  const user = usersOf(cache, table);
  await user.many(['a', 'b']);
  await cache.flush();
  expect(await user.delete('a')).toEqual({ store: 'acknowledged' });
  await usersOf(processOver(data), table).many(['a', 'b']);
  expect(table.loads[1]).toEqual(['a']);
});

describe('what is stored', () => {
  test('is left behind by a change of the load, or of idOf', async () => {
    const data = new Map<string, unknown>();
    let loads = 0;
    /** How often a process has loaded that wraps these functions. */
    async function loadedBy(load: (ids: readonly string[]) => User[], idOf: (row: User) => string): Promise<number> {
      await using cache = processOver(data);
      await cache.cacheBatch(load, { name: 'row', idOf })('a');
      return loads;
    }
    const load = (ids: readonly string[]): User[] => ids.map((id) => ({ id, version: (loads += 1) }));
    const changed = (ids: readonly string[]): User[] => ids.map((id) => ({ version: (loads += 1), id }));
    expect(await loadedBy(load, (row) => row.id)).toBe(1);
    expect(await loadedBy(load, (row) => row.id)).toBe(1);
    expect(await loadedBy(changed, (row) => row.id)).toBe(2);
    expect(await loadedBy(load, ({ id }) => id)).toBe(3);
  });

  test('is no answer of the same function wrapped for lists', async () => {
    const data = new Map<string, unknown>();
    const load = async (ids: readonly string[]): Promise<unknown[]> => ids.map((id) => `row of ${id}`);
    const lists = processOver(data);
    expect(await lists.cacheData(load)(['a', 'b'])).toEqual(['row of a', 'row of b']);
    await lists.close();
    const rows: CachedBatch<readonly string[], unknown> = processOver(data).cacheBatch(unchecked(load));
    expect(await rows(['a', 'b'])).toBe('row of a,b');
  });
});

describeWithRedis('over Redis', (redis) => {
  test('two processes load each id once, a row that is invalidated in one is loaded by the other', async () => {
    const table = new Table();
    const start = (): Cache => {
      const adapter = new KeyvRedis<string>(redis().url);
      const cache = createCache({ name: 'shop', store: new Keyv5({ store: adapter }), clock: stillClock() });
      onTestFinished(async () => {
        await cache.close();
        await adapter.disconnect(true);
      });
      return cache;
    };
    const one = start();
    const first = usersOf(one, table, tagged);
    const ids = idsUpTo(200);
    await first.many(ids);
    await one.flush();
    const second = usersOf(start(), table, tagged);
    expect((await second.many([...ids, 'new'])).map((row) => row?.id)).toEqual([...ids, 'new']);
    expect(table.loads).toEqual([ids, ['new']]);
    await one.invalidateTags('user:7', 'user:9');
    const third = usersOf(start(), table, tagged);
    await third.many(ids);
    expect(table.loads.slice(2)).toEqual([['7', '9']]);
  });
});

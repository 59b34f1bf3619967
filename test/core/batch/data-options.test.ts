import { describe, expect, test } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf, gate, until } from '../support/gate.js';
import { Table, usersOf } from './support/users.js';

describe('what a load uses, each of its rows is made of', () => {
  test('S109: rows carry the tags of the cached values that their load has used', async () => {
    const { cache } = pond();
    const table = new Table();
    const rate = cache.cacheData(async () => 2, { tags: ['rates'] });
    const price = cache.cacheBatch(async (ids: readonly string[]) => {
      const factor = await rate();
      return (await table.load(ids)).toReversed().map(({ version }) => version * factor);
    });
    expect(await price.many(['a', 'b'])).toEqual([2, 2]);
    await cache.invalidateTags('rates');
    await price('b');
    expect(table.loads).toEqual([['a', 'b'], ['b']]);
  });

  test('S109: rows live no longer than those, and `inherit: false` stops it', async () => {
    const { cache, clock } = pond();
    const rate = cache.cacheData(async () => 2, { ttl: '1m' });
    const load = (ids: readonly string[]): Promise<number[]> => rate().then((factor) => ids.map(() => factor));
    const price = cache.cacheBatch(load, { ttl: '1h' });
    const alone = cache.cacheBatch(load, { ttl: '1h', inherit: false });
    await Promise.all([price.many(['a', 'b']), alone.many(['a', 'b'])]);
    await clock.advance('2m');
    expect([price.has('a'), price.has('b'), alone.has('a')]).toEqual([false, false, true]);
  });

  test('a run that uses rows carries their tags', async () => {
    const { cache } = pond();
    const user = usersOf(cache, new Table(), { tags: (_row, id) => [`user:${id}`] });
    let runs = 0;
    const page = cache.cacheData(async () => {
      runs += 1;
      return (await user.many(['a', 'b'])).length;
    });
    await page();
    await cache.invalidateTags('user:b');
    await page();
    expect(runs).toBe(2);
  });

  test('hazard 15: nothing stale goes into a load that serves a refresh, whoever else it serves', async () => {
    const { cache, clock } = pond();
    let rates = 0;
    const rate = cache.cacheData(async () => (rates += 1), { ttl: '1m', staleWhileRevalidate: '1h' });
    const price = cache.cacheBatch(
      async (ids: readonly string[]) => {
        const factor = await rate();
        return ids.map(() => factor);
      },
      { ttl: '1m', staleWhileRevalidate: '1h' },
    );
    await price('a');
    await clock.advance('2m');
    const cold = price('b');
    expect(await price('a')).toBe(1);
    expect(await cold).toBe(2);
    await until(() => price.peek('a') === 2);
  });
});

describe('maxConcurrent', () => {
  test('counts loads, not ids', async () => {
    const table = new Table();
    const door = table.hold();
    const user = usersOf(pond().cache, table, { maxConcurrent: 1, maxBatchSize: 2 });
    const rows = user.many(['a', 'b', 'c']);
    await settle();
    expect(table.loads).toEqual([['a', 'b']]);
    door.open();
    expect((await rows).map((row) => row?.id)).toEqual(['a', 'b', 'c']);
    expect(table.loads).toEqual([['a', 'b'], ['c']]);
  });

  test('refuses the ids of a load for which there is no room in the line', async () => {
    const table = new Table();
    const door = table.hold();
    const user = usersOf(pond().cache, table, { maxConcurrent: 1, maxBatchSize: 1 });
    const ids = Array.from({ length: 12 }, (_, place) => String(place));
    const calls = ids.map((id) => user(id).catch((error: { code: string }) => error.code));
    await settle();
    door.open();
    expect((await Promise.all(calls)).slice(10)).toEqual([{ id: '10', version: 1 }, 'ERR_MILLPOND_OVERLOADED']);
  });

  test('lets a load in on which another waits', async () => {
    const { cache } = pond();
    const nested = cache.cacheBatch(
      async (ids: readonly number[]): Promise<number[]> =>
        Promise.all(ids.map(async (id) => (id === 0 ? 0 : (await nested(id - 1)) + 1))),
      { maxConcurrent: 1 },
    );
    expect(await nested(4)).toBe(4);
  });

  test('a load that nobody waits for any more does not begin', async () => {
    const table = new Table();
    const door = table.hold();
    const user = usersOf(pond().cache, table, { maxConcurrent: 1 });
    const first = user('a');
    await settle();
    const leaving = new AbortController();
    const left = failureOf(user.withOptions({ signal: leaving.signal })('b'));
    await settle();
    leaving.abort();
    await left;
    await settle();
    door.open();
    await first;
    expect(table.loads).toEqual([['a']]);
    expect((await user('b'))?.id).toBe('b');
  });
});

describe('each id', () => {
  test('may be expired: its stale windows serve it while one load refreshes it', async () => {
    const table = new Table();
    const user = usersOf(pond().cache, table, { ttl: '1h', staleWhileRevalidate: '1h' });
    await user.many(['a', 'b', 'c']);
    await Promise.all([user.expire('a'), user.expire('c')]);
    table.version = 2;
    expect((await user.many(['a', 'b', 'c'])).map((row) => row?.version)).toEqual([1, 1, 1]);
    await until(() => user.peek('c')?.version === 2);
    expect(table.loads[1]).toEqual(['a', 'c']);
  });

  test('may be primed, with the id alone as the argument', async () => {
    const table = new Table();
    const user = usersOf(pond().cache, table);
    const rows = [
      { id: 'a', version: 7 },
      { id: 'b', version: 8 },
    ];
    await Promise.all(rows.map((row) => user.prime(row, row.id)));
    expect(await user.many(['a', 'b'])).toEqual(rows);
    expect(table.loads).toEqual([]);
  });

  test('may fail for a while: errorTtl keeps the failure of a row', async () => {
    const { cache, clock } = pond();
    let loads = 0;
    const error = new Error('no');
    const load = cache.cacheBatch(
      async (ids: readonly string[]) => {
        loads += 1;
        return ids.map((id) => (id === 'a' ? error : id));
      },
      { errorTtl: '1m' },
    );
    expect(await failureOf(load.many(['a', 'b']))).toBe(error);
    expect(await failureOf(load('a'))).toBe(error);
    expect(loads).toBe(1);
    await clock.advance('2m');
    await failureOf(load('a'));
    expect(loads).toBe(2);
  });

  test('may be asked for fresher than it is kept, one call at a time or in a list', async () => {
    const { cache, clock } = pond();
    const table = new Table();
    const user = usersOf(cache, table, { ttl: '1h' });
    await user.many(['a', 'b']);
    await clock.advance('2m');
    table.version = 2;
    const fresh = user.withOptions({ freshWithin: '1m' });
    expect((await fresh('a'))?.version).toBe(2);
    expect((await fresh.many(['a', 'b'])).map((row) => row?.version)).toEqual([2, 2]);
    expect(table.loads.slice(1)).toEqual([['a'], ['b']]);
  });

  test('a slow load answers with what is stale after softTimeout, and is kept', async () => {
    const { cache, clock } = pond();
    const table = new Table();
    const user = usersOf(cache, table, { ttl: '1m', staleIfError: '1h', softTimeout: 100 });
    await user.many(['a', 'b']);
    await clock.advance('2m');
    table.version = 2;
    const door = gate();
    table.door = door;
    const rows = user.many(['a', 'b']);
    await clock.advance(100);
    expect((await rows).map((row) => row?.version)).toEqual([1, 1]);
    door.open();
    await until(() => user.peek('b')?.version === 2);
  });
});

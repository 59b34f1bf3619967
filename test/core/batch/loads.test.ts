import { describe, expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf } from '../support/gate.js';
import { idsUpTo, Table, usersOf } from './support/users.js';

describe('calls of one turn of the event loop', () => {
  test('are one load of the distinct ids, in the order in which they were asked for', async () => {
    const table = new Table();
    const user = usersOf(pond().cache, table);
    const rows = await Promise.all([user('b'), user('a'), user('b'), user('c')]);
    expect(rows.map((row) => row?.id)).toEqual(['b', 'a', 'b', 'c']);
    expect(table.loads).toEqual([['b', 'a', 'c']]);
    expect(user.stats()).toMatchObject({ runs: 1, misses: 3, joins: 1, hits: 0, entries: 3 });
  });

  test('are one load of the misses only', async () => {
    const table = new Table();
    const user = usersOf(pond().cache, table);
    await user.many(['a', 'b']);
    await user.many(['a', 'c', 'b', 'd']);
    expect(table.loads).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(user.stats()).toMatchObject({ runs: 2, misses: 4, hits: 2 });
  });

  test('are no load when all are there', async () => {
    const table = new Table();
    const user = usersOf(pond().cache, table);
    await user('a');
    await user.many(['a', 'a']);
    expect(table.loads).toEqual([['a']]);
  });

  test('are gathered however they came about in it', async () => {
    const table = new Table();
    const user = usersOf(pond().cache, table);
    const behindAwaits = async (count: number): Promise<unknown> => {
      for (let step = 0; step < count; step += 1) await Promise.resolve();
      return user(`await ${count}`);
    };
    const behindTick = new Promise((resolve) => process.nextTick(() => resolve(user('tick'))));
    await Promise.all([user('at once'), behindAwaits(1), behindAwaits(10), behindTick]);
    expect(table.loads).toHaveLength(1);
    expect(table.loads[0]?.toSorted()).toEqual(['at once', 'await 1', 'await 10', 'tick']);
  });

  test('of several requests that are answered in one turn are one load', async () => {
    const table = new Table();
    const user = usersOf(pond().cache, table);
    const inImmediate = (id: string): Promise<unknown> =>
      new Promise((resolve) => setImmediate(() => resolve(user(id))));
    await Promise.all(['a', 'b', 'c'].map(inImmediate));
    expect(table.loads).toEqual([['a', 'b', 'c']]);
  });

  test('do not wait for a load that is under way: the next turn has its own', async () => {
    const table = new Table();
    const door = table.hold();
    const user = usersOf(pond().cache, table);
    const first = user('a');
    await settle();
    const second = user.many(['a', 'b']);
    await settle();
    expect(table.loads).toEqual([['a'], ['b']]);
    door.open();
    expect((await Promise.all([first, second])).flat().map((row) => row?.id)).toEqual(['a', 'a', 'b']);
  });
});

describe('a list of ids', () => {
  test('is answered in its order, whatever the order of the rows', async () => {
    const user = usersOf(pond().cache, new Table());
    const ids = ['c', 'a', 'b'];
    expect((await user.many(ids)).map((row) => row?.id)).toEqual(ids);
  });

  test('has a copy of its own for each, duplicates too', async () => {
    const user = usersOf(pond().cache, new Table());
    const [first, second] = await user.many(['a', 'a']);
    expect(first).toEqual(second);
    if (first !== undefined) first.version = 99;
    expect(second?.version).toBe(1);
    expect((await user('a'))?.version).toBe(1);
  });

  test('that is empty loads nothing', async () => {
    const table = new Table();
    expect(await usersOf(pond().cache, table).many([])).toEqual([]);
    await settle();
    expect(table.loads).toEqual([]);
  });

  test('may be long, and is one load all the same', async () => {
    const table = new Table();
    const ids = idsUpTo(10_000);
    const rows = await usersOf(pond().cache, table).many(ids);
    expect(rows.map((row) => row?.id)).toEqual(ids);
    expect(table.loads).toEqual([ids]);
  });

  test('is split in loads of at most maxBatchSize', async () => {
    const table = new Table();
    const user = usersOf(pond().cache, table, { maxBatchSize: 2 });
    expect((await user.many(['a', 'b', 'a', 'c', 'd', 'e'])).map((row) => row?.id).join('')).toBe('abacde');
    expect(table.loads).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  test('rejects with what is no list, and reads nothing of a text', async () => {
    const user = usersOf(pond().cache, new Table());
    await expect(user.many(undefined as never)).rejects.toThrow(TypeError);
  });

  test('may be mapped over the function itself, which takes the id alone', async () => {
    const table = new Table();
    const seen: unknown[] = [];
    const tags = (...args: readonly unknown[]): string[] => {
      seen.push(args.slice(1));
      return [];
    };
    const user = usersOf(pond().cache, table, { tags });
    await Promise.allSettled(['a', 'b'].map(user));
    await Promise.all(['a', 'b'].map(user.refresh));
    expect(seen).toEqual([['a'], ['b'], ['a'], ['b']]);
    expect(['a', 'b'].map(user.has)).toEqual([true, true]);
    expect(['a', 'b'].map(user.keyOf)).toEqual([user.keyOf('a'), user.keyOf('b')]);
    await Promise.all(['a', 'b'].map(user.delete));
    expect([user.has('a'), user.has('b')]).toEqual([false, false]);
  });
});

describe('each id', () => {
  test('has an entry of its own: ttl, tags and when are asked for it', async () => {
    const { cache, clock } = pond();
    const table = new Table();
    table.missing.add('nobody');
    const user = usersOf(cache, table, {
      ttl: (_row, id) => (id === 'short' ? '1s' : '1h'),
      tags: (row, id) => (row === undefined ? [] : [`user:${id}`]),
      when: (row) => row !== undefined,
    });
    await user.many(['short', 'long', 'tagged', 'nobody']);
    expect(user.has('nobody')).toBe(false);
    await clock.advance('2s');
    await cache.invalidateTags('user:tagged');
    await user.many(['short', 'long', 'tagged', 'nobody']);
    expect(table.loads[1]).toEqual(['short', 'tagged', 'nobody']);
  });

  test('is told of in events by its own key', async () => {
    const { cache } = pond();
    const user = usersOf(cache, new Table());
    const keys: string[] = [];
    cache.on('miss', ({ key }) => keys.push(key));
    await user.many(['a', 'b']);
    expect(keys).toEqual([user.keyOf('a'), user.keyOf('b')]);
  });

  test('may be data of several parts, compared by what they are', async () => {
    interface Place {
      readonly shop: number;
      readonly shelf: string;
    }
    const loads: Place[][] = [];
    const stock = pond().cache.cacheBatch(
      async (ids: readonly Place[]) => {
        loads.push([...ids]);
        return new Map(ids.map((id) => [{ shelf: id.shelf, shop: id.shop }, `${id.shop}${id.shelf}`]));
      },
      { name: 'stock' },
    );
    const rows = stock.many([
      { shop: 1, shelf: 'a' },
      { shelf: 'a', shop: 1 },
      { shop: 2, shelf: 'a' },
    ]);
    expect(await rows).toEqual(['1a', '1a', '2a']);
    expect(loads).toEqual([
      [
        { shop: 1, shelf: 'a' },
        { shop: 2, shelf: 'a' },
      ],
    ]);
  });

  test('is loaded as it was when it was asked for, though the caller changes it before the load begins', async () => {
    const loads: unknown[] = [];
    const load = pond().cache.cacheBatch(async (ids: readonly { at: number }[]) => {
      loads.push(structuredClone(ids));
      return ids.map(({ at }) => at);
    });
    const id = { at: 1 };
    const answer = load(id);
    id.at = 2;
    expect([await answer, loads]).toEqual([1, [[{ at: 1 }]]]);
    expect([load.has({ at: 1 }), load.has({ at: 2 })]).toEqual([true, false]);
  });

  test('that is changed, and of which there is no copy, fails alone', async () => {
    class Id {
      at = 1;
      [Symbol.for('millpond.key')](): number {
        return this.at;
      }
    }
    const load = pond().cache.cacheBatch(async (ids: readonly Id[]) => ids.map(({ at }) => at), { name: 'load' });
    const [kept, changed] = [new Id(), new Id()];
    kept.at = 7;
    const failed = failureOf(load(changed));
    const answer = load(kept);
    changed.at = 2;
    expect(await failed).toMatchObject({
      code: 'ERR_MILLPOND_BATCH',
      message: expect.stringContaining('the id was changed after the call'),
    });
    expect(await answer).toBe(7);
  });

  test('that is changed fails its caller, and not another one who asked for it', async () => {
    class Id {
      constructor(public at: number) {}
      [Symbol.for('millpond.key')](): number {
        return this.at;
      }
    }
    const load = pond().cache.cacheBatch(async (ids: readonly Id[]) => ids.map(({ at }) => at), { name: 'load' });
    const changed = new Id(1);
    const failed = failureOf(load(changed));
    const answer = load(new Id(1));
    changed.at = 2;
    expect(await failed).toMatchObject({ code: 'ERR_MILLPOND_BATCH' });
    expect(await answer).toBe(1);
  });

  test('that has no key rejects, and the others are loaded', async () => {
    class Row {}
    const load = pond().cache.cacheBatch(async (ids: readonly unknown[]) => ids, { name: 'load' });
    const failed = failureOf(load(new Row()));
    expect(await load('a')).toBe('a');
    expect(await failed).toMatchObject({ code: 'ERR_MILLPOND_UNHASHABLE_ARGUMENT' });
  });

  test('may be keyed by the option `key`, and its row by the same', async () => {
    const table = new Table();
    const user = usersOf(pond().cache, table, { key: (id) => id.toLowerCase() });
    const rows = await user.many(['Ada', 'ada', 'ADA']);
    expect(rows.map((row) => row?.id)).toEqual(['Ada', 'Ada', 'Ada']);
    expect(table.loads).toEqual([['Ada']]);
  });
});

test('the default cache has it too', async () => {
  const { cacheBatch } = await import('@millpond/core');
  const double = cacheBatch(async (ids: readonly number[]) => ids.map((id) => 2 * id));
  expect(await double.many([1, 2])).toEqual([2, 4]);
  await double.clear();
});

test('the load may change its list of ids', async () => {
  const load = createCache().cacheBatch(async (ids: number[]) => new Map(ids.splice(0).map((id) => [id, -id])));
  expect(await load.many([1, 2])).toEqual([-1, -2]);
});

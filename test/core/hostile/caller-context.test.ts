import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { defineHasher } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { gate } from '../support/gate.js';

const user = new AsyncLocalStorage<string>();

interface Query {
  readonly page: number;
}

/** A key that cannot be made outside a request. */
function byUser({ page }: Query): unknown {
  const name = user.getStore();
  if (name === undefined) throw new Error('no user');
  return [name, page];
}

describe('a key that reads the caller’s async context', () => {
  test.each([
    ['over a store', { name: 'shop', store: new Map<string, unknown>() }, {}],
    ['with limited runs', {}, { maxConcurrent: 1 }],
  ])('holds when the run begins later than the call, %s', async (_, options, limits) => {
    const { cache, clock } = pond(options);
    let runs = 0;
    const load = cache.cacheData(async ({ page }: Query) => `${page} by run ${(runs += 1)}`, {
      name: 'load',
      key: byUser,
      ttl: '1m',
      staleWhileRevalidate: '1h',
      ...limits,
    });
    const ask = (name: string): Promise<string> => user.run(name, () => load({ page: 1 }));
    expect([await ask('Ada'), await ask('Ada'), await ask('Bob')]).toEqual(['1 by run 1', '1 by run 1', '1 by run 2']);
    await clock.advance('2m');
    // The refresh behind a stale answer is kept too.
    expect(await ask('Ada')).toBe('1 by run 1');
    for (let turn = 0; turn < 10; turn += 1) await settle();
    expect(await ask('Ada')).toBe('1 by run 3');
    await cache.close();
  });

  test('holds when a resource stands in line', async () => {
    const { cache } = pond();
    const door = gate();
    const pool = cache.cacheResource(
      async ({ page }: Query) => {
        await door.passed;
        return { page };
      },
      { key: byUser, maxConcurrent: 1 },
    );
    const pools = Promise.all(['Ada', 'Bob'].map((name) => user.run(name, () => pool({ page: 1 }))));
    await settle();
    door.open();
    expect(await pools).toEqual([{ page: 1 }, { page: 1 }]);
  });

  test('holds for a hasher', async () => {
    class Page {
      readonly page: number;
      constructor(page: number) {
        this.page = page;
      }
    }
    const { cache } = pond({ name: 'shop', store: new Map() });
    let runs = 0;
    const load = cache.cacheData(async (_page: Page) => (runs += 1), {
      name: 'load',
      hashers: [defineHasher(Page, byUser)],
    });
    const ask = (): Promise<number> => user.run('Ada', () => load(new Page(1)));
    expect([await ask(), await ask()]).toEqual([1, 1]);
  });

  test('arguments that are changed before the run begins are still seen', async () => {
    const { cache } = pond({ name: 'shop', store: new Map() });
    const load = cache.cacheData(async ({ page }: Query) => page, { name: 'load', key: byUser });
    const query = { page: 1 };
    const first = user.run('Ada', () => load(query));
    query.page = 2;
    expect(await first).toBe(1);
    expect(await user.run('Ada', () => load({ page: 1 }))).toBe(1);
  });

  test('tells the ids of a batch apart', async () => {
    const { cache } = pond();
    const loads: unknown[] = [];
    const row = cache.cacheBatch(
      async (ids: readonly Query[]) => {
        loads.push(ids);
        return ids.map(({ page }) => `row ${page}`);
      },
      { key: byUser },
    );
    const ask = (name: string, page: number): Promise<string> => user.run(name, () => row({ page }));
    const rows = await Promise.all([ask('Ada', 1), ask('Bob', 1), ask('Bob', 2)]);
    expect(rows).toEqual(['row 1', 'row 1', 'row 2']);
    expect(await ask('Ada', 1)).toBe('row 1');
    expect(loads).toHaveLength(1);
  });

  test('does not give one caller of a batch the row of another, though the ids are named alike outside a request', async () => {
    const { cache } = pond();
    const row = cache.cacheBatch(async (ids: readonly Query[]) => ids.map(({ page }) => `row ${page}`), {
      key: () => user.getStore(),
    });
    const ask = (name: string, page: number): Promise<string> => user.run(name, () => row({ page }));
    expect(await Promise.all([ask('Ada', 1), ask('Bob', 2)])).toEqual(['row 1', 'row 2']);
  });

  test('finds the rows of a batch by the ids alone', async () => {
    const { cache } = pond({ name: 'shop', store: new Map() });
    // As a query with `IN (...)` answers: one row of each, in an order of its own.
    const table = [{ page: 2 }, { page: 1 }];
    const row = cache.cacheBatch(async (_ids: readonly Query[]) => table, {
      name: 'row',
      key: ({ page }) => [user.getStore(), page],
      idOf: ({ page }) => ({ page }),
    });
    const ask = (name: string, page: number): Promise<Query | undefined> => user.run(name, () => row({ page }));
    const rows = [{ page: 1 }, { page: 1 }, { page: 2 }];
    expect(await Promise.all([ask('Ada', 1), ask('Bob', 1), ask('Bob', 2)])).toEqual(rows);
  });
});

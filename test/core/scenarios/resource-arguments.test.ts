import { describe, expect, test } from 'vitest';
import { defineHasher } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { unchecked } from '../support/gate.js';
import { number, Pool, pools, query } from '../support/pools.js';

describe('S108: a resource as an argument is keyed by which resource it is', () => {
  test.each<[string, (get: ReturnType<typeof pools>) => Promise<Pool>]>([
    ['refreshed', (get) => get.refresh('db1')],
    ['deleted', async (get) => (await get.delete('db1'), get('db1'))],
    ['cleared', async (get) => (await get.clear(), get('db1'))],
    ['evicted', async (get) => (await get('db2'), get('db1'))],
    [
      'found invalid',
      async (get) => {
        const pool = await get('db1');
        pool.healthy = false;
        return get('db1');
      },
    ],
  ])('one that was %s and built anew hits the entries of the old one', async (_, rebuild) => {
    const { cache } = pond();
    const getPool = pools(cache, { maxEntries: 1 });
    const rows = cache.cacheData(query);
    const count = cache.cacheDataSync((pool: Pool, sql: string) => `${sql} by ${pool.number}`);
    const first = await getPool('db1');
    const answers = [await rows(first, 'users'), count(first, 'users')];
    const second = await rebuild(getPool);
    expect(second).not.toBe(first);
    expect([await rows(second, 'users'), count(second, 'users')]).toEqual(answers);
    expect(await rows(second, 'orders')).toBe(`orders by ${second.number}`);
  });

  test('those of other arguments, or of another function, do not share', async () => {
    const { cache } = pond();
    const [readers, writers] = [pools(cache, { name: 'pool' }), pools(cache, { name: 'pool' })];
    const all = [await readers('db1'), await readers('db2'), await writers('db1'), await writers('db2')];
    const rows = cache.cacheData(query);
    for (const pool of [...all, ...all]) expect(await rows(pool, 'users')).toBe(`users by ${pool.number}`);
    expect(rows.stats().runs).toBe(4);
  });

  test('one of another cache counts as well, and shares with none of this one', async () => {
    const [here, there] = [pond().cache, pond().cache];
    const [own, foreign] = [pools(here), pools(there)];
    const rows = here.cacheData(query);
    const [one, other] = [await own('db1'), await foreign('db1')];
    expect([await rows(one, 'users'), await rows(other, 'users')]).toEqual([
      `users by ${one.number}`,
      `users by ${other.number}`,
    ]);
    expect(await rows(await foreign.refresh('db1'), 'users')).toBe(`users by ${other.number}`);
  });

  test('at any depth, by the option `key`, by a hasher, and after its release', async () => {
    const { cache } = pond();
    const getPool = pools(cache);
    const deep = cache.cacheData(async (_context: { readonly pools: Map<string, readonly Pool[]> }) => 1);
    const byKey = cache.cacheData(async (_request: object, _pool: Pool) => 1, { key: (_request, pool) => [pool] });
    class Unit {
      readonly pool: Pool;
      constructor(pool: Pool) {
        this.pool = pool;
      }
    }
    const byHasher = cache.cacheData(async (_unit: Unit) => 1, { hashers: [defineHasher(Unit, ({ pool }) => pool)] });
    const keysOf = (pool: Pool): readonly string[] => [
      deep.keyOf({ pools: new Map([['main', [pool]]]) }),
      byKey.keyOf({}, pool),
      byHasher.keyOf(new Unit(pool)),
    ];
    const [one, two] = [await getPool('db1'), await getPool('db2')];
    const keys = keysOf(one);
    expect(keysOf(await getPool.refresh('db1'))).toEqual(keys);
    expect(keysOf(one)).toEqual(keys);
    for (const [at, key] of keysOf(two).entries()) expect(key).not.toBe(keys[at]);
    await cache.close();
    expect(keysOf(one)).toEqual(keys);
  });

  test.each<[string, () => object]>([
    ['a plain object', () => ({ ping: () => number() })],
    ['plain data that changes', () => ({ requests: number() })],
    ['an array', () => [number()]],
    ['a Map', () => new Map([[1, number()]])],
    ['numbers, as of a model', () => new Float64Array([number()])],
    ['a function', () => () => number()],
    [
      'a proxy that answers to every name',
      () => new Proxy(function client() {}, { get: (_, name) => (name === 'then' ? undefined : () => number()) }),
    ],
    ['a proxy that has no keys', () => new Proxy({}, { ownKeys: () => unchecked(undefined) })],
  ])('%s is a resource like any other', async (_, make) => {
    const { cache } = pond();
    const get = cache.cacheResource(async (_name: string) => make());
    const ask = cache.cacheData(async (_client: object) => 1);
    const [one, two] = [await get('one'), await get('two')];
    expect(ask.keyOf(one)).toBe(ask.keyOf(await get.refresh('one')));
    expect(ask.keyOf(one)).not.toBe(ask.keyOf(two));
  });

  test('plain objects that are no resources are keyed by content, although some are resources', async () => {
    const { cache } = pond();
    const get = cache.cacheResource(async () => ({ id: 1 }));
    const resource = await get();
    const ask = cache.cacheData(async (_client: object) => 1);
    expect(ask.keyOf({ id: 1 })).toBe(ask.keyOf({ id: 1 }));
    expect(ask.keyOf({ id: 1 })).not.toBe(ask.keyOf(resource));
  });

  test('a primitive cannot be told from any other, and is keyed by value', async () => {
    const { cache } = pond();
    const [one, other] = [cache.cacheResource(async () => 'token'), cache.cacheResource(async () => 'token')];
    const ask = cache.cacheData(async (_token: string) => 1);
    expect(ask.keyOf(await one())).toBe(ask.keyOf(await other()));
  });

  test('what a hasher or its own method says of it comes first', async () => {
    const { cache } = pond();
    const getPool = pools(cache);
    const byHost = cache.cacheData(query, { hashers: [defineHasher(Pool, ({ host }) => host)] });
    expect(byHost.keyOf(await getPool('db1'), '')).toBe(byHost.keyOf(new Pool('db1'), ''));
    class Named extends Pool {
      [Symbol.for('millpond.key')](): string {
        return this.host;
      }
    }
    const getNamed = cache.cacheResource(async (host: string) => new Named(host));
    const rows = cache.cacheData(query);
    expect(rows.keyOf(await getNamed('db1'), '')).toBe(rows.keyOf(new Named('db1'), ''));
  });

  test('an object that is the answer to several calls is not taken for what only one of them gets later', async () => {
    const { cache } = pond();
    const shared = new Pool('shared');
    const own = new Pool('own');
    const homes = new Map([
      ['ann', shared],
      ['bob', shared],
    ]);
    const poolOf = cache.cacheResource(async (tenant: string) => homes.get(tenant) ?? shared);
    const rows = cache.cacheData(query);
    await poolOf('ann');
    await poolOf('bob');
    expect(await rows(await poolOf('ann'), 'users')).toBe(`users by ${shared.number}`);
    homes.set('ann', own);
    await poolOf.delete('ann');
    expect(await rows(await poolOf('ann'), 'users')).toBe(`users by ${own.number}`);
    expect(await rows(await poolOf('bob'), 'users')).toBe(`users by ${shared.number}`);
    homes.set('bob', own);
    await poolOf.delete('bob');
    expect(await rows(await poolOf('bob'), 'users')).toBe(`users by ${own.number}`);
  });
});

describe('S108: a resource that is made of another', () => {
  /** A pool, and a repository that is made of it. */
  function made(releaseAfter: number | string = '10s') {
    const { cache, clock } = pond();
    const released: number[] = [];
    const getPool = cache.cacheResource(async (host: string) => new Pool(host), { releaseAfter });
    const getUsers = cache.cacheResource(async (context: { readonly pool: Pool }) => ({ pool: context.pool }), {
      releaseAfter: 0,
      onRelease: ({ pool }) => void released.push(pool.number),
    });
    return { cache, clock, getPool, getUsers, released };
  }

  test('is the same for the same, and another for another', async () => {
    const { getPool, getUsers } = made();
    const pool = await getPool('db1');
    const users = await getUsers({ pool });
    expect(await getUsers({ pool: await getPool('db1') })).toBe(users);
    expect(await getUsers({ pool: await getPool('db2') })).not.toBe(users);
  });

  test('is built anew of the new one, once that has taken the place of the old, and released once', async () => {
    const { cache, getPool, getUsers, released } = made();
    const old = await getPool('db1');
    const users = await getUsers({ pool: old });
    const pool = await getPool.refresh('db1');
    const [one, two] = await Promise.all([getUsers({ pool }), getUsers({ pool })]);
    expect(one).not.toBe(users);
    expect([one.pool, two]).toEqual([pool, one]);
    await settle();
    expect(released).toEqual([old.number]);
    expect(await getUsers({ pool })).toBe(one);
    await cache.close();
    expect(released).toEqual([old.number, pool.number]);
  });

  test('stays for those who still hold the old one', async () => {
    const { getPool, getUsers } = made();
    const old = await getPool('db1');
    const users = await getUsers({ pool: old });
    await getPool.refresh('db1');
    expect(await getUsers({ pool: old })).toBe(users);
  });
});

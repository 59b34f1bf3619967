import { Client, Pool } from 'pg';
import { expect, test } from 'vitest';
import { createCache, type ResourceOptions } from '@millpond/core';
import { describeWithPostgres } from '../../support/postgres.js';
import { until } from './until.js';

describeWithPostgres('a pg pool as a resource', (server) => {
  const login = (database = 'postgres') => ({
    host: '127.0.0.1',
    port: server().port,
    user: 'postgres',
    database,
  });

  function pools(options: ResourceOptions<[name?: string], Pool> = {}) {
    const cache = createCache();
    const made: Pool[] = [];
    const broken = new Set<Pool>();
    const getPool = cache.cacheResource(
      async (name?: string): Promise<Pool> => {
        const pool = new Pool({ ...login(), application_name: name ?? 'one', max: 2 });
        pool.on('error', () => broken.add(pool));
        made.push(pool);
        return pool;
      },
      { validate: (pool) => !broken.has(pool), onRelease: (pool) => pool.end(), ...options },
    );
    return { cache, getPool, made };
  }

  /** What the server says of the connections of one application, asked by a connection beside the cache. */
  async function connections(name: string): Promise<number> {
    const client = new Client({ ...login(), application_name: 'the test' });
    await client.connect();
    const { rows } = await client.query<{ count: string }>(
      'select count(*) from pg_stat_activity where application_name = $1',
      [name],
    );
    await client.end();
    return Number(rows[0]?.count);
  }

  test('S41: twenty requests at once share one pool, and it answers all of them', async () => {
    const { cache, getPool, made } = pools();
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, number) => {
        const pool = await getPool();
        const { rows } = await pool.query<{ number: number }>('select $1::int as number', [number]);
        return rows[0]?.number;
      }),
    );
    expect(answers).toEqual(Array.from({ length: 20 }, (_, number) => number));
    expect(made).toHaveLength(1);
    await cache.close();
    expect(made[0]?.ended).toBe(true);
  });

  test('S94: when close has resolved the server has no connection of it left', async () => {
    const { cache, getPool } = pools();
    for (const name of ['left', 'right']) await (await getPool(name)).query('select 1');
    expect([await connections('left'), await connections('right')]).toEqual([1, 1]);
    expect(await cache.close()).toEqual({ failures: [] });
    await until(async () => (await connections('left')) + (await connections('right')) === 0);
  });

  test('S90: a pool whose server has ended its connections is found out by validate, and replaced once', async () => {
    const { cache, getPool, made } = pools({ releaseAfter: 0 });
    await (await getPool('fragile')).query('select 1');
    expect(await getPool('fragile')).toBe(made[0]);
    const client = new Client(login());
    await client.connect();
    await client.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'fragile'");
    await client.end();
    await until(() => made[0]?.totalCount === 0);
    const answers = await Promise.all([getPool('fragile'), getPool('fragile'), getPool('fragile')]);
    expect(new Set(answers)).toEqual(new Set([made[1]]));
    await until(() => made[0]?.ended === true);
    expect(made).toHaveLength(2);
    await cache.close();
  });

  test('a pool that is refreshed under a leased one ends only when the query under way has its answer', async () => {
    const { cache, getPool, made } = pools({ releaseAfter: 0 });
    const lease = await getPool.lease();
    const client = await lease.resource.connect();
    await client.query('begin');
    const next = await getPool.refresh();
    expect((await next.query('select 1')).rowCount).toBe(1);
    expect((await client.query('select 2 as two')).rows).toEqual([{ two: 2 }]);
    expect(made.map(({ ending }) => ending)).toEqual([false, false]);
    await client.query('commit');
    client.release();
    await lease[Symbol.asyncDispose]();
    await until(() => made[0]?.ended === true);
    expect(made[1]?.ending).toBe(false);
    await cache.close();
  });

  test('what was prepared on a pool is cleaned up while the pool still works', async () => {
    const { cache, getPool, made } = pools();
    const told: string[] = [];
    const getTable = cache.cacheResource(
      async (table: string) => {
        const pool = await getPool();
        await pool.query(`create table ${table} (id int)`);
        return { table, pool };
      },
      {
        async onRelease({ table, pool }) {
          await pool.query(`drop table ${table}`);
          told.push(`dropped ${table}, pool ${pool.ending ? 'ended' : 'alive'}`);
        },
      },
    );
    await getTable('scratch');
    expect(await cache.close()).toEqual({ failures: [] });
    expect(told).toEqual(['dropped scratch, pool alive']);
    expect(made[0]?.ended).toBe(true);
  });

  test('an advisory lock, of which there can be only one, is given up before it is taken again', async () => {
    const cache = createCache();
    const getLock = cache.cacheResource(
      async (number: number) => {
        const client = new Client(login());
        await client.connect();
        const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [number]);
        if (rows[0]?.taken !== true) {
          await client.end();
          throw new Error('somebody else has the lock');
        }
        return client;
      },
      {
        rebuild: 'release-first',
        async onRelease(client) {
          await client.query('select pg_advisory_unlock_all()');
          await client.end();
        },
      },
    );
    const first = await getLock(1);
    const [second, same] = await Promise.all([getLock.refresh(1), getLock.refresh(1)]);
    expect(second).not.toBe(first);
    expect(same).toBe(second);
    expect(await getLock(1)).toBe(second);
    expect(await cache.close()).toEqual({ failures: [] });
  });

  test('S40: a pool that a data function returns is refused, and cacheResource recommended', async () => {
    const { cacheData } = createCache();
    const pool = new Pool(login());
    await expect(cacheData(async () => pool)()).rejects.toThrow(/result is an instance of \w+, .*use cacheResource/);
    await pool.end();
  });
});

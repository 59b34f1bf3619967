import { describe, expect, test } from 'vitest';
import { CacheError, createCache, defineHasher } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf, unchecked } from '../support/gate.js';
import { Pool, query } from '../support/pools.js';

describe('hazard 28: over a store a resource needs an `identity`', () => {
  /** One process over the data that all of them share. */
  function process(data: Map<string, unknown>, identity?: (pool: Pool, host: string) => string, name = 'pool') {
    const cache = createCache({ name: 'shop', store: data, clock: fakeClock() });
    const getPool = cache.cacheResource(async (host: string) => new Pool(host), { name, identity });
    const rows = cache.cacheData(query, { name: 'rows' });
    return { cache, getPool, rows };
  }

  test('by which another process, and one that was restarted, finds what was computed', async () => {
    const data = new Map<string, unknown>();
    const identity = (pool: Pool, host: string): string => `${pool.host}/${host}`;
    const first = process(data, identity);
    const answer = await first.rows(await first.getPool('db1'), 'users');
    await first.cache.close();
    const second = process(data, identity);
    expect(await second.rows(await second.getPool('db1'), 'users')).toBe(answer);
    expect(await second.rows(await second.getPool.refresh('db1'), 'users')).toBe(answer);
    const other = await second.getPool('db2');
    expect(await second.rows(other, 'users')).toBe(`users by ${other.number}`);
    await second.cache.close();
    const renamed = process(data, identity, 'readers');
    const reader = await renamed.getPool('db1');
    expect(await renamed.rows(reader, 'users')).toBe(`users by ${reader.number}`);
    await renamed.cache.close();
  });

  test('also without a `name`: by its own name and its source', async () => {
    const data = new Map<string, unknown>();
    const start = async (): Promise<string> => {
      const cache = createCache({ name: 'shop', store: data, clock: fakeClock() });
      const getPool = cache.cacheResource(async (host: string) => new Pool(host), { identity: ({ host }) => host });
      const rows = cache.cacheData(query, { name: 'rows' });
      const answer = await rows(await getPool('db1'), 'users');
      await cache.close();
      return answer;
    };
    expect(await start()).toBe(await start());
  });

  test('or else the call is refused, and the message names the option', async () => {
    const { cache, getPool, rows } = process(new Map());
    const refused = await failureOf(rows(await getPool('db1'), 'users'));
    expect(refused).toMatchObject({
      code: 'ERR_MILLPOND_UNHASHABLE_ARGUMENT',
      message:
        'rows: args[0] is a resource of pool, known in this process only, which has no key, so the function was ' +
        'not run. The entry outlives it in a store: give pool the option `identity`, which says what it is in every ' +
        "process, such as { identity: (resource, ...args) => 'host/database' }; or leave it out of the key, with " +
        'ignoreArgs: [0] or the option `key`.',
    });
    expect(rows.stats().runs).toBe(0);
    await cache.close();
  });

  test('and a hasher, or `store: false`, does without', async () => {
    const { cache, getPool } = process(new Map());
    const pool = await getPool('db1');
    const byHost = cache.cacheData(query, { name: 'a', hashers: [defineHasher(Pool, ({ host }) => host)] });
    const inMemory = cache.cacheData(query, { name: 'b', store: false });
    expect(await byHost(pool, 'users')).toBe(await inMemory(pool, 'users'));
    await cache.close();
  });

  const cause = new Error('no host');
  test.each<[string, () => unknown, string, unknown]>([
    [
      'throws',
      () => {
        throw cause;
      },
      'its option `identity` threw no host. The',
      cause,
    ],
    ['returns no text', () => 7, 'its option `identity` returned 7, but it must return a text', undefined],
    ['returns an empty text', () => '', 'its option `identity` returned "", but', undefined],
    [
      'returns a promise',
      () => Promise.reject(new Error('too late')),
      'returned an instance of Promise, but',
      undefined,
    ],
  ])('one that %s is told where the resource is used, and harms nobody else', async (_, identity, why, cause) => {
    const { cache, getPool, rows } = process(new Map(), unchecked(identity));
    const pool = await getPool('db1');
    const failure = await failureOf(rows(pool, 'users'));
    expect(failure).toMatchObject({ code: 'ERR_MILLPOND_HASHER_FAILED' });
    expect(failure instanceof CacheError && failure.cause).toBe(cause);
    expect(failure).toMatchObject({
      message: expect.stringContaining('rows: the key of args[0] (a resource of pool) '),
    });
    expect(failure).toMatchObject({ message: expect.stringContaining(why) });
    expect(rows.stats().runs).toBe(0);
    const inMemory = cache.cacheData(query, { name: 'memory', store: false });
    expect(await inMemory(pool, 'users')).toBe(`users by ${pool.number}`);
    await cache.close();
  });

  test('is asked once for each that was built, with it and its arguments, whoever uses it', async () => {
    const asked: unknown[] = [];
    const { cache, getPool, rows } = process(new Map(), (...given) => String(asked.push(given)));
    const pool = await getPool('db1');
    for (const sql of ['users', 'orders', 'users']) await rows(await getPool('db1'), sql);
    expect(asked).toEqual([[pool, 'db1']]);
    await cache.close();
  });

  test('one object of several resources has the identity that they agree on', async () => {
    const data = new Map<string, unknown>();
    const { cache, getPool, rows } = process(data, ({ host }) => host);
    const tenant = cache.cacheResource((_name: string) => getPool('db1'));
    const pool = await getPool('db1');
    const answer = await rows(pool, 'users');
    await tenant('ann');
    expect(await rows(await tenant('ann'), 'users')).toBe(answer);
    const named = cache.cacheResource((_name: string) => getPool('db1'), {
      name: 'named',
      identity: (_, name) => name,
    });
    await named('ann');
    expect(await failureOf(rows(pool, 'users'))).toMatchObject({
      code: 'ERR_MILLPOND_UNHASHABLE_ARGUMENT',
      message: expect.stringContaining('Several resources are this one object, and their `identity` differs'),
    });
    await cache.close();
  });

  test('hazard 20: as `this` it says the same', async () => {
    const { cache, getPool } = process(new Map(), ({ host }) => host);
    const find = cache.cacheData(
      async function (this: Pool, id: number) {
        return `${id} by ${this.number}`;
      },
      { name: 'find' },
    );
    const [one, other] = [await getPool('db1'), await getPool('db2')];
    const answer = await find.call(one, 1);
    expect(await find.call(await getPool.refresh('db1'), 1)).toBe(answer);
    expect(await find.call(other, 1)).toBe(`1 by ${other.number}`);
    const anonymous = cache.cacheResource(async () => new Pool('db3'), { name: 'anonymous' });
    expect(await failureOf(find.call(await anonymous(), 1))).toMatchObject({
      message: expect.stringMatching(
        /^find: this is a resource of anonymous,.*; or leave it out of the key, with the option `key`\.$/,
      ),
    });
    await cache.close();
  });

  test('S10: is checked where the resource is wrapped', () => {
    const { cache } = pond();
    for (const identity of ['db1', async () => 'db1']) {
      const wrap = () => cache.cacheResource(async () => ({}), unchecked({ identity }));
      expect(wrap).toThrow(/option `identity` is .*a function that is not asynchronous/);
    }
    expect(() => cache.cacheData(async () => 1, unchecked({ identity: () => 'db1' }))).toThrow('no option `identity`');
  });
});

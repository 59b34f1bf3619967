import { describe, expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond, record, wrapsOf } from '../support/cache.js';
import { failureOf, gate, watch } from '../support/gate.js';

interface Pool {
  readonly id: number;
  healthy: boolean;
}

/** A resource whose releases are told. */
function pools(
  options: { readonly maxEntries?: number; readonly ttl?: string; readonly releaseAfter?: number | string } = {},
) {
  const { cache, clock } = pond();
  const released: [number, string][] = [];
  let built = 0;
  const pool = cache.cacheResource(async (_name?: string): Promise<Pool> => ({ id: ++built, healthy: true }), {
    ...options,
    validate: ({ healthy }) => healthy,
    onRelease: ({ id }, reason) => void released.push([id, reason]),
  });
  return { cache, clock, pool, released };
}

describe('S89: validate', () => {
  test('is not asked by the building call, and once by each later one, with the resource and the arguments', async () => {
    const { cache } = pond();
    const asked: unknown[] = [];
    const pool = cache.cacheResource(async (host: string, port: number) => ({ host, port }), {
      validate: (resource, ...args) => asked.push([resource, ...args]) > 0,
    });
    const first = await pool('db', 1);
    expect(asked).toEqual([]);
    expect([await pool('db', 1), await pool('db', 1)]).toEqual([first, first]);
    expect(asked).toEqual([
      [first, 'db', 1],
      [first, 'db', 1],
    ]);
    expect(pool.peek('db', 1)).toBe(first);
    expect(asked).toHaveLength(2);
  });

  test('that answers false makes a new one, which is not asked about by the call that built it', async () => {
    const { pool } = pools();
    const first = await pool();
    first.healthy = false;
    const second = await pool();
    expect([first.id, second.id]).toEqual([1, 2]);
    expect(await pool()).toBe(second);
  });

  test('is not asked by those who waited for the building', async () => {
    const { cache } = pond();
    let asked = 0;
    const pool = cache.cacheResource(async () => ({}), { validate: () => ++asked > 0 });
    await Promise.all([pool(), pool(), pool()]);
    expect(asked).toBe(0);
  });
});

test('S90: what validate refuses is released once, after the delay', async () => {
  const { pool, released, clock } = pools();
  const first = await pool();
  first.healthy = false;
  expect((await Promise.all([pool(), pool(), pool()])).map(({ id }) => id)).toEqual([2, 2, 2]);
  await clock.advance(9_999);
  expect(released).toEqual([]);
  await clock.advance(1);
  expect(released).toEqual([[1, 'invalid']]);
  await clock.advance(60_000);
  expect(released).toHaveLength(1);
});

test('S90: two callers who find the same resource invalid build one new one, however late their verdicts are', async () => {
  const { cache } = pond();
  const verdicts = [gate<boolean>(), gate<boolean>()];
  const released: number[] = [];
  let asked = 0;
  let built = 0;
  const pool = cache.cacheResource(async () => ({ id: ++built }), {
    validate: ({ id }) => (id === 1 ? (verdicts[asked++]?.passed ?? false) : true),
    onRelease: ({ id }) => void released.push(id),
    releaseAfter: 0,
  });
  await pool();
  const callers = [pool(), pool()];
  await settle();
  verdicts[0]?.open(false);
  expect(await callers[0]).toEqual({ id: 2 });
  verdicts[1]?.open(false);
  expect(await callers[1]).toEqual({ id: 2 });
  await settle();
  expect([built, released]).toEqual([2, [1]]);
});

describe('S91: validate', () => {
  test.each<[string, (error: Error) => boolean | Promise<boolean>]>([
    [
      'throws',
      (error) => {
        throw error;
      },
    ],
    ['rejects', (cause) => Promise.reject(cause)],
  ])('that %s tells its caller, and the resource stays', async (_, fail) => {
    const { cache } = pond();
    const error = new Error('no answer');
    const released: unknown[] = [];
    let failing = false;
    let built = 0;
    const pool = cache.cacheResource(async () => ({ id: ++built }), {
      validate: () => (failing ? fail(error) : true),
      onRelease: (resource) => released.push(resource),
    });
    const first = await pool();
    failing = true;
    expect(await failureOf(pool())).toBe(error);
    failing = false;
    expect(await pool()).toBe(first);
    expect([built, released]).toEqual([1, []]);
  });

  test('that is slow for one key does not hold up another', async () => {
    const { cache } = pond();
    const verdict = gate<boolean>();
    const pool = cache.cacheResource(async (name: string) => ({ name }), {
      validate: ({ name }) => (name === 'slow' ? verdict.passed : true),
    });
    const [slow, quick] = [await pool('slow'), await pool('quick')];
    const waiting = pool('slow');
    const state = watch(waiting);
    expect(await pool('quick')).toBe(quick);
    expect(state.settled).toBe(false);
    verdict.open(true);
    expect(await waiting).toBe(slow);
  });

  test('may clear its own function', async () => {
    const { cache } = pond();
    let built = 0;
    const pool: { (): Promise<{ id: number }>; clear(): Promise<unknown> } = cache.cacheResource(
      async () => ({ id: ++built }),
      {
        validate: async (): Promise<boolean> => {
          await pool.clear();
          return true;
        },
      },
    );
    const first = await pool();
    expect(first.id).toBe(1);
    expect((await pool()).id).toBeLessThanOrEqual(2);
    expect((await pool()).id).not.toBe(1);
  });

  test('that ends after a clear does not bring the resource back', async () => {
    const { cache } = pond();
    const verdict = gate<boolean>();
    const pool = cache.cacheResource(async () => ({}), { validate: () => verdict.passed });
    const first = await pool();
    const waiting = pool();
    await settle();
    await pool.clear();
    verdict.open(true);
    expect(await waiting).not.toBe(first);
    expect(pool.peek()).toBe(await waiting);
  });
});

test('a resource that a cache has is asked for after its failure again', async () => {
  const { cache } = pond();
  let built = 0;
  const pool = cache.cacheResource(async () => {
    built += 1;
    if (built === 1) throw new Error('refused');
    return { built };
  });
  expect(await failureOf(pool())).toMatchObject({ message: 'refused' });
  expect([(await pool()).built, (await pool()).built]).toEqual([2, 2]);
});

test('a resource that reaches its ttl is built anew', async () => {
  const { pool, clock } = pools({ ttl: '1m' });
  expect((await pool()).id).toBe(1);
  await clock.advance(59_999);
  expect((await pool()).id).toBe(1);
  await clock.advance(1);
  expect((await pool()).id).toBe(2);
});

test('a failed refresh leaves the resource in its place, unreleased', async () => {
  const { cache } = pond();
  let failing = false;
  const released: unknown[] = [];
  const pool = cache.cacheResource(
    async () => {
      if (failing) throw new Error('refused');
      return {};
    },
    { onRelease: (resource) => released.push(resource), releaseAfter: 0 },
  );
  const first = await pool();
  failing = true;
  expect(await failureOf(pool.refresh())).toMatchObject({ message: 'refused' });
  await settle();
  expect([await pool(), released]).toEqual([first, []]);
});

test('a closed cache refuses resources and new functions, and data functions compute', async () => {
  const cache = createCache();
  let calls = 0;
  const load = cache.cacheData(async () => ++calls);
  const sync = cache.cacheDataSync(() => ++calls);
  const pool = cache.cacheResource(async () => ({}));
  await Promise.all([load(), pool()]);
  sync();
  const failed = record(cache, 'failed');
  await cache.close();
  expect([await load(), await load(), sync(), sync()]).toEqual([3, 4, 5, 6]);
  const closed = { code: 'ERR_MILLPOND_CLOSED' };
  expect(await failureOf(pool())).toMatchObject(closed);
  for (const wrap of wrapsOf(cache)) {
    expect(() => wrap(() => 1)).toThrow(expect.objectContaining(closed));
  }
  expect(await cache.close()).toEqual({ failures: [] });
  expect(failed).toEqual([]);
});

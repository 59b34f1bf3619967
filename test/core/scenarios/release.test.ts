import { describe, expect, test } from 'vitest';
import { CacheError, createCache, type ResourceOptions } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond, record } from '../support/cache.js';
import { failureOf, gate, watch } from '../support/gate.js';

interface Pool {
  readonly id: number;
}

/** A resource whose releases are told. */
function pools(options: ResourceOptions<[name?: string], Pool> = {}) {
  const { cache, clock } = pond();
  const released: [number, string][] = [];
  let built = 0;
  const pool = cache.cacheResource(async (_name?: string): Promise<Pool> => ({ id: ++built }), {
    onRelease: ({ id }, reason) => void released.push([id, reason]),
    ...options,
  });
  return { cache, clock, pool, released };
}

type Pools = ReturnType<typeof pools>;

const ends: [string, string, ResourceOptions<[name?: string], Pool>, (made: Pools) => Promise<unknown>, boolean][] = [
  ['an eviction', 'evict', { maxEntries: 1 }, ({ pool }) => pool('other'), true],
  ['its expiry', 'expire', { ttl: '1m' }, ({ clock }) => clock.advance(60_000), true],
  ['a refresh', 'replace', {}, ({ pool }) => pool.refresh('one'), true],
  ['a delete', 'delete', {}, ({ pool }) => pool.delete('one'), false],
  ['a clear of the function', 'clear', {}, ({ pool }) => pool.clear(), false],
  ['a clear of the cache', 'clear', {}, ({ cache }) => cache.clear(), false],
];

describe.each(ends)('S92: after %s a resource is released once', (_, reason, options, end, delayed) => {
  test('by default when its users have had their time', async () => {
    const made = pools(options);
    await made.pool('one');
    await end(made);
    if (delayed) {
      await made.clock.advance(9_000);
      expect(made.released).toEqual([]);
    }
    await settle();
    await made.clock.advance(delayed ? 31_000 : 0);
    expect(made.released).toEqual([[1, reason]]);
    await made.clock.advance(600_000);
    await made.cache.close();
    expect(made.released.filter(([id]) => id === 1)).toEqual([[1, reason]]);
  });

  test('with `releaseAfter: 0` without a delay', async () => {
    const made = pools({ ...options, releaseAfter: 0 });
    await made.pool('one');
    await end(made);
    // An expiry without traffic is seen by the sweeper, which may come a little later.
    if (reason === 'expire') await made.clock.advance(60_000);
    await settle();
    expect(made.released).toEqual([[1, reason]]);
  });
});

test('S92: an expired resource that is asked for is built anew, and the old one is released once', async () => {
  const { pool, clock, released } = pools({ ttl: '1m', releaseAfter: 0 });
  await pool();
  await clock.advance(59_999);
  expect(released).toEqual([]);
  await clock.advance(1);
  expect((await pool()).id).toBe(2);
  await settle();
  await clock.advance(0);
  expect(released).toEqual([[1, 'expire']]);
});

test('S92: a refresh that answers with the same object does not release it', async () => {
  const { cache, clock } = pond();
  const one = { name: 'singleton' };
  const released: unknown[] = [];
  const pool = cache.cacheResource(async () => one, { onRelease: (resource) => released.push(resource) });
  await pool();
  expect(await pool.refresh()).toBe(one);
  await clock.advance(600_000);
  expect(released).toEqual([]);
  await pool.clear();
  await settle();
  expect(released).toEqual([one]);
});

test('S92: a resource given away under two keys is released when the last of them ends, and once', async () => {
  const { cache } = pond();
  const one = { name: 'shared' };
  const released: unknown[] = [];
  const pool = cache.cacheResource(async (_name: string) => one, { onRelease: (resource) => released.push(resource) });
  await pool('a');
  await pool('b');
  await pool.delete('a');
  await settle();
  expect(released).toEqual([]);
  await pool.delete('b');
  await settle();
  expect(released).toEqual([one]);
});

test('S92: without `onRelease` a resource is disposed of by its own symbols, the asynchronous one first', async () => {
  const { cache } = pond();
  const told: string[] = [];
  const make = (kind: string) => ({
    ...(kind === 'sync' ? {} : { [Symbol.asyncDispose]: async () => void told.push(`${kind} async`) }),
    ...(kind === 'async' ? {} : { [Symbol.dispose]: () => void told.push(`${kind} sync`) }),
  });
  const pool = cache.cacheResource(async (kind: string) => (kind === 'none' ? {} : make(kind)));
  for (const kind of ['sync', 'async', 'both', 'none']) await pool(kind);
  await pool.clear();
  await settle();
  expect(told.toSorted((one, two) => one.localeCompare(two))).toEqual(['async async', 'both async', 'sync sync']);
});

describe('S93: a release that fails', () => {
  test.each<[string, (error: Error) => unknown]>([
    [
      'throwing',
      (error) => {
        throw error;
      },
    ],
    ['rejecting', (cause) => Promise.reject(cause)],
  ])('(%s) changes nobody’s result, stops no other, and is an event', async (_, fail) => {
    const cause = new Error('socket is gone');
    const { cache, clock } = pond({ logger: { warn: () => {} } });
    const heard = record(cache, 'releaseFailed', 'released');
    const released: number[] = [];
    let built = 0;
    const pool = cache.cacheResource(async (_name: string) => ({ id: ++built }), {
      name: 'pool',
      maxEntries: 2,
      releaseAfter: 0,
      onRelease: ({ id }) => {
        released.push(id);
        return id === 1 ? fail(cause) : undefined;
      },
    });
    for (const name of ['a', 'b', 'c', 'd']) expect(await pool(name)).toEqual({ id: built });
    await clock.advance(0);
    await settle();
    expect(new Set(released)).toEqual(new Set([1, 2]));
    expect(await pool.clear()).toEqual({ store: 'none' });
    await settle();
    expect(new Set(released)).toEqual(new Set([1, 2, 3, 4]));
    expect(heard).toContainEqual(
      expect.objectContaining({
        type: 'releaseFailed',
        fn: 'pool',
        reason: 'evict',
        error: expect.objectContaining({ code: 'ERR_MILLPOND_RELEASE_FAILED', cause }),
      }),
    );
    expect(heard.filter((event) => (event as { type: string }).type === 'released')).toHaveLength(3);
  });

  test('slowly does not hold up the call that caused it', async () => {
    const { pool } = pools({ maxEntries: 1, releaseAfter: 0, onRelease: () => gate().passed });
    await pool('a');
    await pool('b');
    expect(await pool('c')).toEqual({ id: 3 });
    expect(await pool.clear()).toEqual({ store: 'none' });
  });
});

describe('S94: close', () => {
  test('releases every living resource, waits for them, and does not wait for the delay', async () => {
    const door = gate();
    const told: [number, string][] = [];
    const { cache, pool } = pools({
      onRelease: async ({ id }, reason) => {
        await door.passed;
        told.push([id, reason]);
      },
    });
    await Promise.all([pool('a'), pool('b')]);
    await pool.refresh('a');
    const closed = cache.close();
    const state = watch(closed);
    await settle();
    expect(state.settled).toBe(false);
    door.open();
    expect(await closed).toEqual({ failures: [] });
    expect(told.toSorted(([one], [two]) => one - two)).toEqual([
      [1, 'replace'],
      [2, 'close'],
      [3, 'close'],
    ]);
  });

  test('reports failures together, and does not throw them', async () => {
    const cause = new Error('socket is gone');
    const { cache } = pond({ logger: { warn: () => {} } });
    let built = 0;
    const pool = cache.cacheResource(async (_name: string): Promise<Pool> => ({ id: ++built }), {
      onRelease: ({ id }) => {
        if (id !== 2) throw cause;
      },
    });
    for (const name of ['a', 'b', 'c']) await pool(name);
    const { failures } = await cache.close();
    expect(failures).toHaveLength(2);
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(CacheError);
      expect(failure).toMatchObject({ code: 'ERR_MILLPOND_RELEASE_FAILED', cause });
    }
  });

  test('gives up on a release that never ends, and says so', async () => {
    const { clock } = pond();
    const cache = createCache({ clock, closeTimeout: '5s', logger: { warn: () => {} } });
    const pool = cache.cacheResource(async () => ({}), { onRelease: () => gate().passed });
    await pool();
    const closed = cache.close();
    const state = watch(closed);
    await settle();
    await clock.advance(4_999);
    expect(state.settled).toBe(false);
    await clock.advance(1);
    expect((await closed).failures).toMatchObject([{ code: 'ERR_MILLPOND_RELEASE_FAILED' }]);
  });

  test('releases a resource that was still being built, once', async () => {
    const door = gate();
    const { cache } = pond();
    const released: [unknown, string][] = [];
    const built = {};
    const pool = cache.cacheResource(async () => door.passed.then(() => built), {
      onRelease: (resource, reason) => void released.push([resource, reason]),
    });
    const waiting = pool().catch((error: unknown) => error);
    await settle();
    const closed = cache.close();
    door.open();
    await closed;
    expect(released.map(([resource]) => resource)).toEqual([built]);
    const answer = await waiting;
    if (answer !== built) expect(answer).toMatchObject({ code: 'ERR_MILLPOND_CLOSED' });
    await settle();
    expect(released).toHaveLength(1);
  });

  test.each([
    ['a hit', true],
    ['the call that built it', false],
  ])('comes after those to whom a resource is on its way have got it: %s', async (_, warm) => {
    const { cache, pool, released } = pools();
    if (warm) await pool();
    let releasedBefore: number | undefined;
    const got = pool().then(() => (releasedBefore = released.length));
    if (!warm) for (let turn = 0; pool.peek() === undefined && turn < 100; turn += 1) await Promise.resolve();
    const closed = cache.close();
    expect(releasedBefore).toBeUndefined();
    await got;
    await closed;
    expect([releasedBefore, released]).toEqual([0, [[1, 'close']]]);
  });

  test('is what `await using` does, and may be asked for twice', async () => {
    const { cache, pool, released } = pools();
    await pool();
    await cache[Symbol.asyncDispose]();
    expect(await cache.close()).toEqual({ failures: [] });
    expect(released).toEqual([[1, 'close']]);
    expect(await failureOf(pool())).toMatchObject({ code: 'ERR_MILLPOND_CLOSED' });
  });
});

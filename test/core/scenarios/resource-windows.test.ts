import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { record } from '../support/cache.js';
import { failureOf, gate, watch } from '../support/gate.js';
import { pools } from '../support/leased-pools.js';

const WINDOW = { ttl: '10s', staleWhileRevalidate: '1m', releaseAfter: 0 };

describe('staleWhileRevalidate of a resource', () => {
  test('S80: the old one is handed out at once, and the one built behind it afterwards; then the old one is released', async () => {
    const { pool, clock, released, factory } = pools(WINDOW);
    expect((await pool()).id).toBe(1);
    await clock.advance(9_999);
    expect((await pool()).id).toBe(1);
    await clock.advance(1);
    const door = gate();
    factory.waitsFor = door.passed;
    expect((await pool()).id).toBe(1);
    await settle();
    expect([factory.built, released]).toEqual([2, []]);
    door.open();
    await settle();
    expect((await pool()).id).toBe(2);
    await settle();
    expect([factory.built, released]).toEqual([2, [[1, 'replace']]]);
  });

  test('S81: past the window a caller waits for the new one, and hears of its failure', async () => {
    const { pool, clock, released, factory } = pools(WINDOW);
    await pool();
    await clock.advance(70_000);
    const failure = new Error('refused');
    factory.failure = failure;
    expect(await failureOf(pool())).toBe(failure);
    await settle();
    expect(released).toEqual([[1, 'expire']]);
    factory.failure = undefined;
    expect((await pool()).id).toBe(3);
  });

  test('S83: a hundred stale hits build one, and none of them waits', async () => {
    const { pool, clock, factory } = pools(WINDOW);
    await pool();
    await clock.advance(10_000);
    factory.waitsFor = gate().passed;
    for (let hit = 0; hit < 100; hit += 1) expect((await pool()).id).toBe(1);
    expect([factory.built, pool.stats().stale, pool.stats().misses]).toEqual([2, 100, 1]);
  });

  test('S84: a rebuild that fails is told, leaves the old one, and is not tried again before the cooldown is over', async () => {
    const { cache, pool, clock, released, factory } = pools({ ...WINDOW, staleWhileRevalidate: '10m' });
    const heard = record(cache, 'failed');
    await pool();
    await clock.advance(10_000);
    factory.failure = new Error('refused');
    for (const later of [0, 30_000, 29_999]) {
      await clock.advance(later);
      expect((await pool()).id).toBe(1);
      await settle();
      expect(factory.built).toBe(2);
    }
    expect(heard).toMatchObject([{ type: 'failed', fn: 'pool', error: factory.failure }]);
    await clock.advance(1);
    factory.failure = undefined;
    expect((await pool()).id).toBe(1);
    await settle();
    expect((await pool()).id).toBe(3);
    await settle();
    expect(released).toEqual([[1, 'replace']]);
  });

  test('S85: more rebuilds than the limit are left for a later call; with a limit of 0 there are none', async () => {
    const limited = pools(WINDOW, { refreshLimit: 1 });
    for (const name of ['a', 'b']) await limited.pool(name);
    await limited.clock.advance(10_000);
    for (const name of ['a', 'b']) await limited.pool(name);
    await settle();
    expect(limited.factory.built).toBe(3);
    expect((await limited.pool('b')).id).toBe(2);
    await settle();
    expect((await limited.pool('b')).id).toBe(4);

    const never = pools(WINDOW, { refreshLimit: 0 });
    await never.pool();
    await never.clock.advance(10_000);
    expect((await never.pool()).id).toBe(1);
    await settle();
    expect(never.factory.built).toBe(1);
  });

  test.each<[string, string, (made: ReturnType<typeof pools>) => Promise<unknown>]>([
    ['a clear', 'clear', ({ pool }) => pool.clear()],
    ['a delete', 'delete', ({ pool }) => pool.delete('one')],
    ['a clear of the cache', 'clear', ({ cache }) => cache.clear()],
    ['an eviction', 'evict', ({ pool }) => pool('other')],
  ])('S86: after %s during a rebuild its result is released, and the next call builds anew', async (_, reason, end) => {
    const made = pools({ ...WINDOW, maxEntries: 1 });
    const { pool, clock, released, factory } = made;
    await pool('one');
    await clock.advance(10_000);
    const door = gate();
    factory.waitsFor = door.passed;
    await pool('one');
    factory.waitsFor = undefined;
    await end(made);
    const next = pool('one');
    expect((await next).id).toBe(reason === 'evict' ? 4 : 3);
    door.open();
    await settle();
    await settle();
    expect(released).toContainEqual([1, reason]);
    expect(released).toContainEqual([2, 'discard']);
    expect(new Set(released.map(([id]) => id)).size).toBe(released.length);
    expect(pool.peek('one')).toBe(await next);
  });

  test('S86: after a close during a rebuild its result is released before close resolves', async () => {
    const { cache, pool, clock, released, factory } = pools(WINDOW);
    await pool();
    await clock.advance(10_000);
    const door = gate();
    factory.waitsFor = door.passed;
    await pool();
    await settle();
    const closed = cache.close();
    await settle();
    door.open();
    expect(await closed).toEqual({ failures: [] });
    expect(released).toEqual([
      [1, 'close'],
      [2, 'discard'],
    ]);
  });

  test('S88: a rebuild sees nothing of the request that found the old one', async () => {
    const request = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const { cache, clock } = pools();
    const pool = cache.cacheResource(async () => ({ seen: seen.push(request.getStore()) }), WINDOW);
    await request.run('first', () => pool());
    await clock.advance(10_000);
    await request.run('second', () => pool());
    await settle();
    expect(seen).toEqual([undefined, undefined]);
  });

  test('S89: an old one is validated on each use, too, and one that is refused is not handed out', async () => {
    const { pool, clock, factory } = pools({ ...WINDOW, validate: ({ healthy }) => healthy });
    const first = await pool();
    await clock.advance(10_000);
    first.healthy = false;
    expect((await pool()).id).toBe(2);
    expect(factory.built).toBe(2);
  });
});

const KEPT = { ttl: '10s', staleIfError: '1m', releaseAfter: 0 };

describe('staleIfError of a resource', () => {
  test('the old one serves on while building fails, until the window is over', async () => {
    const { cache, pool, clock, released, factory } = pools(KEPT);
    const stale = record(cache, 'stale');
    await pool();
    await clock.advance(10_000);
    const failure = new Error('refused');
    factory.failure = failure;
    expect((await Promise.all([pool(), pool()])).map(({ id }) => id)).toEqual([1, 1]);
    expect(stale).toMatchObject([
      { fn: 'pool', cause: 'error', age: 10_000 },
      { fn: 'pool', cause: 'error', age: 10_000 },
    ]);
    await clock.advance(59_999);
    expect((await pool()).id).toBe(1);
    expect([factory.built, released]).toEqual([3, []]);
    await clock.advance(1);
    expect(await failureOf(pool())).toBe(failure);
    await settle();
    expect(released).toEqual([[1, 'expire']]);
  });

  test('callers wait for the new one, and the old one is released when it is there', async () => {
    const { pool, clock, released, factory } = pools(KEPT);
    await pool();
    await clock.advance(10_000);
    const door = gate();
    factory.waitsFor = door.passed;
    const caller = pool();
    const state = watch(caller);
    await settle();
    expect([state.settled, released]).toEqual([false, []]);
    door.open();
    expect((await caller).id).toBe(2);
    await settle();
    expect(released).toEqual([[1, 'replace']]);
  });

  test('hazard 14: one that was deleted meanwhile, or that validate refuses, does not serve on', async () => {
    const { pool, clock, released, factory } = pools({ ...KEPT, validate: ({ healthy }) => healthy });
    const failure = new Error('refused');
    const first = await pool('sick');
    await pool('deleted');
    await clock.advance(10_000);
    factory.failure = failure;
    first.healthy = false;
    expect(await failureOf(pool('sick'))).toBe(failure);
    const door = gate();
    factory.waitsFor = door.passed;
    const caller = failureOf(pool('deleted'));
    await settle();
    await pool.delete('deleted');
    door.open();
    expect(await caller).toBe(failure);
    await settle();
    expect(released).toEqual([
      [1, 'invalid'],
      [2, 'delete'],
    ]);
  });
});

describe('idleTimeout', () => {
  const IDLE = { idleTimeout: '1m', releaseAfter: 0 };

  test('releases what nobody has asked for, without a call', async () => {
    const { pool, clock, released } = pools(IDLE);
    await pool('idle');
    await pool('busy');
    for (const _ of [1, 2, 3]) {
      await clock.advance(40_000);
      await pool('busy');
    }
    expect(released).toEqual([[1, 'expire']]);
    await clock.advance(61_000);
    expect(released).toEqual([
      [1, 'expire'],
      [2, 'expire'],
    ]);
    expect(pool.stats().entries).toBe(0);
  });

  test('builds anew for a call that comes at that instant; a look does not count as a use', async () => {
    const { pool, clock } = pools(IDLE);
    await pool();
    await clock.advance(59_999);
    expect(pool.peek()).toMatchObject({ id: 1 });
    await clock.advance(1);
    expect(pool.peek()).toBeUndefined();
    expect((await pool()).id).toBe(2);
  });

  test('does not prolong the ttl, nor does the ttl prolong it', async () => {
    const { pool, clock } = pools({ ...IDLE, ttl: '100s' });
    await pool();
    await clock.advance(50_000);
    expect((await pool()).id).toBe(1);
    await clock.advance(50_000);
    expect((await pool()).id).toBe(2);
    await clock.advance(60_000);
    expect((await pool()).id).toBe(3);
  });
});

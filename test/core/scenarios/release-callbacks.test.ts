import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, test } from 'vitest';
import { CacheError } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond, record } from '../support/cache.js';
import { gate } from '../support/gate.js';
import { pools, type Pool } from '../support/leased-pools.js';

test('S93: an onRelease may ask for the resource again, and gets a new one', async () => {
  const { cache } = pond();
  const again: Pool[] = [];
  let built = 0;
  const pool: { (): Promise<Pool>; clear(): Promise<unknown> } = cache.cacheResource(
    async (): Promise<Pool> => ({ id: (built += 1), healthy: true }),
    {
      onRelease: async (_resource, reason) => {
        if (reason !== 'close') again.push(await pool());
      },
    },
  );
  await pool();
  await pool.clear();
  await settle();
  await settle();
  expect(again).toEqual([{ id: 2, healthy: true }]);
  expect(await pool()).toBe(again[0]);
  expect(await cache.close()).toEqual({ failures: [] });
});

test('S93: an onRelease may clear its function and the cache, and invalidate tags', async () => {
  const { cache } = pond();
  let calls = 0;
  const load = cache.cacheData(async () => ({ calls: ++calls }), { tags: ['pool'] });
  const released: string[] = [];
  const pool: { (name: string): Promise<string>; delete(name: string): unknown; clear(): Promise<unknown> } =
    cache.cacheResource(async (name: string) => name, {
      onRelease: async (name, reason) => {
        await pool.clear();
        await cache.invalidateTags('pool');
        await cache.clear();
        released.push(`${name}: ${reason}`);
      },
    });
  await Promise.all([load(), pool('a'), pool('b')]);
  await pool.delete('a');
  for (const _ of [1, 2, 3]) await settle();
  expect(released).toEqual(['a: delete', 'b: clear']);
  expect(await load()).toEqual({ calls: 2 });
  expect(await cache.close()).toEqual({ failures: [] });
});

test('S93: one that asks the closing cache for a resource is refused, which close reports, and no more', async () => {
  const { cache } = pond({ logger: { warn: () => {} } });
  const other = cache.cacheResource(async () => ({}));
  const pool = cache.cacheResource(async () => ({}), { onRelease: () => other() });
  await pool();
  const { failures } = await cache.close();
  expect(failures).toHaveLength(1);
  expect(failures[0]?.cause).toMatchObject({ code: 'ERR_MILLPOND_CLOSED' });
});

test('S93: one that hangs is told as failed after closeTimeout, and holds up nothing', async () => {
  const { cache, pool, clock } = pools({ onRelease: () => gate().passed }, { closeTimeout: '3s' });
  const heard = record(cache, 'releaseFailed', 'released');
  await pool('a');
  await pool.delete('a');
  await clock.advance(2_999);
  expect(heard).toEqual([]);
  await clock.advance(1);
  expect(heard).toMatchObject([{ type: 'releaseFailed', fn: 'pool', reason: 'delete' }]);
  expect((await pool('a')).id).toBe(2);
});

test('S93: one that throws no error is told with what it threw', async () => {
  const { cache, pool } = pools({
    onRelease: () => {
      throw 'gone';
    },
  });
  const heard = record(cache, 'releaseFailed');
  await pool();
  await pool.clear();
  await settle();
  expect(heard).toMatchObject([{ error: expect.any(CacheError), reason: 'clear' }]);
  expect(heard[0]).toHaveProperty(
    'error.message',
    'pool: releasing a resource (clear) failed: "gone". Mend its onRelease.',
  );
});

test('hazard 31: a release sees nothing of the request that caused it', async () => {
  const request = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const { pool, clock } = pools({ maxEntries: 1, onRelease: () => seen.push(request.getStore()) });
  await request.run('first', () => pool('a'));
  await request.run('second', () => pool('b'));
  await clock.advance(10_000);
  await request.run('third', () => pool.delete('b'));
  await settle();
  expect(seen).toEqual([undefined, undefined]);
});

test('S92: an object that is built again after its release has a new life, and is released again', async () => {
  const one = { opened: 0 };
  const { cache } = pond();
  const released: number[] = [];
  const port = cache.cacheResource(
    async () => {
      one.opened += 1;
      return one;
    },
    { onRelease: ({ opened }) => void released.push(opened) },
  );
  for (const _ of [1, 2]) {
    expect(await port()).toBe(one);
    await port.clear();
    await settle();
  }
  expect(released).toEqual([1, 2]);
});

test('a factory that fails is not kept, releases nothing, and is asked again by the next call', async () => {
  const { cache, pool, released, factory } = pools();
  factory.failure = new Error('refused');
  await pool().catch(() => {});
  expect([pool.peek(), pool.stats().entries]).toEqual([undefined, 0]);
  factory.failure = undefined;
  expect((await pool()).id).toBe(2);
  await cache.close();
  expect(released).toEqual([[2, 'close']]);
});

test('S94: a factory that finishes after close has given it up is released all the same, and its caller refused', async () => {
  const { cache, pool, released, factory, clock } = pools({}, { closeTimeout: '5s' });
  const door = gate();
  factory.waitsFor = door.passed;
  const caller = pool().catch((error: unknown) => error);
  await settle();
  const closed = cache.close();
  await clock.advance(5_000);
  await closed;
  expect(released).toEqual([]);
  door.open();
  expect(await caller).toMatchObject({ code: 'ERR_MILLPOND_CLOSED' });
  await settle();
  expect(released).toEqual([[1, 'discard']]);
});

test('S94: close waits for a factory that a clear had overtaken', async () => {
  const { cache, pool, released, factory } = pools();
  const door = gate();
  factory.waitsFor = door.passed;
  const caller = pool().catch((error: unknown) => error);
  await settle();
  await pool.clear();
  const closed = cache.close();
  await settle();
  await settle();
  door.open();
  await closed;
  expect(released).toEqual([[1, 'discard']]);
  expect(await caller).toMatchObject({ code: 'ERR_MILLPOND_CLOSED' });
});

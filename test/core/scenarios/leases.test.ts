import { expect, test } from 'vitest';
import type { ResourceOptions } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { failureOf, watch } from '../support/gate.js';
import { pools, type Pool } from '../support/leased-pools.js';

type Made = ReturnType<typeof pools>;

const ends: [string, string, ResourceOptions<[name?: string], Pool>, (made: Made) => Promise<unknown>][] = [
  ['evicted', 'evict', { maxEntries: 1 }, ({ pool }) => pool('other')],
  ['expired', 'expire', { ttl: '1m' }, ({ clock }) => clock.advance(61_000)],
  ['replaced', 'replace', {}, ({ pool }) => pool.refresh('one')],
  ['deleted', 'delete', {}, ({ pool }) => pool.delete('one')],
  ['cleared', 'clear', {}, ({ pool }) => pool.clear()],
  ['cleared with the cache', 'clear', {}, ({ cache }) => cache.clear()],
];

test.each(ends)('a leased resource that is %s is released once, when its last lease has ended', async (_, ...given) => {
  const [reason, options, end] = given;
  const made = pools(options);
  const { pool, clock, released } = made;
  const leases = [await pool.lease('one'), await pool.lease('one')];
  expect(leases.map(({ resource }) => resource.id)).toEqual([1, 1]);
  await end(made);
  await clock.advance(600_000);
  expect(released).toEqual([]);
  await leases[0]?.[Symbol.asyncDispose]();
  // Ended twice, a lease does not end another's.
  await leases[0]?.[Symbol.asyncDispose]();
  await settle();
  expect(released).toEqual([]);
  await leases[1]?.[Symbol.asyncDispose]();
  await settle();
  expect(released).toEqual([[1, reason]]);
  await clock.advance(600_000);
  expect(released.filter(([id]) => id === 1)).toHaveLength(1);
});

test('hazard 41: a lease that ends early does not shorten the time of those who got the resource by a call', async () => {
  const { pool, clock, released } = pools();
  const lease = await pool.lease();
  await pool.refresh();
  await clock.advance(4_000);
  await lease[Symbol.asyncDispose]();
  await clock.advance(5_999);
  expect(released).toEqual([]);
  await clock.advance(1);
  expect(released).toEqual([[1, 'replace']]);
});

test('`await using` ends a lease; what is in its place lives on', async () => {
  const { cache, pool, released } = pools();
  {
    await using lease = await pool.lease();
    expect(lease.resource).toBe(await pool());
  }
  await settle();
  expect([released, pool.peek()]).toEqual([[], { id: 1, healthy: true }]);
  await cache.close();
  expect(released).toEqual([[1, 'close']]);
});

test('a lease is a use: it is validated, builds what is missing, and is refused when the cache is closed', async () => {
  const { cache, pool, released } = pools({ validate: ({ healthy }) => healthy, releaseAfter: 0 });
  const first = await pool.lease();
  first.resource.healthy = false;
  const second = await pool.lease();
  expect([first.resource.id, second.resource.id]).toEqual([1, 2]);
  await settle();
  expect(released).toEqual([]);
  await first[Symbol.asyncDispose]();
  await settle();
  expect(released).toEqual([[1, 'invalid']]);
  await second[Symbol.asyncDispose]();
  await cache.close();
  expect(await failureOf(pool.lease())).toMatchObject({ code: 'ERR_MILLPOND_CLOSED' });
});

test('a leased resource is not idle, and its idle time counts from the end of the lease', async () => {
  const { pool, clock, released } = pools({ idleTimeout: '1m', releaseAfter: 0 });
  const lease = await pool.lease();
  await clock.advance(600_000);
  expect(pool.peek()).toBe(lease.resource);
  await lease[Symbol.asyncDispose]();
  await clock.advance(59_999);
  expect(released).toEqual([]);
  await clock.advance(2_000);
  expect(released).toEqual([[1, 'expire']]);
});

test('S94: close waits for a lease that ends in time, and has nothing to report', async () => {
  const { cache, pool, released } = pools();
  const lease = await pool.lease();
  const closed = cache.close();
  const state = watch(closed);
  await settle();
  await settle();
  expect([state.settled, released]).toEqual([false, []]);
  await lease[Symbol.asyncDispose]();
  expect(await closed).toEqual({ failures: [] });
  expect(released).toEqual([[1, 'close']]);
});

test('S94: close releases at last what is still leased, and reports it', async () => {
  const { cache, pool, clock, released } = pools({}, { closeTimeout: '5s' });
  const lease = await pool.lease();
  const closed = cache.close();
  await settle();
  await clock.advance(4_999);
  expect(released).toEqual([]);
  await clock.advance(1);
  const { failures } = await closed;
  expect(failures).toMatchObject([{ code: 'ERR_MILLPOND_RELEASE_FAILED' }]);
  expect(failures[0]?.message).toMatch(/^pool: .*still in use when close\(\) had waited for 5000 ms.*End each lease/);
  expect(released).toEqual([[1, 'close']]);
  await lease[Symbol.asyncDispose]();
  await settle();
  expect(released).toHaveLength(1);
});

import { describe, expect, test } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { gate, until } from '../support/gate.js';
import { pools } from '../support/leased-pools.js';

describe('hazard 41: nothing is released under its users', () => {
  test.each<['expire' | 'invalid' | 'replace']>([['expire'], ['invalid'], ['replace']])(
    'build first: after %s the old one is not released before the new one is there, however long that takes',
    async (reason) => {
      // So short that it is the call that finds it expired, and not the sweeper.
      const ttl = reason === 'expire' ? '20ms' : undefined;
      const { pool, clock, released, factory } = pools({ ttl, validate: ({ healthy }) => healthy });
      const old = await pool();
      const door = gate();
      factory.waitsFor = door.passed;
      old.healthy = reason !== 'invalid';
      await clock.advance(20);
      const caller = reason === 'replace' ? pool.refresh() : pool();
      await settle();
      await clock.advance(55_000);
      expect([factory.built, released]).toEqual([2, []]);
      door.open();
      expect((await caller).id).toBe(2);
      await clock.advance(10_000);
      expect(released[0]).toEqual([1, reason]);
    },
  );

  test('close does not wait for the delay', async () => {
    const { cache, pool, released } = pools();
    await pool();
    await pool.refresh();
    await cache.close();
    expect(released).toEqual([
      [2, 'close'],
      [1, 'replace'],
    ]);
  });
});

test('hazard 42: however many verdicts of false come, in whatever order, one is built and one released', async () => {
  const verdicts = Array.from({ length: 5 }, () => gate<boolean>());
  let asked = 0;
  const { pool, released, factory } = pools({
    validate: ({ id }) => (id === 1 ? (verdicts[asked++]?.passed ?? true) : true),
    releaseAfter: 0,
  });
  await pool();
  const callers = verdicts.map(() => pool());
  await settle();
  for (const index of [3, 0, 4, 1]) {
    verdicts[index]?.open(false);
    await settle();
  }
  // The last verdict is about one that has gone.
  verdicts[2]?.open(true);
  expect((await Promise.all(callers)).map(({ id }) => id)).toEqual([2, 2, 2, 2, 2]);
  await settle();
  expect([factory.built, released]).toEqual([2, [[1, 'invalid']]]);
});

test('hazard 57: a discarded resource is released after those who waited for it have resumed', async () => {
  const { pool, released, factory } = pools();
  const door = gate();
  factory.waitsFor = door.passed;
  const releasedWhenResumed: number[] = [];
  const callers = [1, 2, 3].map(async () => {
    await pool();
    await Promise.resolve();
    releasedWhenResumed.push(released.length);
  });
  await settle();
  await pool.clear();
  door.open();
  await Promise.all(callers);
  expect(releasedWhenResumed).toEqual([0, 0, 0]);
  await until(() => released.length > 0);
  expect(released).toEqual([[1, 'discard']]);
});

test('hazard 57: one that is discarded is not released while the lease lasts that waited for it', async () => {
  const { pool, released, factory, clock } = pools();
  const door = gate();
  factory.waitsFor = door.passed;
  const leasing = pool.lease();
  await settle();
  await pool.clear();
  door.open();
  const lease = await leasing;
  await clock.advance(600_000);
  expect(released).toEqual([]);
  await lease[Symbol.asyncDispose]();
  await settle();
  expect(released).toEqual([[1, 'discard']]);
});

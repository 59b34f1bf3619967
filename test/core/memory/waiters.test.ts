import { expect, test } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { gate } from '../support/gate.js';

async function used(): Promise<number> {
  await settle();
  for (let round = 0; round < 3; round += 1) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

test('many may wait for one run: each takes less than 1,000 bytes, and gets a value of their own', async () => {
  const { cache } = pond();
  const door = gate<{ id: number }>();
  const load = cache.cacheData(async (_id: number) => door.passed);
  const calls = Array.from({ length: 1000 }, () => load(1));
  const before = await used();
  for (let waiter = 0; waiter < 10_000; waiter += 1) calls.push(load(1));
  expect(((await used()) - before) / 10_000).toBeLessThan(1000);
  door.open({ id: 1 });
  const values = await Promise.all(calls);
  expect(new Set(values).size).toBe(values.length);
  expect(load.stats()).toMatchObject({ runs: 1, joins: 10_999 });
});

test('of those who wait to the end and those who may leave, none disturbs the others', async () => {
  const { cache } = pond();
  const door = gate<string>();
  const load = cache.cacheData(async (_id: number) => door.passed);
  const leave = new AbortController();
  const first = load.withOptions({ signal: leave.signal })(1);
  const stays = [load(1), load(1)];
  const leaves = load.withOptions({ signal: leave.signal })(1);
  await settle();
  expect(await load.explain(1)).toMatchObject({ run: { waiting: 4 } });
  leave.abort(new Error('gone'));
  await expect(first).rejects.toThrow('gone');
  await expect(leaves).rejects.toThrow('gone');
  const later = load(1);
  door.open('value');
  expect(await Promise.all([...stays, later])).toEqual(['value', 'value', 'value']);
  expect(load.stats().runs).toBe(1);
});

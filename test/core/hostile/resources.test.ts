import { expect, test } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';

test('S92: a resource that two functions answer with is released once, by the one that built it, when both let go', async () => {
  const { cache } = pond();
  const released: string[] = [];
  const pool = cache.cacheResource(async () => ({ open: true }), { onRelease: () => released.push('by pool') });
  const tenant = cache.cacheResource(() => pool(), { onRelease: () => released.push('by tenant') });
  expect(await tenant()).toBe(await pool());
  await pool.clear();
  await settle();
  expect(released).toEqual([]);
  await tenant.clear();
  await settle();
  expect(released).toEqual(['by pool']);
  await cache.close();
  expect(released).toEqual(['by pool']);
});

test('S94: close releases once what two functions hold', async () => {
  const { cache } = pond();
  const released: string[] = [];
  const pool = cache.cacheResource(async () => ({ open: true }), { onRelease: () => released.push('by pool') });
  const tenant = cache.cacheResource(() => pool(), { onRelease: () => released.push('by tenant') });
  await tenant();
  await cache.close();
  expect(released).toEqual(['by pool']);
});

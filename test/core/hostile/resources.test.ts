import { describe, expect, test } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf } from '../support/gate.js';

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

describe('a resource that cacheData returns is refused, with what to return instead', () => {
  class Pool {
    query(): string {
      return 'rows';
    }
  }

  test.each<[string, () => object]>([
    ['an instance', () => new Pool()],
    ['a function', () => () => 'rows'],
  ])('%s, at any depth', async (_, make) => {
    const { cache } = pond();
    const getPool = cache.cacheResource(make, { name: 'getPool' });
    const load = cache.cacheData(async (): Promise<object> => ({ pools: [await getPool()] }), { name: 'load' });
    expect(await failureOf(load())).toMatchObject({
      code: 'ERR_MILLPOND_UNCACHEABLE_VALUE',
      message:
        'load: result.pools[0] is the resource of getPool, which cannot be kept as data. Return what was read with it; ' +
        'whoever needs the thing itself asks getPool for it.',
    });
    expect(getPool.peek()).toBe(await getPool());
  });
});

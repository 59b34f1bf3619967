import { describe, expect, test } from 'vitest';
import { pond } from '../support/cache.js';
import { failureOf } from '../support/gate.js';

describe('S74: a load that would wait for itself is rejected at once', () => {
  const recursive = { code: 'ERR_MILLPOND_RECURSIVE_CALL' };

  test.each([
    ['the first of its ids', 'a'],
    ['another of its ids', 'b'],
  ])('by calling %s', async (_which, id) => {
    const load = pond().cache.cacheBatch(async (ids: readonly string[]): Promise<string[]> => {
      await load(id);
      return [...ids];
    });
    expect(await failureOf(load.many(['a', 'b']))).toMatchObject(recursive);
  });

  test('by calling one of its ids before its first await, and may go on without it', async () => {
    const load = pond().cache.cacheBatch((ids: readonly string[]): Promise<unknown[]> => {
      const inner = failureOf(load('b'));
      return inner.then((error) => ids.map(() => (error as { code: string }).code));
    });
    expect(await load.many(['a', 'b'])).toEqual([recursive.code, recursive.code]);
  });

  test('by refreshing one of its ids', async () => {
    let loads = 0;
    const load = pond().cache.cacheBatch(async (ids: readonly string[]): Promise<string[]> => {
      loads += 1;
      await load.refresh('b');
      return [...ids];
    });
    expect(await failureOf(load.many(['a', 'b']))).toMatchObject(recursive);
    expect(loads).toBe(1);
  });

  test('through another function', async () => {
    const { cacheBatch, cacheData } = pond().cache;
    const outer = cacheBatch(async (ids: readonly string[]): Promise<string[]> => {
      await between(ids.length);
      return [...ids];
    });
    const between = cacheData(async (_count: number): Promise<unknown> => inner('x'));
    const inner = cacheBatch(async (ids: readonly string[]) => {
      await outer('b');
      return [...ids];
    });
    expect(await failureOf(outer.many(['a', 'b']))).toMatchObject(recursive);
  });

  test('and other ids recurse freely', async () => {
    const { cacheBatch } = pond().cache;
    const depth = cacheBatch(async (ids: readonly number[]): Promise<number[]> => {
      const below = await depth.many(ids.filter((id) => id > 0).map((id) => id - 1));
      return ids.map((id) => (id === 0 ? 0 : Math.max(...below) + 1));
    });
    expect(await depth(5)).toBe(5);
  });
});

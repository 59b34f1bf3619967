import { describe, expect, test } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { pond, within } from '../support/cache.js';
import { failureOf, gate } from '../support/gate.js';

describe('hazard 43: close() called from inside does not wait for itself', () => {
  test('in onRelease', async () => {
    const { cache, clock } = pond();
    const pool = cache.cacheResource(async () => ({}), {
      onRelease: async () => void (await cache.close()),
    });
    await pool();
    expect(await within(clock, 1_000, cache.close())).toEqual({ failures: [] });
  });

  test('in onRelease that is not part of a close, which goes on', async () => {
    const { cache, clock } = pond();
    const told: string[] = [];
    const pool = cache.cacheResource(async (name: string) => name, {
      onRelease: async (name) => {
        if (name === 'first') await cache.close();
        told.push(name);
      },
    });
    for (const name of ['first', 'second']) await pool(name);
    await pool.delete('first');
    await settle();
    await within(clock, 1_000, cache.close());
    expect(told).toEqual(['first', 'second']);
  });

  test('in a factory, whose result is released', async () => {
    const { cache, clock } = pond();
    const released: unknown[] = [];
    const pool = cache.cacheResource(
      async () => {
        expect(await cache.close()).toEqual({ failures: [] });
        return 'built';
      },
      { onRelease: (resource) => void released.push(resource) },
    );
    expect(await failureOf(within(clock, 1_000, pool()))).toMatchObject({ code: 'ERR_MILLPOND_CLOSED' });
    await within(clock, 1_000, cache.close());
    expect(released).toEqual(['built']);
  });

  test('in validate', async () => {
    const { cache, clock } = pond();
    const released: unknown[] = [];
    const pool = cache.cacheResource(async () => 'pool', {
      validate: async () => {
        await cache.close();
        return true;
      },
      onRelease: (resource) => void released.push(resource),
    });
    await pool();
    expect(await failureOf(within(clock, 1_000, pool()))).toMatchObject({ code: 'ERR_MILLPOND_CLOSED' });
    expect(released).toEqual(['pool']);
  });

  test('in a function that a factory waits for, and in a validate that it waits for', async () => {
    const { cache, clock } = pond();
    const load = cache.cacheData(async () => {
      await cache.close();
      return 'data';
    });
    const byData = cache.cacheResource(async () => load());
    expect(await failureOf(within(clock, 1_000, byData()))).toMatchObject({ code: 'ERR_MILLPOND_CLOSED' });

    const other = pond();
    const inner = other.cache.cacheResource(async () => ({}), {
      validate: async () => {
        await other.cache.close();
        return true;
      },
    });
    const outer = other.cache.cacheResource(async () => inner());
    await inner();
    expect(await failureOf(within(other.clock, 1_000, outer()))).toMatchObject({ code: 'ERR_MILLPOND_CLOSED' });
  });

  test('nor does the close of another cache, which is waited for', async () => {
    const { cache } = pond();
    const other = pond().cache;
    const door = gate();
    const pool = other.cacheResource(async () => ({}), { onRelease: () => door.passed });
    await pool();
    let closed = false;
    const owner = cache.cacheResource(async () => ({}), {
      onRelease: async () => {
        await other.close();
        closed = true;
      },
    });
    await owner();
    const closing = cache.close();
    await settle();
    await settle();
    expect(closed).toBe(false);
    door.open();
    await closing;
    expect(closed).toBe(true);
  });
});

describe('hazard 43: delete() and clear() called from inside wait for nothing', () => {
  test.each<[string, (pool: { delete(): Promise<unknown>; clear(): Promise<unknown> }) => Promise<unknown>]>([
    ['delete', (pool) => pool.delete()],
    ['clear', (pool) => pool.clear()],
  ])('%s in a factory, in validate and in onRelease', async (_, end) => {
    const { cache, clock } = pond();
    const released: [number, string][] = [];
    let built = 0;
    const pool: { (): Promise<{ id: number }>; delete(): Promise<unknown>; clear(): Promise<unknown> } =
      cache.cacheResource(
        async (): Promise<{ id: number }> => {
          const id = (built += 1);
          if (id === 1) await end(pool);
          return { id };
        },
        {
          validate: async ({ id }): Promise<boolean> => {
            if (id === 2) await end(pool);
            return true;
          },
          onRelease: async ({ id }, reason) => {
            await end(pool);
            released.push([id, reason]);
          },
        },
      );
    // What it has overtaken itself is for its caller, and not kept.
    expect((await within(clock, 1_000, pool())).id).toBe(1);
    expect((await within(clock, 1_000, pool())).id).toBe(2);
    expect((await within(clock, 1_000, pool())).id).toBe(3);
    await within(clock, 1_000, cache.close());
    expect(released.toSorted(([one], [other]) => one - other).map(([id]) => id)).toEqual([1, 2, 3]);
  });
});

describe('a validate that asks for its own resource is told that it would wait for itself', () => {
  test('directly', async () => {
    const { cache } = pond();
    const pool: () => Promise<object> = cache.cacheResource(async () => ({}), {
      validate: async (): Promise<boolean> => Boolean(await pool()),
    });
    await pool();
    expect(await failureOf(pool())).toMatchObject({ code: 'ERR_MILLPOND_RECURSIVE_CALL' });
  });

  test('through another resource, whoever asks first', async () => {
    const { cache, clock } = pond();
    const pool: () => Promise<object> = cache.cacheResource(async () => ({}), {
      validate: async (): Promise<boolean> => Boolean(await tenant()),
    });
    const tenant: () => Promise<object> = cache.cacheResource(async (): Promise<object> => ({ pool: await pool() }));
    await pool();
    const outcomes = await within(clock, 1_000, Promise.allSettled([tenant(), pool()]));
    expect(outcomes).toMatchObject([
      { status: 'rejected', reason: { code: 'ERR_MILLPOND_RECURSIVE_CALL' } },
      { status: 'rejected', reason: { code: 'ERR_MILLPOND_RECURSIVE_CALL' } },
    ]);
  });

  test('but may ask for one of another key', async () => {
    const { cache } = pond();
    const pool: (name: string) => Promise<{ name: string }> = cache.cacheResource(async (name: string) => ({ name }), {
      validate: async ({ name }): Promise<boolean> => name === 'ground' || (await pool('ground')).name === 'ground',
    });
    const first = await pool('top');
    expect(await pool('top')).toBe(first);
  });
});

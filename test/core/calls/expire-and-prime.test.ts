import { describe, expect, test } from 'vitest';
import { createCache, type DataOptions } from '@millpond/core';
import { fakeClock, settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf, unchecked, until } from '../support/gate.js';
import { gatedRuns } from '../support/gated-runs.js';

function numbered(options: DataOptions<[id?: string], number> = {}) {
  const { cache, clock } = pond();
  const state = { calls: 0, failing: false };
  const load = cache.cacheData(async (_id?: string) => {
    state.calls += 1;
    if (state.failing) throw new Error('down');
    return state.calls;
  }, options);
  return { cache, clock, load, state };
}

describe('expire', () => {
  test('makes a value stale, to be served by its windows from now on', async () => {
    const { clock, load, state } = numbered({ ttl: '1h', staleWhileRevalidate: '10s', staleIfError: '1m' });
    await load();
    expect(await load.expire()).toEqual({ store: 'none' });
    expect(await load()).toBe(1);
    await settle();
    expect([await load(), state.calls]).toEqual([2, 2]);
    await load.expire();
    await clock.advance(10_000);
    state.failing = true;
    expect(await load()).toBe(2);
    await clock.advance(50_000);
    expect(await failureOf(load())).toMatchObject({ message: 'down' });
  });

  test('is the same as delete where there is no window', async () => {
    const { load } = numbered();
    await load('a');
    await load('b');
    await load.expire('a');
    expect([load.has('a'), load.has('b')]).toEqual([false, true]);
    expect(load.stats().entries).toBe(1);
    expect(await load('a')).toBe(3);
  });

  test('does not prolong what is stale already', async () => {
    const { clock, load } = numbered({ ttl: '10s', staleWhileRevalidate: '10s' });
    await load();
    await clock.advance(15_000);
    await load.expire();
    await clock.advance(5_000);
    expect(await load()).toBe(2);
  });

  test('outdates a run that is under way: it is not kept, and nobody joins it', async () => {
    const { load, answer } = gatedRuns();
    const before = load('a');
    await settle();
    await load.expire('a');
    const after = load('a');
    await answer(2, 'new');
    await answer(1, 'old');
    expect(await Promise.all([before, after, load('a')])).toEqual(['old', 'new', 'new']);
  });

  test('leaves the old value to a caller whose run fails, though it came in the middle of that run', async () => {
    const { clock, load, answer, doors } = gatedRuns({ ttl: '1m', staleIfError: '1h' });
    const first = load('a');
    await answer(1, 'old');
    await first;
    await clock.advance('2m');
    const waits = load('a');
    await settle();
    await load.expire('a');
    doors[1]?.fail(new Error('down'));
    expect(await waits).toBe('old');
  });

  test('of what was not kept is no complaint; arguments without a key are', async () => {
    const { load } = numbered();
    expect(await load.expire('nobody')).toEqual({ store: 'none' });
    expect(await failureOf(load.expire(unchecked(() => 1)))).toMatchObject({
      code: 'ERR_MILLPOND_UNHASHABLE_ARGUMENT',
    });
  });

  test('holds over a store: another process serves it stale, and refreshes', async () => {
    const clock = fakeClock();
    const data = new Map<string, unknown>();
    const start = (value: string) => {
      const cache = createCache({ name: 'shop', store: data, clock });
      const load = cache.cacheData(async (_id: string) => value, {
        name: 'load',
        version: '1',
        ttl: '1h',
        staleWhileRevalidate: '1h',
      });
      return { cache, load };
    };
    const one = start('one');
    await one.load('a');
    await one.cache.flush();
    expect(await one.load.expire('a')).toEqual({ store: 'acknowledged' });
    const two = start('two');
    expect(await two.load('a')).toBe('one');
    await until(() => two.load.peek('a') === 'two');
    await two.cache.flush();
    expect(await start('three').load('a')).toBe('two');
  });

  test('of a synchronous function serves it only when computing fails', async () => {
    const { cache } = pond();
    let failing = false;
    let calls = 0;
    const load = cache.cacheDataSync(
      () => {
        if (failing) throw new Error('down');
        return (calls += 1);
      },
      { ttl: '1h', staleIfError: '1h' },
    );
    load();
    load.expire();
    failing = true;
    expect(load()).toBe(1);
    failing = false;
    expect(load()).toBe(2);
  });

  test('inside a synchronous function leaves the old value to its caller when it fails, and a delete does not', () => {
    const { cache } = pond();
    let inside = (): void => undefined;
    const load = cache.cacheDataSync(
      () => {
        inside();
        return 1;
      },
      { ttl: '1h', staleIfError: '1h' },
    );
    load();
    load.expire();
    const failAfter = (drop: () => void) => (): void => {
      drop();
      throw new Error('down');
    };
    inside = failAfter(load.expire);
    expect(load()).toBe(1);
    inside = failAfter(load.delete);
    expect(load).toThrow('down');
  });
});

describe('prime', () => {
  test('puts a value without computing it, with its life and its tags', async () => {
    const { cache, clock, load, state } = numbered({ ttl: '10s', tags: (n) => [`n:${n}`] });
    await load.prime(42, 'a');
    expect([await load('a'), load.stats().runs, state.calls]).toEqual([42, 0, 0]);
    await clock.advance(10_000);
    expect(await load('a')).toBe(1);
    await load.prime(43, 'a');
    await cache.invalidateTags('n:43');
    expect(await load('a')).toBe(2);
  });

  test('keeps a copy: what the giver does to it later changes nothing', async () => {
    const { cache } = pond();
    const load = cache.cacheData(async (id: string) => ({ id, tags: ['x'] }));
    const given = { id: 'a', tags: ['given'] };
    const primed = load.prime(given, 'a');
    given.tags.push('changed');
    await primed;
    const [one, other] = [await load('a'), await load('a')];
    expect(one).toEqual({ id: 'a', tags: ['given'] });
    expect(one).not.toBe(other);
  });

  test('replaces what a run that is under way will return', async () => {
    const { load, answer } = gatedRuns();
    const before = load('a');
    await settle();
    await load.prime('primed', 'a');
    await answer(1, 'computed');
    expect(await Promise.all([before, load('a')])).toEqual(['computed', 'primed']);
  });

  test('does not undo an invalidation that comes after it', async () => {
    const { load } = numbered();
    const primed = load.prime(42, 'a');
    await load.delete('a');
    await primed;
    expect(load.has('a')).toBe(false);
  });

  test('reaches the store, and other processes', async () => {
    const clock = fakeClock();
    const data = new Map<string, unknown>();
    const start = () => {
      const cache = createCache({ name: 'shop', store: data, clock });
      return { cache, load: cache.cacheData(async (_id: string) => 'computed', { name: 'load' }) };
    };
    const one = start();
    await one.load.prime('primed', 'a');
    await one.cache.flush();
    expect(await start().load('a')).toBe('primed');
  });

  test('over a store has the tags of what its arguments were at the call', async () => {
    const { cache } = pond({ name: 'shop', store: new Map() });
    const load = cache.cacheData(async ({ id }: { id: number }) => `computed ${id}`, {
      name: 'load',
      tags: (_value, { id }) => [`user:${id}`],
    });
    const query = { id: 1 };
    const primed = load.prime('given', query);
    query.id = 2;
    await primed;
    await cache.invalidateTags('user:1');
    expect(await load({ id: 1 })).toBe('computed 1');
  });

  test('refuses what is no data, and what has no key', async () => {
    const { load } = numbered();
    expect(
      await failureOf(
        load.prime(
          unchecked(() => 1),
          'a',
        ),
      ),
    ).toMatchObject({ code: 'ERR_MILLPOND_UNCACHEABLE_VALUE' });
    expect(
      await failureOf(
        load.prime(
          1,
          unchecked(() => 1),
        ),
      ),
    ).toMatchObject({ code: 'ERR_MILLPOND_UNHASHABLE_ARGUMENT' });
  });

  test('of a synchronous function is there at once', () => {
    const { cache } = pond();
    let calls = 0;
    const load = cache.cacheDataSync((_id: string) => (calls += 1));
    load.prime(42, 'a');
    expect([load('a'), calls]).toEqual([42, 0]);
  });

  test('does nothing in a cache that is switched off', async () => {
    const { cache } = pond({ enabled: false });
    const load = cache.cacheData(async () => 1);
    await load.prime(42);
    expect(await load()).toBe(1);
  });
});

import { describe, expect, test } from 'vitest';
import { createCache, type DataOptions } from '@millpond/core';
import { fakeClock, settle } from '../../support/fake-clock.js';
import { pond, record } from '../support/cache.js';
import { gate, until } from '../support/gate.js';

/** An outer function that is made of an inner one, each answering with the number of its run. */
function nested(inner: DataOptions<[id: string], number> = {}, outer: DataOptions<[id: string], string> = {}) {
  const { cache, clock } = pond();
  const state = { inner: 0, outer: 0 };
  const getInner = cache.cacheData(async (_id: string) => (state.inner += 1), inner);
  const getOuter = cache.cacheData(async (id: string) => {
    state.outer += 1;
    return `outer ${state.outer} of inner ${await getInner(id)}`;
  }, outer);
  return { cache, clock, getInner, getOuter, state };
}

describe('S109: what is made of a cached value', () => {
  test('lives no longer than that', async () => {
    const { clock, getOuter } = nested({ ttl: '1m' }, { ttl: '1h' });
    expect(await getOuter('a')).toBe('outer 1 of inner 1');
    await clock.advance(59_999);
    expect(await getOuter('a')).toBe('outer 1 of inner 1');
    await clock.advance(1);
    expect(await getOuter('a')).toBe('outer 2 of inner 2');
  });

  test('lives as long as the rest of the life of what was a hit', async () => {
    const { clock, getInner, getOuter } = nested({ ttl: '1m' }, { ttl: '1h' });
    await getInner('a');
    await clock.advance(50_000);
    expect(await getOuter('a')).toBe('outer 1 of inner 1');
    await clock.advance(10_000);
    expect(await getOuter('a')).toBe('outer 2 of inner 2');
  });

  test('keeps its own life when that is shorter, and has one where it said nothing', async () => {
    const { clock, getOuter, state } = nested({ ttl: '1h' }, { ttl: '1m' });
    await getOuter('a');
    await clock.advance(60_000);
    expect(await getOuter('a')).toBe('outer 2 of inner 1');
    expect(state).toEqual({ inner: 1, outer: 2 });
    const silent = nested({ ttl: '1m' });
    await silent.getOuter('a');
    await silent.clock.advance(60_000);
    expect(await silent.getOuter('a')).toBe('outer 2 of inner 2');
  });

  test.each([
    ['known before', ['t']],
    ['known from the result', () => ['t']],
  ])('is outdated by its tag, %s', async (_, tags) => {
    const { cache, getOuter } = nested({ tags });
    await getOuter('a');
    await cache.invalidateTags('other');
    expect(await getOuter('a')).toBe('outer 1 of inner 1');
    await cache.invalidateTags('t');
    expect(await getOuter('a')).toBe('outer 2 of inner 2');
  });

  test('is outdated through any number of calls, hits and joins included', async () => {
    const { cache, getInner, getOuter } = nested({ tags: ['t'] });
    let calls = 0;
    const top = cache.cacheData(async () => {
      calls += 1;
      return (await Promise.all([getOuter('a'), getOuter('a'), getInner('a')])).length;
    });
    await getOuter('a');
    await top();
    await cache.invalidateTags('t');
    await top();
    expect(calls).toBe(2);
  });

  test('`inherit: false` stops both', async () => {
    const { cache, clock, getOuter, state } = nested({ ttl: '1m', tags: ['t'] }, { inherit: false });
    await getOuter('a');
    await clock.advance(60_000);
    await cache.invalidateTags('t');
    expect(await getOuter('a')).toBe('outer 1 of inner 1');
    expect(state.outer).toBe(1);
  });

  test('is not outdated by a clear of what it is made of', async () => {
    const { getInner, getOuter } = nested();
    await getOuter('a');
    await getInner.clear();
    expect(await getOuter('a')).toBe('outer 1 of inner 1');
  });

  test('does not take over what others have called meanwhile', async () => {
    const { cache } = pond();
    const door = gate();
    let calls = 0;
    const tagged = cache.cacheData(async () => 1, { tags: ['t'] });
    const load = cache.cacheData(async () => {
      calls += 1;
      await door.passed;
      return calls;
    });
    const answer = load();
    await settle();
    await tagged();
    door.open();
    await answer;
    await cache.invalidateTags('t');
    expect([await load(), calls]).toEqual([1, 1]);
  });

  test('does not take over what its function calls behind its result', async () => {
    const { cache } = pond();
    const door = gate();
    const tagged = cache.cacheData(async () => 1, { tags: ['t'] });
    let behind: Promise<unknown> | undefined;
    let calls = 0;
    const load = cache.cacheData(async () => {
      calls += 1;
      behind = door.passed.then(() => tagged());
      return calls;
    });
    await load();
    door.open();
    await behind;
    await cache.invalidateTags('t');
    expect(await load()).toBe(1);
  });

  test('is outdated by a tag that is invalidated while it is made', async () => {
    const { cache } = pond();
    const door = gate();
    let truth = 'old';
    const inner = cache.cacheData(async () => truth, { tags: ['t'] });
    const outer = cache.cacheData(async () => {
      const value = await inner();
      if (value === 'old') await door.passed;
      return value;
    });
    const before = outer();
    await settle();
    truth = 'new';
    await cache.invalidateTags('t');
    const after = outer();
    door.open();
    expect(await before).toBe('old');
    expect(await after).toBe('new');
    expect(await outer()).toBe('new');
  });

  test('takes over the life of what another cache keeps, and none of its tags', async () => {
    const clock = fakeClock();
    const [one, other] = [createCache({ clock }), createCache({ clock })];
    let calls = 0;
    const inner = one.cacheData(async () => 1, { ttl: '1m', tags: ['t'] });
    const outer = other.cacheData(async () => {
      calls += 1;
      return inner();
    });
    await outer();
    await other.invalidateTags('t');
    await outer();
    expect(calls).toBe(1);
    await clock.advance(60_000);
    await outer();
    expect(calls).toBe(2);
  });

  test('the same for synchronous functions, in each other and in asynchronous ones', async () => {
    const { cache, clock } = pond();
    const runs = { inner: 0, middle: 0, outer: 0 };
    const inner = cache.cacheDataSync(() => (runs.inner += 1), { ttl: '1m', tags: ['t'] });
    const middle = cache.cacheDataSync(() => [inner(), (runs.middle += 1)]);
    const outer = cache.cacheData(async () => [...middle(), (runs.outer += 1)]);
    expect(await outer()).toEqual([1, 1, 1]);
    expect(await outer()).toEqual([1, 1, 1]);
    await cache.invalidateTags('t');
    expect(await outer()).toEqual([2, 2, 2]);
    await clock.advance(60_000);
    expect(await outer()).toEqual([3, 3, 3]);
    expect(runs).toEqual({ inner: 3, middle: 3, outer: 3 });
  });

  test('a synchronous function takes over nothing from an asynchronous run that goes on beside it', async () => {
    const { cache } = pond();
    const tagged = cache.cacheDataSync(() => 1, { tags: ['t'] });
    let calls = 0;
    const load = cache.cacheData(async () => {
      await settle();
      return tagged();
    });
    const sync = cache.cacheDataSync(() => {
      calls += 1;
      void load();
      return calls;
    });
    sync();
    await load();
    await cache.invalidateTags('t');
    expect(sync()).toBe(1);
  });
});

describe('hazard 15: something stale in what is being made', () => {
  function aged(outer: DataOptions<[], string> = {}) {
    const { cache, clock } = pond();
    const door = gate();
    const state = { inner: 0, outer: 0 };
    const getInner = cache.cacheData(
      async () => {
        state.inner += 1;
        if (state.inner > 1) await door.passed;
        return state.inner;
      },
      { ttl: '10s', staleWhileRevalidate: '50s' },
    );
    const getOuter = cache.cacheData(async () => `${(state.outer += 1)} of ${await getInner()}`, outer);
    return { cache, clock, door, getInner, getOuter, state };
  }

  test('makes it stale from the begin, for as long as that may still be served', async () => {
    const { clock, door, getInner, getOuter, state } = aged({ ttl: '1h', staleWhileRevalidate: '1h' });
    await getInner();
    await clock.advance(20_000);
    expect(await getOuter()).toBe('1 of 1');
    // Stale: served, with a refresh behind it that waits for the inner one.
    expect(await getOuter()).toBe('1 of 1');
    await settle();
    expect(state).toEqual({ inner: 2, outer: 2 });
    await clock.advance(40_000);
    const waits = getOuter();
    await settle();
    door.open();
    expect(await waits).toBe('2 of 2');
    expect(await getOuter()).toBe('2 of 2');
  });

  test('keeps it from being kept where nothing stale may be served', async () => {
    const { clock, door, getInner, getOuter, state } = aged({ ttl: '1h' });
    await getInner();
    await clock.advance(20_000);
    expect(await getOuter()).toBe('1 of 1');
    door.open();
    await settle();
    expect(await getOuter()).toBe('2 of 2');
    expect(state.outer).toBe(2);
  });

  test('is not used in a refresh, which waits for the new one', async () => {
    const { clock, door, getInner, getOuter } = aged({ ttl: '15s', staleWhileRevalidate: '1h', inherit: false });
    await getInner();
    await getOuter();
    await clock.advance(20_000);
    expect(await getOuter()).toBe('1 of 1');
    await settle();
    expect(await getOuter()).toBe('1 of 1');
    door.open();
    await until(() => getOuter.peek() === '2 of 2');
  });

  test('is not used in a refresh when it fails either: the refresh fails', async () => {
    const { cache, clock } = pond();
    const failed = record(cache, 'failed');
    let failing = false;
    const getInner = cache.cacheData(
      async () => {
        if (failing) throw new Error('down');
        return 1;
      },
      { ttl: '10s', staleIfError: '1h' },
    );
    const getOuter = cache.cacheData(async () => `of ${await getInner()}`, {
      ttl: '10s',
      staleWhileRevalidate: '1h',
      inherit: false,
    });
    await getOuter();
    await clock.advance(10_000);
    failing = true;
    await getOuter();
    await settle();
    expect(failed.map(({ type, ...event }) => [type, 'fn' in event && event.fn])).toHaveLength(2);
  });
});

describe('over a store', () => {
  test('what is made of a tagged value is outdated by its tag in another process', async () => {
    const clock = fakeClock();
    const data = new Map<string, unknown>();
    const start = () => {
      const cache = createCache({ name: 'shop', store: data, clock });
      const state = { inner: 0, outer: 0 };
      const inner = cache.cacheData(async () => (state.inner += 1), { name: 'inner', tags: () => ['t'] });
      const outer = cache.cacheData(async () => `${(state.outer += 1)} of ${await inner()}`, { name: 'outer' });
      return { cache, inner, outer, state };
    };
    const one = start();
    expect(await one.outer()).toBe('1 of 1');
    await one.cache.flush();
    const two = start();
    expect(await two.outer()).toBe('1 of 1');
    expect(two.state.outer).toBe(0);
    await one.cache.invalidateTags('t');
    await clock.advance(10_000);
    expect(await two.outer()).toBe('1 of 1');
    expect(two.state).toEqual({ inner: 1, outer: 1 });
  });

  test('it lives in the store no longer than what it is made of', async () => {
    const clock = fakeClock();
    const data = new Map<string, unknown>();
    const start = () => {
      const cache = createCache({ name: 'shop', store: data, clock });
      const state = { outer: 0 };
      const inner = cache.cacheData(async () => 1, { name: 'inner', ttl: '1m', jitter: 0 });
      const outer = cache.cacheData(async () => `${(state.outer += 1)} of ${await inner()}`, {
        name: 'outer',
        jitter: 0,
      });
      return { cache, outer, state };
    };
    const one = start();
    await one.outer();
    await one.cache.flush();
    await clock.advance(59_999);
    const two = start();
    await two.outer();
    expect(two.state.outer).toBe(0);
    await clock.advance(1);
    const three = start();
    await three.outer();
    expect(three.state.outer).toBe(1);
  });

  test('it is not stored when its parts have another store, since nobody could outdate it there', async () => {
    const clock = fakeClock();
    const [here, there] = [new Map<string, unknown>(), new Map<string, unknown>()];
    const cache = createCache({ name: 'shop', store: here, clock });
    const inner = cache.cacheData(async () => 'part', { name: 'inner', store: there, tags: ['t'] });
    const outer = cache.cacheData(async () => `needle of ${await inner()}`, { name: 'outer' });
    await outer();
    await cache.flush();
    const texts = [...here.values()].filter((value) => typeof value === 'string' && value.includes('needle'));
    expect(texts).toEqual([]);
    await cache.invalidateTags('t');
    expect(outer.has()).toBe(false);
  });
});

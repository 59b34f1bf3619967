import { describe, expect, test } from 'vitest';
import { createCache, type DataOptions } from '@millpond/core';
import { fakeClock, settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { gate } from '../support/gate.js';

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

  test('hazard 26: `inherit: false` stops both', async () => {
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

import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { createCache, type CacheOptions, type DataOptions } from '@millpond/core';
import { fakeClock, settle } from '../../support/fake-clock.js';
import { pond, record } from '../support/cache.js';
import { failureOf, gate, unchecked, until, type Gate } from '../support/gate.js';
import { storeKinds } from '../support/stores.js';

/** A function that answers with the number of its run, fresh for 10 s and stale for 50 s more. */
function numbered(options: DataOptions<[id?: string], number> = {}, cacheOptions: CacheOptions = {}) {
  const { cache, clock } = pond(cacheOptions);
  const state = { calls: 0, failing: false };
  const load = cache.cacheData(
    async (_id?: string) => {
      state.calls += 1;
      if (state.failing) throw new Error(`run ${state.calls}`);
      return state.calls;
    },
    { ttl: '10s', staleWhileRevalidate: '50s', ...options },
  );
  return { cache, clock, load, state };
}

/** The same, with runs from the second on waiting for the test. */
function gated(options: DataOptions<[id?: string], number> = {}) {
  const { cache, clock } = pond();
  const doors: Gate<void>[] = [];
  let calls = 0;
  const load = cache.cacheData(
    async (_id?: string) => {
      const call = (calls += 1);
      if (call > 1) {
        const door = gate();
        doors.push(door);
        await door.passed;
      }
      return call;
    },
    { ttl: '10s', staleWhileRevalidate: '50s', ...options },
  );
  return { cache, clock, load, doors, calls: () => calls };
}

test('S80: a stale value is served at once, and one refresh replaces it', async () => {
  const { clock, load, state } = numbered();
  expect(await load()).toBe(1);
  await clock.advance(9_990);
  expect(await load()).toBe(1);
  expect(state.calls).toBe(1);
  await clock.advance(10);
  expect(await load()).toBe(1);
  await settle();
  expect(await load()).toBe(2);
  expect(state.calls).toBe(2);
});

test('S81: past the window the caller waits for the new value, or gets the error', async () => {
  const { clock, load, state } = numbered();
  await load();
  await clock.advance(60_000);
  expect(await load()).toBe(2);
  await clock.advance(60_000);
  state.failing = true;
  expect(await failureOf(load())).toMatchObject({ message: 'run 3' });
});

describe('S82: a refresh behind a stale answer works over a store:', () => {
  test.each(storeKinds)('$kind', async ({ open }) => {
    const clock = fakeClock();
    const data = new Map<string, unknown>();
    const start = () => {
      const cache = createCache({ name: 'shop', clock, store: open(data) });
      const load = cache.cacheData(async (version: () => number) => version(), {
        name: 'load',
        ttl: '10s',
        staleWhileRevalidate: '50s',
        jitter: 0,
        key: () => 'one',
      });
      return { cache, load };
    };
    const first = start();
    expect(await first.load(() => 1)).toBe(1);
    await first.cache.flush();
    await clock.advance(20_000);
    const second = start();
    expect(await second.load(() => 2)).toBe(1);
    await until(() => second.load.peek(() => 0) === 2);
    expect(await second.load(() => 3)).toBe(2);
    await second.cache.flush();
    // The refreshed value is what a third process finds.
    expect(await start().load(() => 4)).toBe(2);
  });
});

test('S83: a hundred stale hits start one refresh, and none of them waits', async () => {
  const { clock, load, doors, calls } = gated();
  await load();
  await clock.advance(10_000);
  const answers = await Promise.all(Array.from({ length: 100 }, () => load()));
  expect(new Set(answers)).toEqual(new Set([1]));
  expect(calls()).toBe(2);
  doors[0]?.open();
  await settle();
  expect(await load()).toBe(2);
});

describe('S84: after a refresh that failed', () => {
  test('the stale value is served, and none is tried for a minute', async () => {
    const { cache, clock, load, state } = numbered({ staleWhileRevalidate: '1h' });
    const failed = record(cache, 'failed');
    await load();
    await clock.advance(10_000);
    state.failing = true;
    expect(await load()).toBe(1);
    await settle();
    expect(failed).toMatchObject([{ error: { message: 'run 2' } }]);
    await clock.advance(59_999);
    expect(await load()).toBe(1);
    await settle();
    expect(state.calls).toBe(2);
    await clock.advance(1);
    state.failing = false;
    expect(await load()).toBe(1);
    await settle();
    expect([state.calls, await load()]).toEqual([3, 3]);
  });

  test('none is tried for a minute over a store either, where memory lets go of the value and reads it again', async () => {
    const clock = fakeClock();
    const cache = createCache({ name: 'shop', store: new Map(), clock, memoryTtl: '10s' });
    let calls = 0;
    const load = cache.cacheData(
      async () => {
        calls += 1;
        if (calls > 1) throw new Error('down');
        return calls;
      },
      { name: 'load', ttl: '10s', staleWhileRevalidate: '1h', jitter: 0 },
    );
    await load();
    await cache.flush();
    await clock.advance('10s');
    for (let seconds = 0; seconds < 60; seconds += 15) {
      expect(await load()).toBe(1);
      await settle();
      await clock.advance('15s');
    }
    expect(calls).toBe(2);
    expect(await load()).toBe(1);
    await until(() => calls === 3);
  });

  test('a success in the foreground ends the pause', async () => {
    const { clock, load, state } = numbered({ staleWhileRevalidate: '1h' });
    await load();
    await clock.advance(10_000);
    state.failing = true;
    await load();
    await settle();
    state.failing = false;
    expect(await load.refresh()).toBe(3);
    await clock.advance(10_000);
    expect(await load()).toBe(3);
    await settle();
    expect(await load()).toBe(4);
  });
});

describe('S85: refreshes beyond the limit', () => {
  test('are skipped, not queued, and tried on a later access', async () => {
    const doors: Gate<void>[] = [];
    const { cache, clock } = pond({ refreshLimit: 1 });
    const runs = { a: 0, b: 0 };
    const load = cache.cacheData(
      async (id: 'a' | 'b') => {
        runs[id] += 1;
        if (runs[id] > 1) {
          const door = gate();
          doors.push(door);
          await door.passed;
        }
        return `${id}${runs[id]}`;
      },
      { ttl: '10s', staleWhileRevalidate: '1h' },
    );
    await load('a');
    await load('b');
    await clock.advance(10_000);
    expect([await load('a'), await load('b')]).toEqual(['a1', 'b1']);
    await settle();
    expect(runs).toEqual({ a: 2, b: 1 });
    doors[0]?.open();
    await settle();
    expect(runs).toEqual({ a: 2, b: 1 });
    expect(await load('b')).toBe('b1');
    await settle();
    expect(runs).toEqual({ a: 2, b: 2 });
  });

  test('are all of them when it is 0', async () => {
    const { clock, load, state } = numbered({}, { refreshLimit: 0 });
    await load();
    await clock.advance(10_000);
    expect(await load()).toBe(1);
    await settle();
    expect(state.calls).toBe(1);
  });
});

describe('S86: the result of a refresh is discarded when meanwhile', () => {
  type Made = ReturnType<typeof gated>;
  const ends: [string, (made: Made) => unknown][] = [
    ['the call was deleted', ({ load }) => load.delete()],
    ['the function was cleared', ({ load }) => load.clear()],
    ['the cache was cleared', ({ cache }) => cache.clear()],
    ['its tag was invalidated', ({ cache }) => cache.invalidateTags('t')],
    ['the cache was closed', ({ cache }) => cache.close()],
  ];
  test.each(ends)('%s', async (_, end) => {
    const made = gated({ tags: ['t'] });
    await made.load();
    await made.clock.advance(10_000);
    expect(await made.load()).toBe(1);
    await settle();
    await end(made);
    made.doors[0]?.open();
    await settle();
    expect(made.load.has()).toBe(false);
  });

  test('the stale entry was evicted', async () => {
    const { clock, load, doors } = gated({ maxEntries: 1 });
    await load('a');
    await clock.advance(10_000);
    await load('a');
    await settle();
    const other = load('b');
    await settle();
    doors[1]?.open();
    await other;
    expect(load.has('a')).toBe(false);
    doors[0]?.open();
    await settle();
    expect([load.has('a'), load.has('b')]).toEqual([false, true]);
  });
});

test('S87: a window without a ttl, or without an end, is refused where the function is wrapped', () => {
  const { cache } = pond();
  const wrap = (options: object) => () => cache.cacheData(async () => 1, unchecked(options));
  expect(wrap({ staleWhileRevalidate: '1m' })).toThrow(/staleWhileRevalidate.*ttl/);
  expect(wrap({ ttl: 0, staleWhileRevalidate: '1m' })).toThrow(/ttl/);
  for (const staleWhileRevalidate of [0, -1, Infinity, NaN, '1M']) {
    expect(wrap({ ttl: '1m', staleWhileRevalidate })).toThrow(/staleWhileRevalidate/);
  }
});

test('S88: a refresh does not see the async context of the request that set it off', async () => {
  const user = new AsyncLocalStorage<string>();
  const { cache, clock } = pond();
  const seen: (string | undefined)[] = [];
  const load = cache.cacheData(
    async () => {
      seen.push(user.getStore());
      return seen.length;
    },
    { ttl: '10s', staleWhileRevalidate: '1h' },
  );
  await load();
  await clock.advance(10_000);
  await user.run('Ada', () => load());
  await settle();
  expect(seen).toEqual([undefined, undefined]);
});

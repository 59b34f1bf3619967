import { describe, expect, test } from 'vitest';
import type { DataOptions } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond, record } from '../support/cache.js';
import { gate, until } from '../support/gate.js';

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

  test('is not used in a refresh when it is of a synchronous function, however deep, either', async () => {
    const { cache, clock } = pond();
    let failing = false;
    const getInmost = cache.cacheDataSync(
      () => {
        if (failing) throw new Error('down');
        return 1;
      },
      { ttl: '10s', staleIfError: '1h' },
    );
    const getInner = cache.cacheDataSync(() => getInmost(), { ttl: '10s', staleIfError: '1h', inherit: false });
    const getOuter = cache.cacheData(async () => getInner(), {
      ttl: '10s',
      staleWhileRevalidate: '1h',
      inherit: false,
    });
    await getOuter();
    await clock.advance(10_000);
    failing = true;
    await getOuter();
    await settle();
    expect([getInmost, getInner, getOuter].map((fn) => fn.stats().stale)).toEqual([0, 0, 1]);
    expect([getInmost, getInner, getOuter].map((fn) => fn.stats().errors)).toEqual([1, 1, 1]);
  });
});

import { describe, expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { createPassThroughCache, createTestClock, millpondMatchers } from '@millpond/core/testing';
import { gate } from '../../support/gate.js';

expect.extend(millpondMatchers);

/** The message of an assertion that fails. */
function failureOf(assert: () => void): string {
  try {
    assert();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('the assertion holds');
}

describe('the matchers', () => {
  test('tell calls that hit, that missed and that joined, and the runs behind them', async () => {
    const { cacheData } = createCache();
    const load = cacheData(async (id: string) => id);
    expect(load).toHaveComputed(0);
    await Promise.all([load('a'), load('a'), load('a')]);
    expect(load).toHaveComputedOnce();
    expect(load).toHaveJoined(2);
    await load('a');
    await load('b');
    expect(load).toHaveHit(1);
    expect(load).toHaveMissed(2);
    expect(load).toHaveComputed(2);
    expect(load).not.toHaveComputedOnce();
    expect(load).not.toHaveComputed(1);
    expect(load).not.toHaveHit(2);
    expect(load).not.toHaveMissed(1);
    expect(load).not.toHaveJoined(1);
  });

  test('without a number mean at least once', async () => {
    const { cacheData } = createCache();
    const load = cacheData(async () => 1);
    expect(load).not.toHaveComputed();
    expect(load).not.toHaveHit();
    await load();
    await load();
    await load();
    expect(load).toHaveComputed();
    expect(load).toHaveHit();
    expect(load).not.toHaveJoined();
  });

  test('tell stale answers and failures, and count the refresh behind one as a run', async () => {
    const clock = createTestClock();
    const { cacheData } = createCache({ clock });
    let works = true;
    const load = cacheData(
      async () => {
        if (!works) throw new Error('down');
        return 1;
      },
      { ttl: '1m', staleWhileRevalidate: '1h' },
    );
    await load();
    await clock.advance('2m');
    await load();
    await clock.advance(0);
    expect(load).toHaveServedStale(1);
    expect(load).toHaveComputed(2);
    expect(load).toHaveMissed(1);
    expect(load).not.toHaveFailed();
    works = false;
    await expect(load.refresh()).rejects.toThrow('down');
    expect(load).toHaveFailed(1);
    expect(load).toHaveComputed(3);
  });

  test('count a run from its start', async () => {
    const { cacheData } = createCache();
    const door = gate();
    const load = cacheData(() => door.opened);
    const answer = load();
    expect(load).toHaveComputedOnce();
    door.open();
    await answer;
    expect(load).toHaveComputedOnce();
  });

  test('read synchronous functions, resources, and functions of a cache that passes through', async () => {
    await using cache = createCache();
    const sync = cache.cacheDataSync((n: number) => n);
    const getPool = cache.cacheResource(async () => ({}));
    const load = createPassThroughCache().cacheData(async () => 1);
    sync(1);
    sync(1);
    await getPool();
    await getPool();
    await load();
    await load();
    expect(sync).toHaveComputedOnce();
    expect(getPool).toHaveComputedOnce();
    expect(getPool).toHaveHit(1);
    expect(load).toHaveComputed(2);
  });

  test('say what was expected, what was counted, and everything else that was counted', async () => {
    const { cacheData } = createCache();
    const load = cacheData(async function load(id: string) {
      return id;
    });
    await load('a');
    await load('b');
    await load('b');
    const counted = '\n\n  runs: 2, hits: 1, misses: 2, joins: 0, stale: 0, errors: 0';
    expect([
      failureOf(() => expect(load).toHaveComputedOnce()),
      failureOf(() => expect(load).not.toHaveComputed(2)),
      failureOf(() => expect(load).not.toHaveHit()),
      failureOf(() => expect(load).toHaveJoined()),
      failureOf(() => expect(load).toHaveServedStale(1)),
    ]).toEqual([
      `expected load to have computed once, and it has computed 2 times${counted}`,
      `expected load not to have computed 2 times, and it has computed 2 times${counted}`,
      `expected load not to have hit at all, and it has hit once${counted}`,
      `expected load to have joined, and it has joined 0 times${counted}`,
      `expected load to have served stale once, and it has served stale 0 times${counted}`,
    ]);
  });

  test.each([
    ['a plain function', () => 1],
    ['an object', { stats: () => ({}) }],
    ['what merely has a `stats`', Object.assign(() => 1, { stats: () => ({ runs: 1 }) })],
    ['nothing', undefined],
  ])('refuse %s, also with `.not`', (_, received) => {
    for (const assert of [expect(received), expect(received).not]) {
      expect(() => assert.toHaveComputed(1)).toThrow('is no cached function');
      expect(() => assert.toHaveComputedOnce()).toThrow('toHaveComputedOnce: ');
    }
  });

  test('refuse the plain function that was wrapped', () => {
    const { cacheData } = createCache();
    const load = cacheData(async function plain() {
      return 1;
    });
    expect(() => expect(load.original).toHaveHit()).toThrow(
      'toHaveHit: the function plain is no cached function. Give',
    );
  });

  test.each([-1, 1.5, Number.NaN])('refuse %d as a number of times, also with `.not`', (times) => {
    const load = createCache().cacheData(async () => 1);
    expect(() => expect(load).toHaveHit(times)).toThrow(`toHaveHit: option \`times\` is ${times}`);
    expect(() => expect(load).not.toHaveHit(times)).toThrow(`toHaveHit: option \`times\` is ${times}`);
  });

  test('are plain functions, for a framework of any kind', async () => {
    const load = createCache().cacheData(async () => 1);
    await load();
    expect(millpondMatchers.toHaveComputedOnce(load).pass).toBe(true);
    expect(millpondMatchers.toHaveHit(load).pass).toBe(false);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CacheError, type Cache, type FunctionStats } from '@millpond/core';
import { DurationSketch } from '../../../packages/core/src/observe/duration-sketch.js';
import { fakeClock } from '../../support/fake-clock.js';
import { runs } from '../../support/runs.js';
import { pond, record } from '../support/cache.js';
import { failureOf, gate, unchecked, until } from '../support/gate.js';
import { gatedRuns } from '../support/gated-runs.js';

describe('how long runs take', () => {
  test('is told for half of them and for 95 %, within 5 %, whatever they are and in whatever order they come', () => {
    const durations = fc.array(fc.double({ min: 0.001, max: 86_400_000, noNaN: true }), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(durations, fc.constantFrom(0.01, 0.5, 0.95, 1), (all, share) => {
        const sketch = new DurationSketch();
        for (const duration of all) sketch.add(duration);
        const sorted = all.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(share * all.length)) - 1] ?? Number.NaN;
        const told = sketch.quantile(share) ?? Number.NaN;
        // What counts as a microsecond or less is told as 0.
        expect(Math.abs(told - exact)).toBeLessThanOrEqual(Math.max(0.001, exact * 0.0501));
      }),
      { numRuns: runs(500, 20_000) },
    );
  });

  test('is not known before the first, and counts runs that ended with a value only', async () => {
    const { cache, clock } = pond();
    const load = cache.cacheData(async (ms: number) => {
      await clock.advance(ms);
      if (ms > 1000) throw new Error('too long');
    });
    expect(load.stats().computeMs).toEqual({ p50: undefined, p95: undefined });
    for (let ms = 1; ms <= 100; ms += 1) await load(ms);
    await failureOf(load(100_000));
    const { p50 = 0, p95 = 0 } = load.stats().computeMs;
    expect(Math.abs(p50 - 50)).toBeLessThanOrEqual(2.5);
    expect(Math.abs(p95 - 95)).toBeLessThanOrEqual(4.75);
  });
});

test('the time that was saved is that of each value served again, and of each run that was joined', async () => {
  const { cache, clock } = pond();
  const door = gate();
  const load = cache.cacheData(
    async (ms: number) => {
      await clock.advance(ms);
      if (ms === 7) await door.passed;
      return ms;
    },
    { ttl: '1m', staleWhileRevalidate: '1m' },
  );
  await load(100);
  await load(5);
  expect(load.stats().savedMs).toBe(0);
  for (const ms of [100, 100, 5]) await load(ms);
  expect(load.stats().savedMs).toBe(205);
  const both = [load(7), load(7)];
  await until(() => load.stats().joins === 1);
  await clock.advance(20);
  door.open();
  await Promise.all(both);
  expect(load.stats().savedMs).toBe(232);
  await clock.advance(60_000);
  expect(await load(5)).toBe(5);
  expect(load.stats()).toMatchObject({ stale: 1, savedMs: 237 });
});

test('a stale answer instead of an error has saved nothing', async () => {
  const { cache, clock } = pond();
  let fails = false;
  const options = { ttl: '1m', staleIfError: '1h' } as const;
  const load = cache.cacheData(async () => {
    await clock.advance(10);
    if (fails) throw new Error('down');
  }, options);
  await load();
  fails = true;
  await clock.advance(60_000);
  await load();
  expect(load.stats()).toMatchObject({ stale: 1, errors: 1, misses: 1, savedMs: 0 });
});

test('hits say which tier they came from, and a hit of the store saves what it took in the process that computed', async () => {
  const store = new Map<string, unknown>();
  const clock = fakeClock();
  const boot = (): ((id: string) => Promise<string>) & { stats(): FunctionStats; clear(): unknown } =>
    pond({ name: 'shop', store, clock }).cache.cacheData(
      async (id: string) => {
        await clock.advance(40);
        return id;
      },
      { name: 'load' },
    );
  await boot()('a');
  const load = boot();
  for (let time = 0; time < 3; time += 1) await load('a');
  expect(load.stats()).toMatchObject({ hits: 3, hitsFrom: { memory: 2, store: 1 }, misses: 0, runs: 0, savedMs: 120 });
});

test('removals are counted by their reason', async () => {
  const { cache, clock } = pond();
  const load = cache.cacheData(async (id: string) => id, { maxEntries: 2, ttl: '1m', tags: ['t'] });
  for (const id of ['a', 'b', 'c']) await load(id);
  await load.refresh('c');
  await load.delete('c');
  await load('d');
  await load.clear();
  await load('e');
  await clock.advance(120_000);
  expect(load.stats().removals).toEqual({
    evict: 1,
    expire: 1,
    delete: 1,
    clear: 2,
    replace: 1,
    invalid: 0,
    scope: 0,
    close: 0,
    discard: 0,
  });
});

describe('a run whose result cannot be kept is one run, one miss and one error, and no value that was computed', () => {
  const counted = { runs: 1, misses: 1, errors: 1, hits: 0, joins: 0, stale: 0, entries: 0 };

  test.each<[string, (cache: Cache) => { readonly call: () => unknown; readonly stats: () => FunctionStats }]>([
    [
      'of data',
      ({ cacheData }) => {
        const load = cacheData(async (): Promise<unknown> => () => {});
        return { call: load, stats: load.stats };
      },
    ],
    [
      'of synchronous data',
      ({ cacheDataSync }) => {
        const load = cacheDataSync((): unknown => () => {});
        return { call: load, stats: load.stats };
      },
    ],
    [
      'of a resource',
      ({ cacheResource }) => {
        const load = cacheResource(async (): Promise<unknown> => [1].values());
        return { call: load, stats: load.stats };
      },
    ],
  ])('%s', async (_, wrap) => {
    const { cache } = pond();
    const heard: string[] = [];
    cache.on('failed', ({ type }) => heard.push(type));
    cache.on('computed', ({ type, kept }) => heard.push(`${type} ${kept}`));
    const { call, stats } = wrap(cache);
    expect(await failureOf((async () => call())())).toBeInstanceOf(CacheError);
    expect(stats()).toMatchObject(counted);
    expect(heard).toEqual(['failed']);
    expect(stats().computeMs.p50).toBeUndefined();
  });
});

test('what is primed is no run, and counts as none', async () => {
  const { cache } = pond();
  const heard = record(cache, 'computed', 'failed');
  const options = { tags: (value: number) => (value === 0 ? unchecked('no list') : []) };
  const load = cache.cacheData(async () => 1, options);
  await load.prime(2);
  await failureOf(load.prime(0));
  const loadSync = cache.cacheDataSync(() => 1, options);
  loadSync.prime(2);
  expect(() => loadSync.prime(0)).toThrow(CacheError);
  for (const { stats } of [load, loadSync]) {
    expect(stats()).toMatchObject({ runs: 0, errors: 0, entries: 1, computeMs: { p50: undefined } });
  }
  expect(heard).toEqual([]);
});

test('a call that is left while it stands in line is one miss, and no run that has failed', async () => {
  const { cache, load, answer } = gatedRuns({ maxConcurrent: 1 });
  const heard = record(cache, 'failed', 'abandoned');
  const first = load('a');
  const leaving = new AbortController();
  const left = failureOf(load.withOptions({ signal: leaving.signal })('b'));
  leaving.abort();
  await left;
  await answer(1, 'A');
  await first;
  expect(load.stats()).toMatchObject({ runs: 1, errors: 0, misses: 2 });
  expect(heard).toMatchObject([{ type: 'abandoned', reason: 'deserted' }]);
});

test('the counters of a cache are the sums of those of its functions', async () => {
  const { cache, clock } = pond();
  const load = cache.cacheData(async (id: string) => {
    await clock.advance(10);
    return id;
  });
  const sum = cache.cacheDataSync((a: number, b: number) => a + b);
  const pool = cache.cacheResource(async () => ({}));
  const broken = cache.cacheData(async () => {
    throw new Error('no');
  });
  await load('a');
  await load('a');
  sum(1, 2);
  sum(1, 2);
  await Promise.all([pool(), pool()]);
  await failureOf(broken());
  expect(cache.stats()).toMatchObject({ hits: 2, misses: 4, joins: 1, stale: 0, errors: 1, runs: 4, entries: 3 });
  expect(cache.stats().savedMs).toBe(10);
  expect(cache.stats().functions).toHaveLength(4);
});

import { describe, expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf, unchecked } from '../support/gate.js';

describe('defaults of a cache', () => {
  test('are those of its functions, and what a function says for itself counts more', async () => {
    const { cache, clock } = pond({ ttl: '10s', staleIfError: '1h', errorTtl: '5s' });
    let failing = false;
    const fn = async (): Promise<string> => {
      if (failing) throw new Error('down');
      return 'value';
    };
    const load = cache.cacheData(fn);
    const own = cache.cacheData(fn, { staleIfError: '1s' });
    await Promise.all([load(), own()]);
    await clock.advance(20_000);
    failing = true;
    expect(await load()).toBe('value');
    const error = await failureOf(own());
    expect(await failureOf(own())).toBe(error);
  });

  test('that mean nothing to a function are left out: a window without a ttl, a softTimeout without a window', async () => {
    const { cache } = pond({ staleIfError: '1h', staleWhileRevalidate: '1h', softTimeout: '1s', maxConcurrent: 5 });
    const load = cache.cacheData(async () => 1);
    expect(await load()).toBe(1);
    expect(cache.cacheDataSync(() => 2)()).toBe(2);
    expect(await cache.cacheResource(async () => 3)()).toBe(3);
    const asCaller = createCache({ ttl: '1m', staleWhileRevalidate: '1m' }).cacheData(async () => 4, {
      context: 'caller',
    });
    expect(await asCaller()).toBe(4);
  });

  test('that contradict what a function says for itself are left out there', () => {
    const windows = { ttl: '1m', staleIfError: '1h' };
    const hard = createCache({ ...windows, hardTimeout: '1s' });
    expect(() => hard.cacheData(async () => 1, { softTimeout: '2s' })).not.toThrow();
    const soft = createCache({ ...windows, softTimeout: '2s' });
    expect(() => soft.cacheData(async () => 1, { hardTimeout: '1s' })).not.toThrow();
    expect(() => soft.cacheData(async () => 1, { softTimeout: '2s', hardTimeout: '1s' })).toThrow(/softTimeout/);
    expect(() => soft.cacheData(async () => 1, { hardTimeout: unchecked('1') })).toThrow(/hardTimeout/);
    expect(() => createCache({ softTimeout: '2s', hardTimeout: '1s' })).toThrow(/createCache.*softTimeout/);
  });

  test('are checked where the cache is made', () => {
    for (const options of [
      { staleIfError: 0 },
      { jitter: 2 },
      { maxConcurrent: 0 },
      { errorTtl: {} },
      { softTimeout: '5' },
    ]) {
      expect(() => createCache(unchecked(options))).toThrow(new RegExp(Object.keys(options).join()));
    }
  });
});

describe('jitter', () => {
  const ids = Array.from({ length: 200 }, (_, id) => id);

  /** When each of many values that were kept at once is gone from memory. */
  async function ends(jitter: number | undefined): Promise<readonly number[]> {
    const { cache, clock } = pond();
    const load = cache.cacheData(async (id: number) => id, { ttl: 1000, jitter });
    await Promise.all(ids.map((id) => load(id)));
    const found: number[] = [];
    for (let at = 0; found.length < ids.length; at += 10) {
      const alive = ids.filter((id) => load.has(id)).length;
      while (found.length < ids.length - alive) found.push(at);
      await clock.advance(10);
    }
    return found;
  }

  test('shortens lives by up to its fraction', async () => {
    const found = await ends(0.5);
    expect(Math.min(...found)).toBeGreaterThanOrEqual(500);
    expect(Math.max(...found)).toBeLessThanOrEqual(1000);
    expect(new Set(found).size).toBeGreaterThan(10);
  });

  test('is none in memory unless it is asked for', async () => {
    expect(new Set(await ends(undefined))).toEqual(new Set([1000]));
  });

  test.each([
    [undefined, 900],
    [0, 1000],
    [0.5, 500],
  ])('in a store, given as %j, leaves what is stored at least %i of 1000 ms', async (jitter, least) => {
    const clock = fakeClock();
    const data = new Map<string, unknown>();
    const start = () => {
      const cache = createCache({ clock, name: 'shop', store: data });
      return {
        cache,
        load: cache.cacheData(async (id: number) => id, { name: 'load', version: '1', ttl: 1000, jitter }),
      };
    };
    const hitsAfter = async (ms: number): Promise<number> => {
      await clock.advance(ms);
      // A look, whose misses are not written back.
      const { load } = start();
      await Promise.all(ids.map((id) => load(id)));
      return load.stats().hits;
    };
    const one = start();
    await Promise.all(ids.map((id) => one.load(id)));
    await one.cache.flush();
    const kept = new Map(data);
    expect(await hitsAfter(least - 1)).toBe(ids.length);
    for (const [key, value] of kept) data.set(key, value);
    const late = await hitsAfter(999 - (least - 1));
    if (jitter === 0) expect(late).toBe(ids.length);
    else expect(late).toBeLessThan(ids.length / 2);
  });
});

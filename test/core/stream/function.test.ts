import { describe, expect, test } from 'vitest';
import { cacheStream, createCache, type StreamOptions } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { thrownBy } from '../../support/thrown-by.js';
import { pond } from '../support/cache.js';
import { unchecked } from '../support/gate.js';
import { all, readOut, runOf, tapped } from './support.js';

describe('a cached stream', () => {
  test('has what every cached function has', async () => {
    const { cache } = pond();
    const original = async function* tokens(_prompt: string, _size: number): AsyncGenerator<number> {
      yield 1;
    };
    const tokens = cache.cacheStream(original);
    expect([tokens.name, tokens.length, tokens.original]).toEqual(['tokens', 2, original]);
    expect([tokens.has('p', 1), tokens.peek('p', 1)]).toEqual([false, undefined]);
    await all(tokens('p', 1));
    expect([tokens.has('p', 1), tokens.peek('p', 1)]).toEqual([true, [1]]);
    expect(tokens.keyOf('p', 1)).toBe(cache.cacheData(async (_prompt: string, _size: number) => 1).keyOf('p', 1));
    expect(tokens.stats()).toMatchObject({ name: 'tokens', hits: 0, entries: 1 });
  });

  test('counts its ttl from its last item', async () => {
    const { cache, clock } = pond();
    const { fn, taps } = tapped<number>();
    const rows = cache.cacheStream(fn, { ttl: '1m' });
    const reading = all(rows('k'));
    await clock.advance('10m');
    runOf(taps, 1).end();
    await reading;
    await clock.advance(59_999);
    expect(rows.has('k')).toBe(true);
    await clock.advance(1);
    expect([rows.has('k'), rows.peek('k'), rows.stats().entries]).toEqual([false, undefined, 0]);
  });

  test('takes `ttl`, `tags` and `when` of all items and the arguments', async () => {
    const { cache, clock } = pond();
    const asked: unknown[] = [];
    const rows = cache.cacheStream(
      async function* (count: number) {
        for (let id = 1; id <= count; id += 1) yield { id };
      },
      {
        ttl: (items, count) => {
          asked.push([items, count]);
          items.map((item) => (item.id = -1));
          return items.length * 1000;
        },
        tags: (items) => items.map((_item, index) => `row:${index + 1}`),
        when: (items, count) => items.length === count && count < 3,
      },
    );
    await all(rows(1));
    await all(rows(2));
    await all(rows(3));
    expect(asked[0]).toMatchObject([[{}], 1]);
    expect([rows.has(1), rows.peek(2), rows.has(3)]).toEqual([true, [{ id: 1 }, { id: 2 }], false]);
    await clock.advance(1000);
    expect([rows.has(1), rows.has(2)]).toEqual([false, true]);
    await cache.invalidateTags('row:2');
    expect(rows.has(2)).toBe(false);
  });

  test('breaks at its end when `tags` has no list', async () => {
    const { cache } = pond();
    const rows = cache.cacheStream(
      async function* () {
        yield 1;
      },
      { tags: () => unchecked('row') },
    );
    const { items, error } = await readOut(rows());
    expect(items).toEqual([1]);
    expect(error).toMatchObject({ code: 'ERR_MILLPOND_INVALID_OPTION' });
    expect(rows.stats()).toMatchObject({ errors: 1, entries: 0 });
  });

  test('has the defaults of its cache for `ttl` and `maxEntries`', async () => {
    const { cache, clock } = pond({ ttl: '1m', maxEntries: 1 });
    const rows = cache.cacheStream(async function* (id: number) {
      yield id;
    });
    await all(rows(1));
    await all(rows(2));
    expect([rows.has(1), rows.has(2)]).toEqual([false, true]);
    await clock.advance('1m');
    expect(rows.has(2)).toBe(false);
  });

  test('refresh is a new run when it is read; the old stream stays until it is whole, and if it breaks', async () => {
    const { cache } = pond();
    const { fn, taps } = tapped<string>();
    const tokens = cache.cacheStream(fn);
    const first = all(tokens('k'));
    await settle();
    runOf(taps, 1).give('old');
    runOf(taps, 1).end();
    await first;

    const unread = tokens.refresh('k');
    await settle();
    expect(taps).toHaveLength(1);
    const broken = readOut(unread);
    await settle();
    runOf(taps, 2).give('half');
    await settle();
    expect(await all(tokens('k'))).toEqual(['old']);
    const lost = new Error('lost');
    runOf(taps, 2).fail(lost);
    expect(await broken).toEqual({ items: ['half'], error: lost });
    expect(tokens.peek('k')).toEqual(['old']);

    const whole = all(tokens.refresh('k'));
    await settle();
    runOf(taps, 3).give('new');
    runOf(taps, 3).end();
    expect(await whole).toEqual(['new']);
    expect(await all(tokens('k'))).toEqual(['new']);
  });

  test('hazard 16: an older run does not replace what a newer one has kept', async () => {
    const { cache } = pond();
    const { fn, taps } = tapped<string>();
    const tokens = cache.cacheStream(fn);
    const older = all(tokens('k'));
    await settle();
    const newer = all(tokens.refresh('k'));
    await settle();
    runOf(taps, 2).give('newer');
    runOf(taps, 2).end();
    await newer;
    runOf(taps, 1).give('older');
    runOf(taps, 1).end();
    expect(await older).toEqual(['older']);
    expect(tokens.peek('k')).toEqual(['newer']);
  });

  test('of the default cache works', async () => {
    const rows = cacheStream(async function* (id: number) {
      yield id;
    });
    expect([await all(rows(1)), await all(rows(1)), rows.stats().runs]).toEqual([[1], [1], 1]);
  });
});

describe('S10: wrong use is told where the function is wrapped', () => {
  const wrap = (fn: unknown, options?: unknown): unknown =>
    thrownBy(() => createCache().cacheStream(unchecked(fn), unchecked(options)));

  async function* tokens(): AsyncGenerator<string> {}

  test.each<[string, object]>([
    ['option `ttl` is 0', { ttl: 0 }],
    ['there is no option `staleWhileRevalidate`', { ttl: '1m', staleWhileRevalidate: '1m' }],
    ['there is no option `version`', { version: '1' }],
    ['option `maxValueBytes` is 0.5', { maxValueBytes: 0.5 }],
    ['option `when` is the function when', { when: async () => true }],
    ['option `copy`', { copy: 'deep' }],
    ['option `store` is for data. Streams are kept in memory', { store: new Map() }],
    ['option `persist` is for data. Streams are kept in memory', { persist: 'disk' }],
  ])('%s', (message, options) => {
    const error = wrap(tokens, options);
    expect(error).toMatchObject({ code: 'ERR_MILLPOND_INVALID_OPTION' });
    expect(String(error)).toContain(`cacheStream(tokens): ${message}`);
  });

  test('what is no function, and a class', () => {
    expect(String(wrap(tokens()))).toContain('cacheStream: the first argument is not a function');
    expect(String(wrap(class Rows {}))).toContain('a class cannot be called');
  });

  test('a cache with a store keeps its streams in memory', async () => {
    const store = new Map();
    const cache = createCache({ name: 'shop', store });
    const rows = cache.cacheStream(tokens);
    await all(rows());
    await cache.flush();
    expect([rows.has(), store.size]).toEqual([true, 0]);
    // Two of one name are isolated, as everything in memory is.
    expect(cache.cacheStream(tokens).has()).toBe(false);
    const options: StreamOptions<[], string> = { name: 'tokens' };
    expect(cache.cacheStream(tokens, options).stats().name).toBe('tokens#3');
    await cache.close();
  });
});

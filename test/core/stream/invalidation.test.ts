import { describe, expect, test } from 'vitest';
import type { Cache, CachedStream, StreamOptions } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond, record } from '../support/cache.js';
import { all, runOf, take, tapped, type Tap } from './support.js';

interface Invalidated {
  readonly cache: Cache;
  readonly rows: CachedStream<[key: string], string>;
  readonly taps: readonly Tap<string>[];
  /** Two readers of one run, of which one has read an item. */
  readonly readers: readonly [AsyncIterable<string>, AsyncIterable<string>];
}

async function underWay(options: StreamOptions<[key: string], string>): Promise<Invalidated> {
  const { cache } = pond();
  const { fn, taps } = tapped<string>();
  const rows = cache.cacheStream(fn, options);
  const first = rows('k');
  const begun = take(first, 1);
  await settle();
  runOf(taps, 1).give('old 1');
  await begun;
  const second = rows('k');
  await take(second, 1);
  return { cache, rows, taps, readers: [first, second] };
}

const tags = ['rows'];
const lateTags = (): string[] => tags;

describe('S67, S68, S70, S110: while a stream runs', () => {
  test.each<[string, StreamOptions<[key: string], string>, (world: Invalidated) => Promise<unknown>]>([
    ['delete', {}, ({ rows }) => rows.delete('k')],
    ['clear', {}, ({ rows }) => rows.clear()],
    ['clear of the cache', {}, ({ cache }) => cache.clear()],
    ['invalidateTags', { tags }, ({ cache }) => cache.invalidateTags('rows')],
    [
      'invalidateTags of a tag that is known at its end',
      { tags: lateTags },
      ({ cache }) => cache.invalidateTags('rows'),
    ],
  ])('%s: readers read on, it is not kept, later callers do not join', async (_, options, invalidate) => {
    const world = await underWay(options);
    const { rows, taps, readers } = world;
    const computed = record(world.cache, 'computed');
    await invalidate(world);
    const later = all(rows('k'));
    await settle();
    expect(taps).toHaveLength(2);
    runOf(taps, 2).give('new');
    runOf(taps, 2).end();
    expect(await later).toEqual(['new']);
    runOf(taps, 1).give('old 2');
    runOf(taps, 1).end();
    expect(await Promise.all(readers.map(all))).toEqual([['old 2'], ['old 2']]);
    expect(rows.peek('k')).toEqual(['new']);
    expect(computed).toMatchObject([{ kept: true }, { kept: false }]);
    expect(rows.stats()).toMatchObject({ runs: 2, joins: 1 });
  });

  test('a delete of another call, or of another tag, concerns it not', async () => {
    const { cache, rows, taps, readers } = await underWay({ tags });
    await rows.delete('other');
    await cache.invalidateTags('others');
    const later = all(rows('k'));
    runOf(taps, 1).end();
    await Promise.all(readers.map(all));
    expect(await later).toEqual(['old 1']);
    expect([taps.length, rows.has('k')]).toEqual([1, true]);
  });

  test('hazard 13: one whose tags are not known yet is not joined after any invalidation, but may be kept', async () => {
    const { cache, rows, taps, readers } = await underWay({ tags: lateTags });
    await cache.invalidateTags('others');
    const later = rows('k');
    void later.next();
    await settle();
    expect(taps).toHaveLength(2);
    await later.return();
    runOf(taps, 1).end();
    await Promise.all(readers.map(all));
    expect(rows.peek('k')).toEqual(['old 1']);
  });

  test('an invalidation by its own function, or by what is asked about its items, holds', async () => {
    const { cache } = pond();
    const inside = cache.cacheStream(async function* () {
      yield 1;
      await inside.clear();
      yield 2;
    });
    expect(await all(inside())).toEqual([1, 2]);
    expect(inside.has()).toBe(false);
    const drops = [() => asked.delete(0), () => cache.invalidateTags('rows')];
    const asked: CachedStream<[number], number> = cache.cacheStream(
      async function* (drop: number) {
        yield drop;
      },
      {
        tags,
        when: (_items, drop) => {
          void drops[drop]?.();
          return true;
        },
      },
    );
    for (const drop of [0, 1, 2]) {
      expect(await all(asked(drop))).toEqual([drop]);
      expect(asked.has(drop)).toBe(drop === 2);
    }
  });

  test('so does one by whoever hears what the stream has pushed out', async () => {
    const { cache } = pond();
    const rows = cache.cacheStream(
      async function* (id: number) {
        yield id;
      },
      { maxEntries: 1 },
    );
    cache.on('removed', ({ reason }) => {
      if (reason === 'evict') void rows.delete(2);
    });
    await all(rows(1));
    await all(rows(2));
    expect([rows.has(1), rows.has(2), rows.stats().entries]).toEqual([false, false, 0]);
  });

  test('what is not to be kept any more is not held for anybody', async () => {
    const { rows, taps, readers } = await underWay({});
    await rows.delete('k');
    const both = readers.map(all);
    runOf(taps, 1).give('old 2');
    runOf(taps, 1).end();
    expect(await Promise.all(both)).toEqual([['old 2'], ['old 2']]);
    expect(rows.stats()).toMatchObject({ entries: 0, bytes: 0 });
  });
});

describe('a kept stream', () => {
  test('is dropped by delete, clear and its tags, and is read to its end by whoever has begun', async () => {
    const { cache } = pond();
    const removed = record(cache, 'removed');
    let runs = 0;
    const rows = cache.cacheStream(
      async function* () {
        runs += 1;
        yield* [runs, runs];
      },
      { tags },
    );
    const drops = [() => rows.delete(), () => rows.clear(), () => cache.clear(), () => cache.invalidateTags('rows')];
    for (const [index, drop] of drops.entries()) {
      await all(rows());
      const reader = rows();
      await take(reader, 1);
      expect(await drop()).toEqual({ store: 'none' });
      expect(rows.has()).toBe(false);
      expect(await all(reader)).toEqual([index + 1]);
    }
    await all(rows());
    expect(runs).toBe(5);
    expect(removed).toMatchObject([
      { reason: 'delete' },
      { reason: 'clear' },
      { reason: 'clear' },
      { reason: 'delete' },
    ]);
  });

  test('is looked up when its reader begins, not when it was called', async () => {
    const { cache } = pond();
    let runs = 0;
    const rows = cache.cacheStream(async function* () {
      yield (runs += 1);
    });
    await all(rows());
    const called = rows();
    await rows.delete();
    expect(await all(called)).toEqual([2]);
  });
});

import { describe, expect, test } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { pond, record } from '../support/cache.js';
import { failureOf, until } from '../support/gate.js';
import { all, readOut, runOf, take, tapped } from './support.js';

/** Collects garbage until something holds; the test fails when it never does. */
async function collected(holds: () => boolean): Promise<void> {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error('run with --expose-gc');
  await until(() => {
    gc();
    return holds();
  });
}

const KILOBYTE = 'x'.repeat(1024);

describe('a stream that outgrows `maxValueBytes`', () => {
  test('goes on for those who read it, is not joined and not kept, and an event tells', async () => {
    const { cache } = pond();
    const events = record(cache, 'notKept', 'computed');
    const { fn, taps } = tapped<string>();
    const rows = cache.cacheStream(fn, { maxValueBytes: 4096, name: 'rows' });
    const readers = [all(rows('k')), all(rows('k'))];
    await settle();
    for (let row = 0; row < 10; row += 1) runOf(taps, 1).give(KILOBYTE);
    await until(() => events.length > 0);
    expect(events).toMatchObject([{ type: 'notKept', fn: 'rows', key: rows.keyOf('k') }]);
    expect(events[0] !== undefined && 'bytes' in events[0] && events[0].bytes > 4096).toBe(true);

    const other = all(rows('k'));
    await settle();
    runOf(taps, 2).end();
    expect(await other).toEqual([]);
    runOf(taps, 1).give('last');
    runOf(taps, 1).end();
    const [one, two] = await Promise.all(readers);
    expect([one?.length, two?.length, one?.at(-1)]).toEqual([11, 11, 'last']);
    expect(events.filter(({ type }) => type === 'computed')).toMatchObject([{ kept: true }, { kept: false }]);
    expect(rows.peek('k')).toEqual([]);
  });

  test('holds of what has been read nothing', async () => {
    const { cache } = pond();
    const items: WeakRef<object>[] = [];
    const rows = cache.cacheStream(
      async function* () {
        for (;;) {
          const item = { text: KILOBYTE.repeat(2) };
          items.push(new WeakRef(item));
          yield item;
        }
      },
      { maxValueBytes: 2048, copy: 'share' },
    );
    const readers = [rows(), rows()];
    for (let item = 0; item < 100; item += 1) await Promise.all(readers.map((reader) => take(reader, 1)));
    // The last one each of them has read may be held.
    await collected(() => items.slice(0, 99).every((item) => item.deref() === undefined));
    expect(items).toHaveLength(100);
    await Promise.all(readers.map((reader) => reader.return()));
  });

  test('lets go a reader who lags further behind, whom the others do not wait for', async () => {
    const { cache } = pond();
    let made = 0;
    const rows = cache.cacheStream(
      async function* rows() {
        for (;;) yield `${(made += 1)} ${KILOBYTE}`;
      },
      { maxValueBytes: 10_000 },
    );
    const [slow, fast, near] = [rows(), rows(), rows()];
    await take(slow, 2);
    await take(near, 2);
    await take(fast, 10);
    expect((await take(slow, 1))[0]).toMatch(/^3 /);
    await take(near, 6);
    await take(fast, 4);
    const error = await failureOf(slow.next());
    expect(error).toMatchObject({ code: 'ERR_MILLPOND_VALUE_TOO_LARGE' });
    expect(String(error)).toContain('rows: this reader was more than 10000 bytes behind others');
    expect(await slow.next()).toEqual({ done: true, value: undefined });
    expect((await take(near, 1))[0]).toMatch(/^9 /);
    expect((await take(fast, 1))[0]).toMatch(/^15 /);
    expect(rows.stats().joins).toBe(2);
  });

  test('gives everybody the newest item, however large it is', async () => {
    const { cache } = pond();
    const rows = cache.cacheStream(
      async function* () {
        yield 'small';
        yield KILOBYTE.repeat(10);
        yield 'end';
      },
      { maxValueBytes: 1024 },
    );
    const [fast, slow] = [rows(), rows()];
    await take(slow, 1);
    expect(await take(fast, 2)).toHaveLength(2);
    expect(await all(slow)).toEqual([KILOBYTE.repeat(10), 'end']);
  });

  test('is bounded by `maxBytes` of the function and of the cache too', async () => {
    for (const [ofCache, ofFunction] of [
      [{ maxBytes: 4096 }, {}],
      [{}, { maxBytes: 4096 }],
    ]) {
      const { cache } = pond(ofCache);
      const events = record(cache, 'notKept');
      const rows = cache.cacheStream(async function* () {
        for (let row = 0; row < 10; row += 1) yield KILOBYTE;
      }, ofFunction);
      expect(await all(rows())).toHaveLength(10);
      expect([events.length, rows.has()]).toEqual([1, false]);
    }
  });
});

describe('what is kept', () => {
  test('counts against the budget of the cache, and is evicted', async () => {
    const { cache } = pond({ maxBytes: 20_000 });
    const removed = record(cache, 'removed');
    const rows = cache.cacheStream(async function* (_id: number) {
      for (let row = 0; row < 5; row += 1) yield KILOBYTE;
    });
    for (let id = 0; id < 10; id += 1) await all(rows(id));
    expect(cache.stats().bytes).toBeLessThanOrEqual(20_000);
    expect(cache.stats().bytes).toBeGreaterThan(10_000);
    expect(removed.length).toBe(10 - rows.stats().entries);
    expect(removed.every((event) => 'reason' in event && event.reason === 'evict')).toBe(true);
  });

  test('is read to its end by whoever has begun, though it is evicted meanwhile', async () => {
    const { cache } = pond();
    const rows = cache.cacheStream(
      async function* (id: number) {
        yield* [id, id, id];
      },
      { maxEntries: 1 },
    );
    await all(rows(1));
    const reader = rows(1);
    await take(reader, 1);
    await all(rows(2));
    expect(rows.has(1)).toBe(false);
    expect(await all(reader)).toEqual([1, 1]);
    expect(rows.stats().runs).toBe(2);
  });
});

describe('S76: nothing is left behind', () => {
  test('by an iterator that was dropped half read, without `return()`: the run is stopped', async () => {
    const { cache } = pond();
    const { fn, taps } = tapped<number>();
    const rows = cache.cacheStream(fn);
    const dropHalfRead = async (): Promise<void> => {
      const reader = rows('k');
      const begun = take(reader, 1);
      await settle();
      runOf(taps, 1).give(1);
      await begun;
    };
    await dropHalfRead();
    expect(runOf(taps, 1).isClosed).toBe(false);
    await collected(() => runOf(taps, 1).isClosed);
    expect(runOf(taps, 1).signal?.aborted).toBe(true);
  });

  test('but who waits for an item is no dropped iterator', async () => {
    const { cache } = pond();
    const { fn, taps } = tapped<number>();
    const rows = cache.cacheStream(fn);
    const next = rows('k').next();
    await settle();
    const { gc } = globalThis as { gc?: () => void };
    for (let turn = 0; turn < 10; turn += 1) {
      gc?.();
      await settle();
    }
    expect(runOf(taps, 1).signal?.aborted).toBe(false);
    runOf(taps, 1).give(1);
    expect(await next).toEqual({ done: false, value: 1 });
    await collected(() => runOf(taps, 1).isClosed);
  });

  test('by runs that ended, broke or were left, and by readers who have read', async () => {
    const { cache } = pond();
    const refs: WeakRef<object>[] = [];
    const rows = cache.cacheStream(
      async function* (how: string) {
        const item = {};
        refs.push(new WeakRef(item));
        yield item;
        if (how === 'breaks') throw new Error(how);
        yield 1;
      },
      { copy: 'share' },
    );
    const left = rows('left');
    const readers = [rows('ends'), rows('breaks'), left];
    await Promise.all(readers.slice(0, 2).map(readOut));
    await left.next();
    await left.return();
    expect(rows.stats()).toMatchObject({ runs: 3, entries: 1 });
    await rows.clear();
    await collected(() => refs.every((ref) => ref.deref() === undefined));
    expect(readers).toHaveLength(3);
  });
});

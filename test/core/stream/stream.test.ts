import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { CacheError, cacheStream, createCache, defineHasher, type StreamOptions } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { thrownBy } from '../../support/thrown-by.js';
import { pond, record } from '../support/cache.js';
import { failureOf, unchecked } from '../support/gate.js';
import { all, readOut, runOf, take, tapped } from './support.js';

describe('a stream', () => {
  test('is computed once, kept when it is complete, and replayed', async () => {
    const { cache } = pond();
    let runs = 0;
    const tokens = cache.cacheStream(async function* (prompt: string) {
      runs += 1;
      for (const word of prompt.split(' ')) yield word;
    });
    expect(await all(tokens('one two three'))).toEqual(['one', 'two', 'three']);
    expect(await all(tokens('one two three'))).toEqual(['one', 'two', 'three']);
    expect(await all(tokens('four'))).toEqual(['four']);
    expect(runs).toBe(2);
    expect(tokens.stats()).toMatchObject({ hits: 1, misses: 2, joins: 0, runs: 2, entries: 2 });
    expect(cache.stats()).toMatchObject({ entries: 2, bytes: tokens.stats().bytes });
  });

  test('that is empty, or holds undefined and null, is kept like any other', async () => {
    const { cache } = pond();
    const none = cache.cacheStream(async function* (): AsyncGenerator<number> {});
    const odd = cache.cacheStream(async function* () {
      yield* [undefined, null, 0, ''];
    });
    for (let call = 0; call < 2; call += 1) {
      expect(await all(none())).toEqual([]);
      expect(await all(odd())).toEqual([undefined, null, 0, '']);
    }
    expect([none.stats().runs, odd.stats().runs]).toEqual([1, 1]);
  });

  test('gives a late caller what has come, and then what comes', async () => {
    const { cache } = pond();
    const { fn, taps } = tapped<string>();
    const tokens = cache.cacheStream(fn);
    const first = tokens('k');
    const begun = take(first, 2);
    await settle();
    runOf(taps, 1).give('a', 'b');
    expect(await begun).toEqual(['a', 'b']);

    const late = tokens('k');
    expect(await take(late, 2)).toEqual(['a', 'b']);
    const both = [all(first), all(late)];
    await settle();
    runOf(taps, 1).give('c');
    runOf(taps, 1).end();
    expect(await Promise.all(both)).toEqual([['c'], ['c']]);
    expect(taps).toHaveLength(1);
    expect(tokens.stats()).toMatchObject({ misses: 1, joins: 1, runs: 1, entries: 1 });
  });

  test('that breaks gives everybody what had come and the same error, and is not kept', async () => {
    const { cache } = pond();
    const failed = record(cache, 'failed');
    const { fn, taps } = tapped<number>();
    const rows = cache.cacheStream(fn);
    const broken = new Error('connection lost');
    const early = rows('k');
    const readers = [readOut(early)];
    await settle();
    runOf(taps, 1).give(1, 2);
    await settle();
    const slow = rows('k');
    expect(await take(slow, 1)).toEqual([1]);
    runOf(taps, 1).fail(broken);
    readers.push(readOut(slow));
    const [first, second] = await Promise.all(readers);
    expect(first).toEqual({ items: [1, 2], error: broken });
    expect(second).toEqual({ items: [2], error: broken });
    expect([first?.error, second?.error].every((error) => error === broken)).toBe(true);
    expect(failed).toMatchObject([{ error: broken }]);
    expect(await early.next()).toEqual({ done: true, value: undefined });

    const again = all(rows('k'));
    await settle();
    runOf(taps, 2).end();
    expect(await again).toEqual([]);
    expect(rows.stats()).toMatchObject({ errors: 1, runs: 2, entries: 1 });
  });

  test('gives every reader copies of their own, live and replayed', async () => {
    const { cache } = pond();
    const mine = { seen: ['nobody'] };
    const rows = cache.cacheStream(async function* () {
      yield mine;
    });
    const readers = await Promise.all([all(rows()), all(rows())]);
    for (const [row] of readers) row?.seen.push('spoiled');
    mine.seen.push('changed by the function');
    expect(await all(rows())).toEqual([{ seen: ['nobody'] }]);
    expect(rows.peek()).toEqual([{ seen: ['nobody'] }]);
    rows.peek()?.pop();
    expect(rows.peek()).toHaveLength(1);
  });

  test('with `copy` freeze or share hands out one item for all', async () => {
    const { cache } = pond();
    class Row {}
    const row = new Row();
    const shared = cache.cacheStream(
      async function* () {
        yield row;
      },
      { copy: 'share' },
    );
    expect([await all(shared()), await all(shared())]).toEqual([[row], [row]]);
    expect((await all(shared()))[0]).toBe(row);
    const frozen = cache.cacheStream(
      async function* () {
        yield { id: 1 };
      },
      { copy: 'freeze' },
    );
    const [[first], [second]] = [await all(frozen()), await all(frozen())];
    expect(first).toBe(second);
    expect(Object.isFrozen(first)).toBe(true);
  });

  test('with an item that is no data breaks there, with the path, and its function is stopped', async () => {
    const { cache } = pond();
    let isClosed = false;
    const rows = cache.cacheStream(async function* rows() {
      try {
        yield { id: 1 };
        yield { id: 2, reload: () => {} };
        yield { id: 3 };
      } finally {
        isClosed = true;
      }
    });
    const { items, error } = await readOut(rows());
    expect(items).toEqual([{ id: 1 }]);
    expect(error).toMatchObject({ code: 'ERR_MILLPOND_UNCACHEABLE_VALUE' });
    expect(String(error)).toContain('rows: result.reload is the function reload');
    await settle();
    expect(isClosed).toBe(true);
    expect(rows.has()).toBe(false);
  });
});

describe('a call', () => {
  test('runs nothing before its first item is asked for, and takes its key at once', async () => {
    const { cache } = pond();
    const ids: string[][] = [];
    const rows = cache.cacheStream(async function* (query: { ids: string[] }) {
      ids.push(query.ids);
      yield* query.ids;
    });
    const query = { ids: ['a'] };
    const stream = rows(query);
    await settle();
    expect([ids, rows.stats().runs]).toEqual([[], 0]);
    query.ids[0] = 'changed before it began';
    expect(await all(stream)).toEqual(['a']);
    expect(rows.peek({ ids: ['a'] })).toEqual(['a']);
    expect(rows.has(query)).toBe(false);
  });

  test('whose arguments were changed and cannot be copied is the call that they make now', async () => {
    const { cache } = pond();
    class Query {
      id = 1;
    }
    const rows = cache.cacheStream(
      async function* (query: Query) {
        yield query.id;
      },
      { hashers: [defineHasher(Query, ({ id }) => id)] },
    );
    const query = new Query();
    const streams = [rows(query), rows.refresh(query)];
    query.id = 2;
    expect(await Promise.all(streams.map(all))).toEqual([[2], [2]]);
    expect(rows.peek(query)).toEqual([2]);
    query.id = 1;
    expect(rows.has(query)).toBe(false);
  });

  test('with an argument that has no key throws at once, and runs nothing', async () => {
    const { cache } = pond();
    const rows = cache.cacheStream(async function* (_socket: unknown) {});
    expect(thrownBy(() => rows(() => {}))).toMatchObject({ code: 'ERR_MILLPOND_UNHASHABLE_ARGUMENT' });
    expect(thrownBy(() => rows.refresh(() => {}))).toMatchObject({ code: 'ERR_MILLPOND_UNHASHABLE_ARGUMENT' });
    expect(await failureOf(rows.delete(() => {}))).toMatchObject({ code: 'ERR_MILLPOND_UNHASHABLE_ARGUMENT' });
    expect(rows.stats().runs).toBe(0);
  });

  test('may ask for several items before the first has come', async () => {
    const { cache } = pond();
    const rows = cache.cacheStream(async function* () {
      yield* [1, 2];
    });
    for (let call = 0; call < 2; call += 1) {
      const stream = rows();
      expect(await Promise.all([1, 2, 3, 4].map(() => stream.next()))).toEqual([
        { done: false, value: 1 },
        { done: false, value: 2 },
        { done: true, value: undefined },
        { done: true, value: undefined },
      ]);
    }
  });

  test('has `this` in its key, and passes it on', async () => {
    const { cache } = pond();
    const rows = cache.cacheStream(async function* (this: { name: string }) {
      yield this.name;
    });
    const [ann, bob] = [{ name: 'ann' }, { name: 'bob' }];
    expect([await all(rows.call(ann)), await all(rows.call(bob)), await all(rows.call(ann))]).toEqual([
      ['ann'],
      ['bob'],
      ['ann'],
    ]);
    expect(rows.stats().runs).toBe(2);
  });

  test('tells how it is answered, to `observe` and by events', async () => {
    const { cache, clock } = pond({ name: 'shop' });
    const events = record(cache, 'hit', 'miss', 'join', 'computed');
    const { fn, taps } = tapped<number>();
    const rows = cache.cacheStream(fn, { ttl: '20ms', name: 'rows' });
    const heard: string[] = [];
    const observed = rows.withOptions({ observe: ({ type }) => heard.push(type) });
    const both = [all(observed('k')), all(observed('k'))];
    await clock.advance(100);
    runOf(taps, 1).end();
    await Promise.all(both);
    await clock.advance(10);
    await all(observed('k'));
    expect(heard).toEqual(['miss', 'join', 'hit']);
    const call = { cache: 'shop', fn: 'rows', key: rows.keyOf('k') };
    expect(events).toEqual([
      { type: 'miss', ...call, reason: 'cold' },
      { type: 'join', ...call },
      { type: 'computed', ...call, duration: 100, kept: true },
      { type: 'hit', ...call, tier: 'memory', age: 10 },
    ]);
    // Before the sweeper comes by.
    await clock.advance(10);
    void all(observed('k'));
    expect(events.at(-1)).toMatchObject({ type: 'miss', reason: 'expired' });
  });
});

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

describe('what a function may return', () => {
  const sources: readonly [
    string,
    () => AsyncIterable<number> | Iterable<number | Promise<number>> | Promise<unknown>,
  ][] = [
    [
      'an async generator',
      () =>
        (async function* () {
          yield* [1, 2];
        })(),
    ],
    [
      'a generator',
      () =>
        (function* () {
          yield* [1, 2];
        })(),
    ],
    [
      'a promise of an async generator',
      async () =>
        (async function* () {
          yield* [1, 2];
        })(),
    ],
    ['an array', () => [1, 2]],
    ['an array of promises', () => [Promise.resolve(1), Promise.resolve(2)]],
    ['a stream of Node', () => Readable.from([1, 2])],
    ['a web stream', () => ReadableStream.from([1, 2])],
    ['a promise of a web stream', async () => ReadableStream.from([1, 2])],
  ];
  test.each(sources)('%s', async (_, make) => {
    const { cache } = pond();
    const rows = cache.cacheStream(unchecked(make));
    expect([await all(rows()), await all(rows()), rows.stats().runs]).toEqual([[1, 2], [1, 2], 1]);
  });

  test.each<[string, unknown, string]>([
    ['a text', 'abc', 'the function returned "abc", which is no stream'],
    ['a number', 1, 'the function returned 1, which is no stream'],
    ['undefined', undefined, 'the function returned undefined, which is no stream'],
    ['an object', { rows: [] }, 'the function returned an object, which is no stream'],
  ])('and not %s', async (_, value, message) => {
    const { cache } = pond();
    const rows = cache.cacheStream(unchecked(() => value));
    const error = await failureOf(all(rows()));
    expect(error).toBeInstanceOf(CacheError);
    expect(error).toMatchObject({ code: 'ERR_MILLPOND_UNCACHEABLE_VALUE' });
    expect(String(error)).toContain(message);
  });

  test('a function that throws, or an iterator that breaks the rules, breaks the stream', async () => {
    const { cache } = pond();
    const down = new Error('down');
    const throws = cache.cacheStream((): number[] => {
      throw down;
    });
    expect(await failureOf(all(throws()))).toBe(down);
    const odd = { [Symbol.asyncIterator]: () => ({ next: async () => undefined }) };
    expect(await failureOf(all(cache.cacheStream(unchecked(() => odd))()))).toBeInstanceOf(TypeError);
    expect(throws.stats()).toMatchObject({ runs: 1, errors: 1, entries: 0 });
  });
});

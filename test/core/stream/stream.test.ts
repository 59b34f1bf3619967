import { describe, expect, test } from 'vitest';
import { defineHasher } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { thrownBy } from '../../support/thrown-by.js';
import { pond, record } from '../support/cache.js';
import { failureOf } from '../support/gate.js';
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

  test('may be read by whoever hears of its end', async () => {
    const { cache } = pond();
    const heard: Promise<number[]>[] = [];
    const rows = cache.cacheStream(async function* (): AsyncGenerator<number> {});
    cache.on('computed', () => heard.push(all(rows())));
    expect(await all(rows())).toEqual([]);
    expect(await Promise.all(heard)).toEqual([[]]);
    expect(rows.stats()).toMatchObject({ runs: 1, hits: 1 });
  });

  test('that is not kept is run anew, also for whoever hears of its end', async () => {
    const { cache } = pond();
    const heard: Promise<number[]>[] = [];
    let runs = 0;
    const rows = cache.cacheStream(
      async function* () {
        yield (runs += 1);
      },
      { when: () => false },
    );
    const stop = cache.on('computed', () => {
      stop();
      heard.push(all(rows()));
    });
    expect(await all(rows())).toEqual([1]);
    expect(await Promise.all(heard)).toEqual([[2]]);
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

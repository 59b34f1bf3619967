import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { currentSignal } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond, record } from '../support/cache.js';
import { failureOf, gate, until } from '../support/gate.js';
import { all, runOf, take, tapped } from './support.js';

describe('the pace', () => {
  test('is that of the fastest reader: nothing is asked for before somebody wants it', async () => {
    const { cache } = pond();
    let made = 0;
    const numbers = cache.cacheStream(async function* () {
      for (;;) yield (made += 1);
    });
    const [fast, slow] = [numbers(), numbers()];
    expect(await take(slow, 1)).toEqual([1]);
    expect(await take(fast, 100)).toHaveLength(100);
    await settle();
    expect(made).toBe(100);
    expect(await take(slow, 99)).toHaveLength(99);
    expect(made).toBe(100);
    expect(await take(slow, 1)).toEqual([101]);
  });

  test('of one reader does not hold the others', async () => {
    const { cache } = pond();
    const rows = cache.cacheStream(async function* () {
      yield* [1, 2, 3];
    });
    const slow = rows();
    await take(slow, 1);
    expect(await all(rows())).toEqual([1, 2, 3]);
    expect(await all(slow)).toEqual([2, 3]);
  });

  test('of two readers who ask at once is one item each time', async () => {
    const { cache } = pond();
    const { fn, taps } = tapped<number>();
    const rows = cache.cacheStream(fn);
    const readers = [rows('k'), rows('k')];
    const first = readers.map((reader) => reader.next());
    await settle();
    expect(runOf(taps, 1).asked).toBe(1);
    runOf(taps, 1).give(1, 2, 3);
    expect(await Promise.all(first)).toEqual([
      { done: false, value: 1 },
      { done: false, value: 1 },
    ]);
    await settle();
    expect(runOf(taps, 1).asked).toBe(1);
  });
});

describe('a reader who leaves', () => {
  test('leaves alone: the others read on, and the stream is kept', async () => {
    const { cache } = pond();
    const { fn, taps } = tapped<number>();
    const rows = cache.cacheStream(fn);
    const [leaver, stayer] = [rows('k'), rows('k')];
    const rest = all(stayer);
    const begun = take(leaver, 1);
    await settle();
    runOf(taps, 1).give(1);
    await begun;
    expect(await leaver.return()).toEqual({ done: true, value: undefined });
    expect(await leaver.next()).toEqual({ done: true, value: undefined });
    expect([runOf(taps, 1).signal?.aborted, runOf(taps, 1).isClosed]).toEqual([false, false]);
    runOf(taps, 1).give(2);
    runOf(taps, 1).end();
    expect(await rest).toEqual([1, 2]);
    expect(rows.peek('k')).toEqual([1, 2]);
  });

  test('as the last stops the run: its signal aborts, its `finally` runs, nothing is kept, and the next begins anew', async () => {
    const { cache } = pond();
    const events = record(cache, 'computed', 'failed');
    const { fn, taps } = tapped<number>();
    const rows = cache.cacheStream(fn);
    const reading = (async () => {
      for await (const row of rows('k')) if (row === 2) break;
    })();
    await settle();
    runOf(taps, 1).give(1, 2, 3);
    await reading;
    await settle();
    expect([runOf(taps, 1).signal?.aborted, runOf(taps, 1).isClosed, runOf(taps, 1).asked]).toEqual([true, true, 2]);
    expect(events).toMatchObject([{ type: 'computed', kept: false }]);
    const again = all(rows('k'));
    await settle();
    runOf(taps, 2).end();
    expect(await again).toEqual([]);
  });

  test('while an item is on its way is answered at once, and so is whoever asked with the same iterator', async () => {
    const { cache } = pond();
    const { fn, taps } = tapped<number>();
    const rows = cache.cacheStream(fn);
    const reader = rows('k');
    const asked = [reader.next(), reader.next()];
    await settle();
    await reader.return();
    const done = { done: true, value: undefined };
    expect(await Promise.all(asked)).toEqual([done, done]);
    expect(runOf(taps, 1).signal?.aborted).toBe(true);
    // A generator cannot be interrupted while it waits: it closes when it comes to its next item.
    expect(runOf(taps, 1).isClosed).toBe(false);
    runOf(taps, 1).give(1);
    await settle();
    expect(runOf(taps, 1).isClosed).toBe(true);
    expect(rows.stats()).toMatchObject({ errors: 0, entries: 0 });
  });

  test('by `throw()` or `await using` leaves as well', async () => {
    const { cache } = pond();
    const { fn, taps } = tapped<number>();
    const rows = cache.cacheStream(fn);
    const reader = rows('k');
    void reader.next();
    await settle();
    const mine = new Error('mine');
    expect(await failureOf(reader.throw(mine))).toBe(mine);
    expect(runOf(taps, 1).signal?.aborted).toBe(true);
    {
      await using other = rows('k');
      void other.next();
      await settle();
    }
    expect(runOf(taps, 2).signal?.aborted).toBe(true);
    expect(rows.stats().errors).toBe(0);
  });

  test('before it has asked for anything has run nothing', async () => {
    const { cache } = pond();
    const { fn, taps } = tapped<number>();
    const rows = cache.cacheStream(fn);
    const reader = rows('k');
    await reader.return();
    expect(await reader.next()).toEqual({ done: true, value: undefined });
    expect(taps).toHaveLength(0);
  });

  test('stops a stream of Node, a web stream and a fetch, also while they wait', async () => {
    const { cache } = pond();
    const node = new PassThrough({ objectMode: true });
    let isCancelled = false;
    const web = new ReadableStream<number>({ cancel: () => void (isCancelled = true) });
    const streams = [cache.cacheStream(() => node), cache.cacheStream(() => web)];
    for (const stream of streams) {
      const reader = stream();
      const asked = reader.next();
      await settle();
      await reader.return();
      expect(await asked).toEqual({ done: true, value: undefined });
    }
    await settle();
    expect([node.destroyed, isCancelled]).toEqual([true, true]);
    for (const stream of streams) expect(stream.stats()).toMatchObject({ runs: 1, errors: 0, entries: 0 });

    const server = createServer((_request, response) => void response.write('first'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const closed = new Promise((resolve) => server.once('request', (request) => request.once('close', resolve)));
    const body = cache.cacheStream(async (port: number) => {
      const response = await fetch(`http://127.0.0.1:${port}`, { signal: currentSignal() ?? null });
      return response.body ?? [];
    });
    const reader = body((server.address() as AddressInfo).port);
    expect(Buffer.from((await take(reader, 1))[0] ?? []).toString()).toBe('first');
    const asked = reader.next();
    await reader.return();
    await asked;
    await closed;
    server.close();
    await until(() => body.stats().runs === 1);
    expect(body.stats()).toMatchObject({ errors: 0, entries: 0 });
  });

  test('before its function has answered stops what it answers with, and asks it for nothing', async () => {
    const { cache } = pond();
    const asked: string[] = [];
    const door = gate();
    const step = (what: string) => async (): Promise<IteratorResult<number>> => {
      asked.push(what);
      return { done: true, value: undefined };
    };
    const source = { [Symbol.asyncIterator]: () => ({ next: step('next'), return: step('return') }) };
    const rows = cache.cacheStream(async () => {
      await door.passed;
      return source;
    });
    const reader = rows();
    void reader.next();
    await settle();
    await reader.return();
    door.open();
    await until(() => asked.length > 0);
    expect([asked, rows.has()]).toEqual([['return'], false]);
  });

  test('is not told that stopping has failed, which is an event', async () => {
    const { cache } = pond();
    const failed = record(cache, 'failed');
    const stuck = new Error('stuck');
    const rows = cache.cacheStream(async function* () {
      try {
        yield 1;
        yield 2;
      } finally {
        await Promise.reject(stuck);
      }
    });
    const reader = rows();
    await take(reader, 1);
    expect(await reader.return()).toEqual({ done: true, value: undefined });
    await settle();
    expect(failed).toMatchObject([{ error: stuck }]);
  });
});

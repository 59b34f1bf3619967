import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { createCache, currentSignal, type CachedData, type CachedStream } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf, gate, until } from '../support/gate.js';
import { all, readOut, runOf, take, tapped } from './support.js';

interface Request {
  readonly user: string;
}

const request = new AsyncLocalStorage<Request>();
const userNow = (): string => request.getStore()?.user ?? 'nobody';

/** Tells for each item whom its code saw, before and after it waited. */
async function* usersSeen(): AsyncGenerator<string> {
  for (let item = 0; item < 3; item += 1) {
    const before = userNow();
    await settle();
    yield `${before} ${userNow()}`;
  }
}

describe('hazard 22: the function of a stream', () => {
  test('sees no reader’s context, whoever asks for an item, and readers keep their own', async () => {
    const { cache } = pond();
    const users = cache.cacheStream(usersSeen);
    const [ann, bob] = ['ann', 'bob'].map((user) => ({ user }));
    const reader = request.run(ann as Request, () => users());
    const seen = [
      await request.run(ann as Request, async () => [...(await take(reader, 1)), userNow()]),
      await request.run(bob as Request, async () => [...(await take(reader, 1)), userNow()]),
      await take(reader, 1),
    ];
    expect(seen).toEqual([['nobody nobody', 'ann'], ['nobody nobody', 'bob'], ['nobody nobody']]);
  });

  test('with `context: caller` sees the one who started it, also when another asks', async () => {
    const { cache } = pond();
    const users = cache.cacheStream(usersSeen, { context: 'caller' });
    const reader = users();
    await request.run({ user: 'ann' }, () => take(reader, 1));
    await request.run({ user: 'bob' }, async () => {
      expect(await all(users())).toEqual(['ann ann', 'ann ann', 'ann ann']);
    });
  });

  test('of a disabled cache sees no reader’s context either', async () => {
    const { cache } = pond({ enabled: false });
    const users = cache.cacheStream(usersSeen);
    expect(await request.run({ user: 'ann' }, () => all(users()))).toEqual(Array(3).fill('nobody nobody'));
  });

  test('runs its `finally` outside the context of the reader who leaves', async () => {
    const { cache } = pond();
    const seen: string[] = [];
    const rows = cache.cacheStream(async function* () {
      try {
        yield 1;
        yield 2;
      } finally {
        seen.push(userNow(), String(currentSignal()?.aborted));
      }
    });
    await request.run({ user: 'ann' }, async () => {
      for await (const _row of rows()) break;
    });
    await until(() => seen.length > 0);
    expect(seen).toEqual(['nobody', 'true']);
  });
});

/** The request of a call, which may be collected when the call is over. */
async function collected(call: () => Promise<unknown>): Promise<void> {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error('run with --expose-gc');
  const made = async (): Promise<WeakRef<Request>> => {
    const mine: Request = { user: 'ann' };
    await request.run(mine, call);
    return new WeakRef(mine);
  };
  const reference = await made();
  await until(() => {
    gc();
    return reference.deref() === undefined;
  });
}

describe('hazard 31: a request can be collected', () => {
  test('although the stream that it began goes on without it', async () => {
    const { cache } = pond();
    const { fn, taps } = tapped<number>();
    const rows = cache.cacheStream(fn);
    const stayers: Promise<number[]>[] = [];
    await collected(async () => {
      const reader = rows('k');
      const begun = take(reader, 1);
      await settle();
      runOf(taps, 1).give(1);
      await begun;
      // It has asked for an item that has not come, and leaves.
      void reader.next();
      request.exit(() => stayers.push(all(rows('k'))));
      await settle();
      await reader.return();
    });
    runOf(taps, 1).end();
    expect(await Promise.all(stayers)).toEqual([[1]]);
  });

  test('although the stream that it was the last to leave does not stop', async () => {
    const { cache } = pond();
    const { fn, taps } = tapped<number>();
    const rows = cache.cacheStream(fn);
    await collected(async () => {
      const reader = rows('k');
      void reader.next();
      await settle();
      await reader.return();
    });
    expect([runOf(taps, 1).signal?.aborted, runOf(taps, 1).isClosed]).toEqual([true, false]);
  });
});

describe('S74: a stream that would wait for itself', () => {
  const recursive = { code: 'ERR_MILLPOND_RECURSIVE_CALL' };

  test('breaks at once, whatever it has given, and so does its refresh', async () => {
    const { cache } = pond();
    const rows: CachedStream<[string], number> = cache.cacheStream(async function* (how: string) {
      yield 1;
      yield* how === 'refresh' ? rows.refresh(how) : rows(how);
    });
    for (const how of ['call', 'refresh']) {
      const { items, error } = await readOut(rows(how));
      expect(items).toEqual([1]);
      expect(error).toMatchObject(recursive);
    }
  });

  test('through a data function breaks as well', async () => {
    const { cache } = pond();
    const rows: CachedStream<[], number> = cache.cacheStream(async function* () {
      yield 1;
      yield await sum();
    });
    const sum: CachedData<[], number> = cache.cacheData(async () => {
      let total = 0;
      for await (const row of rows()) total += row;
      return total;
    });
    expect(await readOut(rows())).toMatchObject({ items: [1], error: recursive });
    expect(await failureOf(sum())).toMatchObject(recursive);
  });

  test('hazard 17: breaks when two wait for each other', async () => {
    const { cache } = pond();
    const door = gate();
    const streams: Record<string, CachedStream<[], string>> = {};
    for (const [name, other] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      streams[name] = cache.cacheStream(async function* () {
        await door.passed;
        yield* streams[other]?.() ?? [];
        yield name;
      });
    }
    const both = [readOut(streams['a']?.() ?? ([] as never)), readOut(streams['b']?.() ?? ([] as never))];
    await settle();
    door.open();
    const ends = await Promise.all(both);
    expect(ends).toMatchObject([
      { items: [], error: recursive },
      { items: [], error: recursive },
    ]);
  });

  test('is none when its arguments differ: streams may read streams', async () => {
    const { cache } = pond();
    const countdown: CachedStream<[number], number> = cache.cacheStream(async function* (from: number) {
      yield from;
      if (from > 0) yield* countdown(from - 1);
    });
    expect(await all(countdown(5))).toEqual([5, 4, 3, 2, 1, 0]);
    expect(countdown.stats().entries).toBe(6);
  });
});

describe('a cache that is switched off or closed', () => {
  test('hands on every item as it is, lazily, and keeps nothing', async () => {
    const { cache } = pond({ enabled: false });
    class Row {}
    const row = new Row();
    let made = 0;
    let isClosed = false;
    const rows = cache.cacheStream(async function* (_of: unknown) {
      try {
        for (;;) {
          made += 1;
          yield row;
        }
      } finally {
        isClosed = true;
      }
    });
    // There is no key to take.
    const reader = rows(() => {});
    expect(made).toBe(0);
    expect(await take(reader, 2)).toEqual([row, row]);
    expect(made).toBe(2);
    await reader.return();
    await settle();
    expect(isClosed).toBe(true);
    expect(rows.stats()).toMatchObject({ runs: 1, hits: 0, misses: 0, entries: 0 });
    const broken = new Error('broken');
    const breaks = cache.cacheStream(async function* () {
      yield 1;
      throw broken;
    });
    expect(await readOut(breaks.refresh())).toEqual({ items: [1], error: broken });
  });

  test('S94: `close` lets readers read on, keeps nothing, and later calls pass through', async () => {
    const cache = createCache();
    const { fn, taps } = tapped<number>();
    const rows = cache.cacheStream(fn);
    const kept = all(rows('kept'));
    await settle();
    runOf(taps, 1).end();
    await kept;
    const reader = rows('k');
    const begun = take(reader, 1);
    await settle();
    runOf(taps, 2).give(1);
    await begun;
    const called = rows('k');
    await cache.close();
    expect([rows.has('kept'), runOf(taps, 2).signal?.aborted]).toEqual([false, false]);
    const rest = all(reader);
    runOf(taps, 2).give(2);
    runOf(taps, 2).end();
    expect(await rest).toEqual([2]);
    expect(rows.has('k')).toBe(false);
    const later = all(called);
    await settle();
    runOf(taps, 3).give(3);
    runOf(taps, 3).end();
    expect(await later).toEqual([3]);
    expect(rows.stats()).toMatchObject({ entries: 0, runs: 3 });
    expect(() => cache.cacheStream(fn)).toThrow(/cacheStream: the cache is closed/);
  });
});

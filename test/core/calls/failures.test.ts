import { describe, expect, test } from 'vitest';
import { CacheError, createCache, type DataOptions } from '@millpond/core';
import { fakeClock, settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf, gate, unchecked } from '../support/gate.js';

class NotFound extends Error {}
class Gone extends NotFound {}

/** A function that fails with a new error each time, until it is told otherwise. */
function failing(
  options: DataOptions<[id: string], number>,
  make: (run: number) => Error = (run) => new Error(`${run}`),
) {
  const { cache, clock } = pond();
  const state = { calls: 0, failing: true };
  const load = cache.cacheData(async (_id: string) => {
    state.calls += 1;
    if (state.failing) throw make(state.calls);
    return state.calls;
  }, options);
  return { cache, clock, load, state };
}

test('a failure is not kept unless it was asked for', async () => {
  const { load, state } = failing({});
  await failureOf(load('a'));
  await failureOf(load('a'));
  expect(state.calls).toBe(2);
});

describe('errorTtl', () => {
  test('throws the same error again for so long, by key, and then runs again', async () => {
    const { clock, load, state } = failing({ errorTtl: '5s' });
    const first = await failureOf(load('a'));
    await clock.advance(4_999);
    expect(await failureOf(load('a'))).toBe(first);
    expect(await failureOf(load('b'))).not.toBe(first);
    expect(state.calls).toBe(2);
    await clock.advance(1);
    state.failing = false;
    expect(await load('a')).toBe(3);
  });

  test('can be of some classes only, and of those that extend them', async () => {
    const { load, state } = failing({ errorTtl: { ttl: '5s', only: [NotFound] } }, (run) =>
      run === 1 ? new Error('down') : new Gone(),
    );
    expect(await failureOf(load('a'))).toMatchObject({ message: 'down' });
    const gone = await failureOf(load('a'));
    expect(gone).toBeInstanceOf(Gone);
    expect(await failureOf(load('a'))).toBe(gone);
    expect(state.calls).toBe(2);
  });

  test.each([
    ['delete', ({ load }: ReturnType<typeof failing>) => load.delete('a')],
    ['expire', ({ load }: ReturnType<typeof failing>) => load.expire('a')],
    ['clear', ({ load }: ReturnType<typeof failing>) => load.clear()],
    ['clear of the cache', ({ cache }: ReturnType<typeof failing>) => cache.clear()],
    ['a tag that is known before', ({ cache }: ReturnType<typeof failing>) => cache.invalidateTags('t')],
    ['prime', ({ load }: ReturnType<typeof failing>) => load.prime(7, 'a')],
  ])('is ended by %s', async (_, end) => {
    const made = failing({ errorTtl: '1h', tags: ['t'] });
    await failureOf(made.load('a'));
    made.state.failing = false;
    await end(made);
    expect(await made.load('a')).toBeGreaterThan(1);
  });

  test('is ended by refresh and forceFresh, which run', async () => {
    const { load, state } = failing({ errorTtl: '1h' });
    await failureOf(load('a'));
    expect(await failureOf(load.refresh('a'))).toMatchObject({ message: '2' });
    state.failing = false;
    expect(await load.withOptions({ forceFresh: true })('a')).toBe(3);
    expect(await load('a')).toBe(3);
  });

  test('serves what is stale in the meantime, without a run', async () => {
    const { clock, load, state } = failing({ ttl: '10s', staleIfError: '1h', errorTtl: '5s' });
    state.failing = false;
    await load('a');
    await clock.advance(10_000);
    state.failing = true;
    expect([await load('a'), await load('a'), state.calls]).toEqual([1, 1, 2]);
    await clock.advance(5_000);
    expect([await load('a'), state.calls]).toEqual([1, 3]);
  });

  test('keeps no failure of a run that was outdated meanwhile', async () => {
    const { cache } = pond();
    const door = gate<number>();
    let calls = 0;
    const load = cache.cacheData(
      async () => {
        calls += 1;
        return calls === 1 ? door.passed : calls;
      },
      { errorTtl: '1h' },
    );
    const before = failureOf(load());
    await settle();
    await load.delete();
    door.fail(new Error('down'));
    await before;
    expect(await load()).toBe(2);
  });

  test('gives the memory back without traffic', async () => {
    const { cache, clock, load } = failing({ errorTtl: '5s' });
    await failureOf(load('a'));
    expect(cache.stats().bytes).toBeGreaterThan(0);
    await clock.advance(10_000);
    expect(cache.stats().bytes).toBe(0);
  });

  test('holds for synchronous functions', async () => {
    const { cache, clock } = pond();
    let calls = 0;
    const load = cache.cacheDataSync(
      (): number => {
        throw new Error(`${(calls += 1)}`);
      },
      { errorTtl: '5s' },
    );
    const caught = (): unknown => {
      try {
        return load();
      } catch (error) {
        return error;
      }
    };
    const first = caught();
    expect(caught()).toBe(first);
    await clock.advance(5_000);
    expect(caught()).toMatchObject({ message: '2' });
  });

  test('over a store leaves the stale value there to callers, long after memory has let go of it', async () => {
    const clock = fakeClock();
    const cache = createCache({ name: 'shop', store: new Map(), clock, memoryTtl: '10s' });
    let failing = false;
    const load = cache.cacheData(
      async () => {
        if (failing) throw new Error('down');
        return 'old';
      },
      { name: 'load', ttl: '5s', staleIfError: '1h', errorTtl: '1m', jitter: 0 },
    );
    await load();
    await cache.flush();
    failing = true;
    for (let seconds = 0; seconds < 60; seconds += 20) {
      await clock.advance('20s');
      expect(await Promise.all([load(), load()])).toEqual(['old', 'old']);
    }
    expect(load.stats()).toMatchObject({ runs: 2, errors: 1, misses: 1 });
  });

  test('over a store gives way to what another process has computed since', async () => {
    const clock = fakeClock();
    const data = new Map<string, unknown>();
    let failing = true;
    const start = () => {
      const cache = createCache({ name: 'shop', store: data, clock });
      const load = cache.cacheData(
        async () => {
          if (failing) throw new Error('down');
          return 'new';
        },
        { name: 'load', version: '1', ttl: '1h', staleIfError: '1h', errorTtl: '1h' },
      );
      return { cache, load };
    };
    const [one, two] = [start(), start()];
    await failureOf(one.load());
    expect(await failureOf(one.load())).toMatchObject({ message: 'down' });
    expect(one.load.stats()).toMatchObject({ runs: 1, hits: 1 });
    await clock.advance('1s');
    failing = false;
    await two.load();
    await two.cache.flush();
    expect([await one.load(), one.load.stats().runs]).toEqual(['new', 1]);
  });

  test('is over when the function has returned, also when `when` refuses what it returned', async () => {
    const { cache } = pond();
    let failing = true;
    const returns = (): number => {
      if (failing) throw new Error('down');
      return 1;
    };
    const load = cache.cacheData(async () => returns(), { errorTtl: '1h', when: () => false });
    const loadSync = cache.cacheDataSync(returns, { errorTtl: '1h', when: () => false });
    await failureOf(load());
    expect(loadSync).toThrow('down');
    failing = false;
    expect([await load.refresh(), loadSync.refresh()]).toEqual([1, 1]);
    expect([await load(), loadSync()]).toEqual([1, 1]);
  });

  test.each([
    0,
    '5',
    {},
    { ttl: '5s' },
    { only: [Error] },
    { ttl: '5s', only: undefined },
    { ttl: '5s', only: ['Error'] },
    { ttl: '5s', only: [Error], x: 1 },
  ])('is refused as %j', (errorTtl) => {
    const { cache } = pond();
    const wrap = (): unknown => cache.cacheData(async () => 1, unchecked({ errorTtl }));
    expect(wrap).toThrow(/errorTtl|only|ttl/);
    expect(wrap).toThrow(CacheError);
  });
});

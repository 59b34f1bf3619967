import { describe, expect, test } from 'vitest';
import { createCache, type Cache } from '@millpond/core';
import { createPassThroughCache } from '@millpond/core/testing';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf, gate, unchecked, watch } from '../support/gate.js';
import { GatedStore } from '../support/gated-store.js';
import { thrownBy } from '../../support/thrown-by.js';

/** A request-scoped function that tells how often it ran. */
function counted() {
  const made = pond();
  let runs = 0;
  const load = made.cache.cacheData(async (_id?: string) => (runs += 1), { name: 'load', scope: 'request' });
  return { ...made, load };
}

const inRequest = <R>(cache: Cache, fn: () => R): Promise<Awaited<R>> => cache.runInScope({}, fn);

describe('a request-scoped function', () => {
  test('computes once for each request, however many of them are of one session', async () => {
    const { cache, load } = counted();
    const twice = async (): Promise<number[]> => [await load(), await load()];
    expect(await cache.runInScope({ session: 'one' }, twice)).toEqual([1, 1]);
    expect(await cache.runInScope({ session: 'one' }, twice)).toEqual([2, 2]);
    expect(load.stats().entries).toBe(0);
  });

  test('outside a request it is refused, and not run', async () => {
    const { load } = counted();
    const error = await failureOf(load());
    expect(error).toMatchObject({ code: 'ERR_MILLPOND_NO_SCOPE' });
    expect(String(error)).toContain("load: its scope is 'request', and it was called outside any");
    expect(load.stats().runs).toBe(0);
  });

  test('after its request it is refused, whatever was left running', async () => {
    const { cache, load } = counted();
    const door = gate();
    let left: Promise<unknown> | undefined;
    await inRequest(cache, () => {
      left = failureOf(door.passed.then(() => load()));
    });
    door.open();
    expect(String(await left)).toContain('the one that it was called in is over');
    expect(load.stats().runs).toBe(0);
  });

  test('hazard 29: never reaches a store: that of the cache is not used, and one of its own refused by name', async () => {
    const store = new GatedStore();
    await using cache = createCache({ name: 'shop', store });
    const load = cache.cacheData(async () => 1, { scope: 'request' });
    await inRequest(cache, load);
    await cache.flush();
    expect(store.log).toEqual([]);
    for (const option of [{ store }, { persist: 'disk' as const }]) {
      const [name] = Object.keys(option);
      const error = thrownBy(() => cache.cacheData(async () => 1, { scope: 'request', ...option }));
      expect(String(error)).toContain(`option \`${name}\` is`);
      expect(String(error)).toContain("left out with scope: 'request'");
    }
    cache.cacheData(async () => 1, { scope: 'request', store: false });
  });

  test('S86: what is under way when its request ends is answered, and not kept', async () => {
    const { cache } = pond();
    const door = gate<string>();
    const load = cache.cacheData(async () => door.passed, { scope: 'request' });
    const scope = cache.openScope();
    const call = scope.run(load);
    await settle();
    await scope.end();
    door.open('x');
    expect(await call).toBe('x');
    expect(load.stats().entries).toBe(0);
  });
});

describe('the end of a request', () => {
  test('releases its resources, the last made first, one after another; it waits for that', async () => {
    const { cache } = pond();
    const log: string[] = [];
    const slow = gate();
    const onRelease = async ({ name }: { name: string }, why: string): Promise<void> => {
      if (name === 'statement') await slow.passed;
      log.push(`${name}, ${why}`);
    };
    const options = { scope: 'request', onRelease } as const;
    const file = cache.cacheResource(async () => ({ name: 'file' }), options);
    const connection = cache.cacheResource(async () => ({ name: 'connection' }), options);
    const statement = cache.cacheResource(async () => ({ name: 'statement' }), options);
    // The statement may hold the connection in a variable, of which the cache knows nothing.
    const ended = inRequest(cache, async () => [await file(), await connection(), await statement()]);
    const state = watch(ended);
    await settle();
    await settle();
    expect([state.settled, log]).toEqual([false, []]);
    slow.open();
    await ended;
    expect(log).toEqual(['statement, scope', 'connection, scope', 'file, scope']);
  });

  test('releases nothing before what was built on it, though that was made of another first', async () => {
    const { cache } = pond();
    const log: string[] = [];
    const onRelease = ({ name }: { name: string }): number => log.push(name);
    const options = { scope: 'request', onRelease } as const;
    const late = cache.cacheResource(async () => ({ name: 'late' }), options);
    const early = { name: 'early' };
    const known = cache.cacheResource(async (_n: number) => early, { ...options, key: (n: number) => n });
    const wrapping = cache.cacheResource(async (n: number) => (n === 2 && (await late()), early), options);
    await inRequest(cache, async () => [await known(1), await wrapping(2)]);
    expect(log).toEqual(['early', 'late']);
  });

  test('releases what was replaced in it without a delay, and what is leased when the lease ends', async () => {
    const { cache, clock } = pond();
    const log: number[] = [];
    let built = 0;
    const pool = cache.cacheResource(async (_name: string) => ({ id: (built += 1) }), {
      scope: 'request',
      onRelease: ({ id }) => log.push(id),
    });
    const scope = cache.openScope();
    await scope.run(() => pool('a'));
    await scope.run(() => pool.refresh('a'));
    const lease = await scope.run(() => pool.lease('b'));
    const ended = scope.end();
    const state = watch(ended);
    await settle();
    await settle();
    expect([state.settled, log]).toEqual([false, [2, 1]]);
    await lease[Symbol.asyncDispose]();
    await ended;
    expect(log).toEqual([2, 1, 3]);
    await clock.advance(60_000);
    expect(log).toEqual([2, 1, 3]);
  });

  test('waits for what is still being built, and lets it go', async () => {
    const { cache } = pond();
    const door = gate<object>();
    const log: string[] = [];
    const pool = cache.cacheResource(async () => door.passed, {
      scope: 'request',
      onRelease: (_it, why) => log.push(why),
    });
    const scope = cache.openScope();
    const building = scope.run(pool);
    const ended = scope.end();
    const state = watch(ended);
    await settle();
    expect(state.settled).toBe(false);
    const built = {};
    door.open(built);
    expect(await building).toBe(built);
    await ended;
    expect(log).toEqual(['discard']);
  });

  test('waits no longer than `closeTimeout`, for a build and for a release that do not end', async () => {
    const { cache, clock } = pond({ closeTimeout: '5s', logger: { warn: () => {} } });
    const never = gate<object>();
    const built = cache.cacheResource(async () => ({}), { scope: 'request', onRelease: () => never.passed });
    const building = cache.cacheResource(async () => never.passed, { scope: 'request' });
    const scope = cache.openScope();
    await scope.run(built);
    void scope.run(building);
    const state = watch(scope.end());
    await settle();
    await clock.advance(4_000);
    expect(state.settled).toBe(false);
    await clock.advance(2_000);
    await settle();
    expect(state.settled).toBe(true);
  });

  test('lets a failing release disturb nobody, and is told by an event', async () => {
    const { cache } = pond({ logger: { warn: () => {} } });
    const failed: unknown[] = [];
    cache.on('releaseFailed', ({ reason }) => failed.push(reason));
    const pool = cache.cacheResource(async () => ({}), { scope: 'request', onRelease: () => Promise.reject('stuck') });
    expect(await inRequest(cache, async () => (await pool(), 'answer'))).toBe('answer');
    expect(failed).toEqual(['scope']);
  });

  test('comes also when the function fails, with its own error; and twice is once', async () => {
    const { cache } = pond();
    const log: string[] = [];
    const pool = cache.cacheResource(async () => ({}), { scope: 'request', onRelease: (_it, why) => log.push(why) });
    const own = new Error('mine');
    const failing = inRequest(cache, async () => {
      await pool();
      throw own;
    });
    expect(await failureOf(failing)).toBe(own);
    expect(log).toEqual(['scope']);
    const scope = cache.openScope();
    await scope.run(pool);
    await Promise.all([scope.end(), scope.end(), scope[Symbol.asyncDispose]()]);
    expect(log).toEqual(['scope', 'scope']);
  });

  test('leaves its session as it is', async () => {
    const { cache } = pond();
    const log: string[] = [];
    const pool = cache.cacheResource(async () => ({}), { scope: 'session', onRelease: (_it, why) => log.push(why) });
    const first = await cache.runInScope({ session: 'one' }, pool);
    expect(await cache.runInScope({ session: 'one' }, pool)).toBe(first);
    expect(log).toEqual([]);
  });

  test('ends what an anonymous visitor has made, resources too', async () => {
    const { cache } = pond();
    const log: string[] = [];
    const pool = cache.cacheResource(async () => ({}), { scope: 'session', onRelease: (_it, why) => log.push(why) });
    await cache.runInScope({ session: { anonymous: true } }, async () => expect(await pool()).toBe(await pool()));
    expect(log).toEqual(['scope']);
  });
});

describe('inside one another', () => {
  test('the inner scope counts, and the outer one again behind it', async () => {
    const { cache, load } = counted();
    const answers = await inRequest(cache, async () => [await load(), await inRequest(cache, load), await load()]);
    expect(answers).toEqual([1, 2, 1]);
  });

  test('each cache has a scope of its own', async () => {
    const [one, other] = [counted(), counted()];
    const nested = inRequest(one.cache, () =>
      inRequest(other.cache, async () => [await one.load(), await other.load(), await one.load()]),
    );
    expect(await nested).toEqual([1, 1, 1]);
    expect(String(await failureOf(inRequest(one.cache, other.load)))).toContain('outside any');
  });
});

test('S10: an unknown scope is refused where the function is wrapped, and a batch has none', () => {
  const { cache } = pond();
  const wrong = unchecked({ scope: 'user' });
  const wraps = [
    () => cache.cacheData(() => 1, wrong),
    () => cache.cacheDataSync(() => 1, wrong),
    () => cache.cacheResource(() => 1, wrong),
  ];
  for (const wrap of wraps) {
    expect(wrap).toThrow("option `scope` is \"user\", but it must be 'global' or 'session' or 'request'");
  }
  expect(() => cache.cacheBatch((ids: number[]) => ids, unchecked({ scope: 'session' }))).toThrow(
    'there is no option `scope`',
  );
  cache.cacheData(() => 1, { scope: 'global' });
});

test('a cache that passes through runs a scoped function, also one inside another, and keeps nothing of it', async () => {
  await using cache = createPassThroughCache();
  const pool = cache.cacheResource(async () => ({}), { scope: 'request' });
  const inner = cache.cacheData(async () => (await pool(), 1), { scope: 'session' });
  const sync = cache.cacheDataSync(() => inner(), { scope: 'request', copy: 'share' });
  const load = cache.cacheData(async () => (await inner()) + (await sync()), { scope: 'request' });
  const call = async (): Promise<number[]> => [await load(), await load()];
  expect(await cache.runInScope({ session: 'one' }, call)).toEqual([2, 2]);
  expect(pool.stats().runs).toBe(1);
});

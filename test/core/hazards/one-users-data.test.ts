import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { createCache, defineHasher } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond, within } from '../support/cache.js';
import { gate } from '../support/gate.js';
import { GatedStore } from '../support/gated-store.js';

interface Request {
  readonly user: string;
}

const request = new AsyncLocalStorage<Request>();
const userNow = (): string => request.getStore()?.user ?? 'nobody';

/** The user that code sees here, after an await, and in a timer. */
async function usersSeen(): Promise<string[]> {
  const seen = [userNow()];
  await Promise.resolve();
  seen.push(userNow());
  await new Promise((resolve) => setImmediate(resolve));
  seen.push(userNow());
  return seen;
}

const nobody = ['nobody', 'nobody', 'nobody'];

describe('hazard 22: a run', () => {
  test('of a data function sees no caller’s context, and its caller keeps its own', async () => {
    const { cache } = pond();
    const load = cache.cacheData(usersSeen);
    await request.run({ user: 'ann' }, async () => {
      expect(await load()).toEqual(nobody);
      expect(userNow()).toBe('ann');
    });
  });

  test('of a resource sees no caller’s context', async () => {
    const { cache } = pond();
    const pool = cache.cacheResource(async () => ({ seen: await usersSeen() }));
    expect(await request.run({ user: 'ann' }, pool)).toEqual({ seen: nobody });
    expect(await request.run({ user: 'ann' }, pool.refresh)).toEqual({ seen: nobody });
  });

  test('of a synchronous function sees no caller’s context', () => {
    const { cache } = pond();
    const parse = cache.cacheDataSync(() => userNow());
    expect(request.run({ user: 'ann' }, parse)).toBe('nobody');
    expect(request.run({ user: 'ann' }, parse.refresh)).toBe('nobody');
  });

  test('behind the answer sees no caller’s context', async () => {
    const { cache, clock } = pond();
    const runs: string[][] = [];
    const load = cache.cacheData(async () => runs.push(await usersSeen()), { ttl: '1m', staleWhileRevalidate: '1h' });
    await request.run({ user: 'ann' }, load);
    await clock.advance(60_000);
    await request.run({ user: 'eve' }, load);
    for (let turn = 0; turn < 5; turn += 1) await settle();
    expect(runs).toEqual([nobody, nobody]);
  });

  test('over a store sees no caller’s context', async () => {
    const { clock } = pond();
    const cache = createCache({ name: 'shop', store: new GatedStore(), clock });
    const load = cache.cacheData(usersSeen, { name: 'load' });
    expect(await request.run({ user: 'ann' }, load)).toEqual(nobody);
    expect(await request.run({ user: 'ann' }, load.refresh)).toEqual(nobody);
  });

  test('with `context: caller` sees the one who started it', async () => {
    const { cache } = pond();
    const load = cache.cacheData(usersSeen, { context: 'caller' });
    expect(await request.run({ user: 'ann' }, load)).toEqual(['ann', 'ann', 'ann']);
    const pool = cache.cacheResource(async () => ({ seen: await usersSeen() }), { context: 'caller' });
    expect(await request.run({ user: 'ann' }, pool)).toEqual({ seen: ['ann', 'ann', 'ann'] });
  });

  test('gives every waiter its own context back', async () => {
    const { cache } = pond();
    const door = gate();
    const load = cache.cacheData(async () => door.passed);
    const users = ['ann', 'bob', 'eve'].map((user) =>
      request.run({ user }, async () => {
        await load();
        return userNow();
      }),
    );
    await settle();
    door.open();
    expect(await Promise.all(users)).toEqual(['ann', 'bob', 'eve']);
  });

  test('is keyed in the context of its caller: a key may name the user', async () => {
    const { cache } = pond();
    class Doc {}
    const load = cache.cacheData(async (id: string) => `document ${id}`, { key: (id) => [userNow(), id] });
    const byHasher = cache.cacheData(async (_doc: Doc) => 1, { hashers: [defineHasher(Doc, () => userNow())] });
    const keys = ['ann', 'bob', 'ann'].map((user) =>
      request.run({ user }, () => [load.keyOf('1'), byHasher.keyOf(new Doc())]),
    );
    expect(keys[0]).toEqual(keys[2]);
    expect(keys[0]?.[0]).not.toBe(keys[1]?.[0]);
    expect(keys[0]?.[1]).not.toBe(keys[1]?.[1]);
  });
});

/** Whether the request can be collected, once its call is over; `wait` is how a test outside it waits for that. */
async function collected(
  call: () => Promise<unknown>,
  wait: (answer: Promise<unknown>) => Promise<unknown> = (answer) => answer,
): Promise<boolean> {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error('run with --expose-gc');
  const made = async (): Promise<WeakRef<Request>> => {
    const mine: Request = { user: 'ann' };
    await wait(request.run(mine, call));
    return new WeakRef(mine);
  };
  const reference = await made();
  for (let turn = 0; turn < 20 && reference.deref() !== undefined; turn += 1) {
    await settle();
    gc();
  }
  return reference.deref() === undefined;
}

describe('hazard 31: a request can be collected although its call left', () => {
  test('an entry with a ttl, whose sweeper runs on the machine’s clock', async () => {
    // Each in a cache of its own, so that each call is the one that starts the sweeper.
    const options = { ttl: '1h' };
    const caches = [createCache(), createCache(), createCache()];
    const load = caches[0]?.cacheData(async () => 1, options);
    const sync = caches[1]?.cacheDataSync(() => 1, options);
    const pool = caches[2]?.cacheResource(async () => ({}), options);
    for (const call of [load, sync, pool]) {
      expect(await collected(async () => call?.())).toBe(true);
      expect(call?.has()).toBe(true);
    }
    await Promise.all(caches.map((cache) => cache.close()));
  });

  test('a delayed release of a resource', async () => {
    const cache = createCache();
    const options = { releaseAfter: '1h', onRelease: () => {} };
    const replaced = cache.cacheResource(async () => ({}), options);
    expect(await collected(async () => [await replaced(), await replaced.refresh()])).toBe(true);
    const invalid = cache.cacheResource(async () => ({}), { ...options, validate: () => false });
    expect(await collected(async () => [await invalid(), await invalid()])).toBe(true);
    await cache.close();
  });

  test('a run that never settles, which it has stopped waiting for', async () => {
    const cache = createCache();
    const load = cache.cacheData(async () => gate<number>().passed);
    const aborted = async (): Promise<unknown> => {
      const caller = new AbortController();
      const answer = load
        .withOptions({ signal: caller.signal })()
        .catch(() => 'gone');
      await settle();
      caller.abort();
      return answer;
    };
    expect(await collected(aborted)).toBe(true);
    await cache.close();
  });

  test('a run over a store that never settles, whose key was asked for again in the caller’s context', async () => {
    const cache = createCache({ name: 'shop', store: new Map() });
    const door = gate<number>();
    const load = cache.cacheData(async (_query: { page: number }) => door.passed, {
      name: 'load',
      key: ({ page }) => [userNow(), page],
    });
    const others: Promise<number>[] = [];
    const leaves = async (): Promise<unknown> => {
      const caller = new AbortController();
      const answer = load
        .withOptions({ signal: caller.signal })({ page: 1 })
        .catch(() => 'gone');
      await settle();
      caller.abort();
      return answer;
    };
    const left = collected(leaves);
    request.run({ user: 'ann' }, () => others.push(load({ page: 1 })));
    expect(await left).toBe(true);
    door.open(1);
    expect(await Promise.all(others)).toEqual([1]);
    await cache.close();
  });

  test('a run that others wait for', async () => {
    const cache = createCache();
    const door = gate<number>();
    const load = cache.cacheData(async (_id: number) => door.passed);
    const others: Promise<number>[] = [];
    const leaves = async (): Promise<unknown> => {
      const caller = new AbortController();
      const answer = load
        .withOptions({ signal: caller.signal })(1)
        .catch(() => 'gone');
      await settle();
      caller.abort();
      return answer;
    };
    const left = collected(leaves);
    request.exit(() => others.push(load(1)));
    expect(await left).toBe(true);
    door.open(1);
    expect(await Promise.all(others)).toEqual([1]);
    await cache.close();
  });

  test('an invalidation that the store has not acknowledged', async () => {
    const { clock } = pond();
    const store = new GatedStore();
    const cache = createCache({ name: 'shop', store, clock, logger: { warn: () => {} } });
    const load = cache.cacheData(async () => 'needle', { name: 'load' });
    await load();
    await cache.flush();
    store.hold(({ kind }) => kind !== 'get');
    for (const drop of [load.delete, load.clear, cache.clear, async () => cache.invalidateTags('users')]) {
      const pending = async (answer: Promise<unknown>): Promise<void> =>
        expect(await within(clock, 5_000, answer)).toEqual({ store: 'pending' });
      expect(await collected(drop, pending)).toBe(true);
    }
    await within(clock, 60_000, cache.close());
  });

  test('a write to the store that has not been answered', async () => {
    const store = new GatedStore();
    const cache = createCache({ name: 'shop', store, logger: { warn: () => {} } });
    const load = cache.cacheData(async () => 'needle', { name: 'load', ttl: '1h' });
    await load.refresh();
    await cache.flush();
    const held = store.hold(({ kind }) => kind === 'set');
    expect(await collected(() => load.refresh())).toBe(true);
    await held.release();
    await cache.close();
  });
});

import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { DataOptions } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf, gate, unchecked, until } from '../support/gate.js';

interface User {
  role: string;
}

/** A function that reads the user of its request, and goes on with it when a door is opened. */
function menuOf(options: DataOptions<[], string> = {}) {
  const made = pond();
  const requests = new AsyncLocalStorage<User>();
  const user = made.cache.input('user', () => requests.getStore());
  const door = gate();
  const menu = made.cache.cacheData(async () => {
    const reader = user();
    await door.passed;
    return `the menu of ${reader?.role}`;
  }, options);
  const ask = (who: User): Promise<string> => requests.run(who, () => menu());
  return { ...made, menu, ask, door };
}

describe('hazard 24: an input whose value its caller changes', () => {
  test('while the run goes on with it: what is kept for a guest is of a guest', async () => {
    const { ask, door } = menuOf();
    const visitor = { role: 'guest' };
    const call = ask(visitor);
    await settle();
    visitor.role = 'admin';
    door.open();
    await call;
    expect(await ask({ role: 'guest' })).toBe('the menu of guest');
    expect(await ask({ role: 'admin' })).toBe('the menu of admin');
  });

  test('hazard 25: while a refresh behind its stale answer runs with it', async () => {
    const made = pond();
    const requests = new AsyncLocalStorage<User>();
    const user = made.cache.input('user', () => requests.getStore());
    const door = gate();
    let runs = 0;
    const menu = made.cache.cacheData(
      async () => {
        runs += 1;
        if (runs === 2) await door.passed;
        return `the menu of ${user()?.role}, run ${runs}`;
      },
      { ttl: '10s', staleWhileRevalidate: '1m' },
    );
    const visitor = { role: 'guest' };
    await requests.run(visitor, () => menu());
    await made.clock.advance(10_000);
    await requests.run(visitor, () => menu());
    visitor.role = 'admin';
    door.open();
    await until(() => menu.stats().runs === 2 && runs === 2);
    await settle();
    expect(await requests.run({ role: 'guest' }, () => menu())).toBe('the menu of guest, run 2');
  });

  test('hazard 45: that answers otherwise each time it is asked is kept under what the run has got', async () => {
    const { cache } = pond();
    let asked = 0;
    const user = cache.input('user', () => ({
      get role(): string {
        asked += 1;
        return `role ${asked}`;
      },
    }));
    const keys: string[] = [];
    cache.on('computed', ({ key }) => keys.push(key));
    const role = await cache.cacheData(async () => (user() as User).role)();
    expect(keys).toEqual([expect.stringContaining(`s${role.length}:${role}`)]);
  });

  test('that is a resource is that very resource, and no copy', async () => {
    const { cache } = pond();
    const getPool = cache.cacheResource(async () => ({ host: 'db1' }), { identity: ({ host }) => host });
    const pools = new AsyncLocalStorage<{ host: string }>();
    const pool = cache.input('pool', () => pools.getStore());
    const seen: unknown[] = [];
    const load = cache.cacheData(async () => seen.push(pool()));
    const built = await getPool();
    await pools.run(built, () => load());
    expect(seen[0]).toBe(built);
  });
});

test.each(['in a run', 'outside any'])('an input that is read asynchronously is refused, %s', async (where) => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  const { cache } = pond();
  const flag = cache.input(
    'flag',
    unchecked(() => Promise.reject(new Error('no flags'))),
  );
  const load = cache.cacheData(async () => flag());
  expect(await failureOf(where === 'in a run' ? load() : (async () => flag())())).toMatchObject({
    code: 'ERR_MILLPOND_INVALID_OPTION',
    message: expect.stringContaining('input flag: option `read()` is an instance of Promise'),
  });
  await settle();
  expect(unhandled).toEqual([]);
});

test('a session that is told asynchronously is refused, and its rejection ends nothing', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  const { cache } = pond();
  const load = cache.cacheData(async () => 1, { scope: 'session' });
  const session = unchecked(() => Promise.reject(new Error('no sessions')));
  expect(await failureOf(cache.runInScope({ session }, () => load()))).toMatchObject({
    code: 'ERR_MILLPOND_INVALID_OPTION',
    message: expect.stringContaining('at once'),
  });
  await settle();
  expect(unhandled).toEqual([]);
});

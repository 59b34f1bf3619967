import { describe, expect, test } from 'vitest';
import { createCache, type Cache } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { gate } from '../support/gate.js';

/** Whether what a scope was opened for can be collected once it has ended; `use` is called inside it. */
async function collected(cache: Cache, use: () => Promise<unknown>): Promise<boolean> {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error('run with --expose-gc');
  const open = async (): Promise<WeakRef<object>> => {
    const request = { user: 'ann' };
    const scope = cache.openScope({ session: () => request.user });
    await scope.run(use);
    await scope.end();
    return new WeakRef(request);
  };
  const reference = await open();
  for (let turn = 0; turn < 20 && reference.deref() !== undefined; turn += 1) {
    await settle();
    gc();
  }
  return reference.deref() === undefined;
}

describe('hazard 31: a request can be collected when its scope has ended, although', () => {
  test('its session goes on, with data and resources, and a timer for its end', async () => {
    const cache = createCache();
    const load = cache.cacheData(async () => 1, { scope: 'session', ttl: '1h' });
    const pool = cache.cacheResource(async () => ({}), { scope: 'session' });
    expect(await collected(cache, () => Promise.all([load(), pool()]))).toBe(true);
    expect(cache.stats().entries).toBe(2);
    await cache.close();
  });

  test('something that it began goes on in its async context', async () => {
    const cache = createCache();
    const load = cache.cacheData(async () => 1, { scope: 'request' });
    const own = cache.cacheData(async () => 1, { scope: 'session' });
    const door = gate();
    const left: Promise<unknown>[] = [];
    const timers: NodeJS.Timeout[] = [];
    const use = async (): Promise<void> => {
      timers.push(setInterval(() => undefined, 1_000_000));
      left.push(door.passed.then(() => undefined));
      await Promise.all([load(), own()]);
    };
    expect(await collected(cache, use)).toBe(true);
    for (const timer of timers) clearInterval(timer);
    door.open();
    await Promise.all(left);
    await cache.close();
  });

  test('a run of its session never ends', async () => {
    const cache = createCache();
    const load = cache.cacheData(async () => gate<number>().passed, { scope: 'session', hardTimeout: 5 });
    expect(await collected(cache, () => load().catch(() => undefined))).toBe(true);
    await cache.close();
  });

  test('a release of something that was made in it never ends', async () => {
    const cache = createCache({ closeTimeout: 5, logger: { warn: () => undefined } });
    const pool = cache.cacheResource(async () => ({}), { scope: 'request', onRelease: () => gate().passed });
    expect(await collected(cache, pool)).toBe(true);
    await cache.close();
  });
});

test('hazard 52: requests and sessions that are over leave nothing behind in any table', async () => {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error('run with --expose-gc');
  const cache = createCache({ maxSessions: 10 });
  const load = cache.cacheData(async (id: number) => id, { scope: 'request' });
  const own = cache.cacheData(async (id: number) => id, { scope: 'session' });
  const pool = cache.cacheResource(async () => ({}), { scope: 'request' });
  const visit = (session: string): Promise<unknown> =>
    cache.runInScope({ session }, () => Promise.all([load(1), own(1), pool()]));
  const heapAfter = async (from: number): Promise<number> => {
    for (let at = from; at < from + 5_000; at += 1) await visit(`session ${at}`);
    await settle();
    gc();
    return process.memoryUsage().heapUsed;
  };
  await heapAfter(0);
  const before = await heapAfter(5_000);
  const after = await heapAfter(10_000);
  expect(cache.stats().entries).toBe(10);
  // An empty set for each request would be 900,000.
  expect(after - before).toBeLessThan(500_000);
  await cache.close();
});

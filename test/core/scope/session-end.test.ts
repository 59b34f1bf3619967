import { describe, expect, test } from 'vitest';
import { createCache, type CacheOptions } from '@millpond/core';
import { fakeClock, settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { gate, type Gate } from '../support/gate.js';
import { GatedStore } from '../support/gated-store.js';
import { counted, inSession } from '../support/sessions.js';

describe('the end of a session', () => {
  /** A session in which there is data, a resource, and something under way. */
  async function lived(options: CacheOptions = {}) {
    const { cache, clock, load } = counted(options);
    const released: [string, string][] = [];
    const onRelease = ({ name }: { name: string }, why: string): void => void released.push([name, why]);
    const pool = cache.cacheResource(async (name: string) => ({ name }), { name: 'pool', scope: 'session', onRelease });
    await inSession(cache, 'one', async () => [await load('x'), await pool('first'), await pool('second')]);
    await inSession(cache, 'two', () => load('x'));
    return { cache, clock, load, pool, released };
  }

  test('S98: drops its entries and releases its resources, the last made first, and no other session’s', async () => {
    const { cache, load, pool, released } = await lived();
    await cache.endSession('one');
    expect(released).toEqual([
      ['second', 'scope'],
      ['first', 'scope'],
    ]);
    expect([load.stats().entries, pool.stats().entries]).toEqual([1, 0]);
    expect(load.stats().removals.scope).toBe(1);
    expect(await inSession(cache, 'one', () => load('x'))).toBe(3);
    await cache.endSession('nobody');
  });

  test('S98: takes its entries out of the store, also those of other processes, and no other session’s', async () => {
    const store = new GatedStore();
    const { cache, load } = await lived({ name: 'shop', store });
    const elsewhere = createCache({ name: 'shop', store, clock: fakeClock() });
    const there = elsewhere.cacheData(load.original, { name: 'load', scope: 'session' });
    await inSession(elsewhere, 'one', () => there('y'));
    await Promise.all([cache.flush(), elsewhere.flush()]);
    const entries = (): number => [...store.data.keys()].filter((key) => key.includes('/e/')).length;
    expect(entries()).toBe(3);
    await cache.endSession('one');
    expect(entries()).toBe(2);
    expect(await inSession(cache, 'one', () => load('y'))).toBe(4);
    expect(await inSession(elsewhere, 'two', () => there('x'))).toBe(2);
    await Promise.all([cache.close(), elsewhere.close()]);
  });

  test('S98: comes when it was idle for `sessionIdle`, without traffic; what is stored may be in use elsewhere', async () => {
    const store = new GatedStore();
    const { cache, clock, load, released } = await lived({ name: 'shop', store, sessionIdle: '10m', memoryTtl: '1d' });
    await cache.flush();
    await clock.advance(6 * 60_000);
    await inSession(cache, 'one', () => load('x'));
    await clock.advance(5 * 60_000);
    expect(load.stats().entries).toBe(1);
    expect(released).toEqual([]);
    await clock.advance(6 * 60_000);
    await settle();
    expect(load.stats().entries).toBe(0);
    expect(released.map(([name]) => name)).toEqual(['second', 'first']);
    expect(await inSession(cache, 'one', () => load('x'))).toBe(1);
    await cache.close();
  });

  test('hazard 29: comes to the one that was not used for longest when there are more than `maxSessions`', async () => {
    const { cache, load } = counted({ maxSessions: 2 });
    for (const session of ['one', 'two', 'one', 'three']) await inSession(cache, session, load);
    expect(load.stats().entries).toBe(2);
    expect(await inSession(cache, 'one', load)).toBe(1);
    expect(await inSession(cache, 'two', load)).toBe(4);
  });

  test('S86: what is being refreshed then is discarded, and a resource released', async () => {
    const { cache, clock } = pond();
    const doors: Gate<void>[] = [];
    const released: [number, string][] = [];
    const wait = async (): Promise<number> => {
      const door = gate();
      doors.push(door);
      await door.passed;
      return doors.length;
    };
    const options = { scope: 'session', ttl: '1m', staleWhileRevalidate: '1h' } as const;
    const load = cache.cacheData(wait, options);
    const pool = cache.cacheResource(async () => ({ id: await wait() }), {
      ...options,
      onRelease: ({ id }, why) => void released.push([id, why]),
    });
    const use = (): Promise<unknown> => inSession(cache, 'one', () => Promise.all([load(), pool()]));
    const first = use();
    await settle();
    for (const door of doors) door.open();
    await first;
    await clock.advance(60_000);
    await use();
    expect(doors.length).toBe(4);
    const ending = cache.endSession('one');
    await settle();
    expect(released).toEqual([[2, 'scope']]);
    for (const door of doors) door.open();
    await ending;
    expect(released).toEqual([
      [2, 'scope'],
      [4, 'discard'],
    ]);
    expect(cache.stats().entries).toBe(0);
  });

  test('a call that was under way is answered, and nothing of it is kept', async () => {
    const { cache } = pond();
    const door = gate<string>();
    const load = cache.cacheData(async () => door.passed, { scope: 'session' });
    const call = inSession(cache, 'one', load);
    await settle();
    await cache.endSession('one');
    door.open('x');
    expect(await call).toBe('x');
    expect(load.stats().entries).toBe(0);
  });

  test('forgets keys that are gone, however many a session has asked for', async () => {
    const { cache } = pond();
    const load = cache.cacheData(async (id: number) => id, { scope: 'session', maxEntries: 10 });
    const square = cache.cacheDataSync((id: number) => id * id, { scope: 'session', maxEntries: 10 });
    await inSession(cache, 'one', async () => {
      for (let id = 0; id < 5_000; id += 1) await load(id);
      for (let id = 0; id < 5_000; id += 1) square(id);
    });
    await cache.endSession('one');
    expect(cache.stats().entries).toBe(0);
  });

  test('drops all that is there, however much that is', async () => {
    const { cache } = pond();
    const load = cache.cacheData(async (id: number) => id, { scope: 'session' });
    await inSession(cache, 'one', async () => {
      for (let id = 0; id < 2_500; id += 1) await load(id);
    });
    expect(load.stats().entries).toBe(2_500);
    await cache.endSession('one');
    expect(load.stats().entries).toBe(0);
  });

  test('ends nothing in a cache that is closed, which has let go of everything', async () => {
    const { cache, released } = await lived();
    await cache.close();
    expect(released.map(([, why]) => why)).toEqual(['close', 'close']);
    await cache.endSession('one');
    expect(await inSession(cache, 'one', async () => 'still runs')).toBe('still runs');
  });
});

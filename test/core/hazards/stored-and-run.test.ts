import { expect, test } from 'vitest';
import { createCache, type CachedData } from '@millpond/core';
import { fakeClock, type FakeClock } from '../../support/fake-clock.js';
import { GatedStore } from '../support/gated-store.js';
import { failureOf, gate, until, type Gate } from '../support/gate.js';

/** A cached function over a store, each of whose runs waits for the test. */
function storedRuns(store: GatedStore, clock: FakeClock) {
  const cache = createCache({ name: 'shop', store, clock });
  const doors: Gate<string>[] = [];
  const load: CachedData<[id: string], string> = cache.cacheData(
    async (_id: string) => {
      const door = gate<string>();
      doors.push(door);
      return door.passed;
    },
    { name: 'load' },
  );
  /** The door of a run (from 1), when it has begun. */
  const run = async (number: number): Promise<Gate<string>> => {
    await until(() => doors.length >= number);
    const door = doors[number - 1];
    if (door === undefined) throw new Error(`run ${number} has not begun`);
    return door;
  };
  return { cache, load, run };
}

test('hazard 16: a run that begins after another has ended replaces what that one left, however early its look-up began', async () => {
  const store = new GatedStore();
  const { load, run } = storedRuns(store, fakeClock());
  const first = load('0');
  (await run(1)).open('tokens are made');
  await first;
  const lookUp = store.hold(({ kind }) => kind === 'get');
  const called = load('1');
  await until(() => lookUp.held.length > 0);
  lookUp.takeNoMore();
  const refreshed = load.refresh('1');
  (await run(2)).open('read before');
  expect(await refreshed).toBe('read before');
  await lookUp.release();
  (await run(3)).open('read last');
  expect(await called).toBe('read last');
  expect(await load('1')).toBe('read last');
});

test('hazard 16: what is found in the store does not keep out a run that began after it was computed', async () => {
  const store = new GatedStore();
  const clock = fakeClock();
  const before = storedRuns(store, clock);
  const made = before.load('1');
  (await before.run(1)).open('computed before');
  await made;
  await before.cache.close();
  await clock.advance(1_000);
  const { load, run } = storedRuns(new GatedStore(store.data), clock);
  const refreshed = load.refresh('1');
  const door = await run(1);
  // One that fails leaves the key to those who come then: they look into the store.
  const failing = load.refresh('1');
  (await run(2)).fail(new Error('down'));
  await failureOf(failing);
  expect(await load('1')).toBe('computed before');
  door.open('computed last');
  expect(await refreshed).toBe('computed last');
  expect(await load('1')).toBe('computed last');
});

test('hazard 16: what the store has is no answer where memory has had something newer, be that over and the older not', async () => {
  const clock = fakeClock();
  const cache = createCache({ name: 'shop', store: new Map(), clock, memoryTtl: '1h' });
  let version = 1;
  let isDown = false;
  const getPart = cache.cacheData(
    async () => {
      if (isDown) throw new Error('down');
      return 'a part';
    },
    { name: 'part', ttl: '10s', staleIfError: '1h', jitter: 0 },
  );
  const getWhole = cache.cacheData(async () => [version, await getPart()], {
    name: 'whole',
    ttl: '1h',
    staleWhileRevalidate: '1h',
    jitter: 0,
  });
  expect(await getWhole()).toEqual([1, 'a part']);
  await cache.flush();
  await clock.advance('10s');
  isDown = true;
  version = 2;
  // Made of something stale, so that it is not stored.
  expect(await getWhole.withOptions({ freshWithin: '1s' })()).toEqual([2, 'a part']);
  expect(await getWhole()).toEqual([2, 'a part']);
});

import { expect, test } from 'vitest';
import { currentSignal } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf, gate, watch } from '../support/gate.js';
import { gatedRuns } from '../support/gated-runs.js';

test('hazard 17: a run that stops waiting for another by one of two calls still waits by the other', async () => {
  const { cache } = pond();
  const leave = new AbortController();
  const door = gate();
  const a = cache.cacheData(async (): Promise<string> => {
    const left = b
      .withOptions({ signal: leave.signal })()
      .catch(() => 'left');
    const [, value] = await Promise.all([left, b()]);
    return value;
  });
  const b = cache.cacheData(async (): Promise<string> => {
    await door.passed;
    return a();
  });
  const call = a();
  await settle();
  leave.abort();
  await settle();
  door.open();
  const state = watch(call);
  await settle();
  expect(state.settled).toBe(true);
  expect(await failureOf(call)).toMatchObject({ code: 'ERR_MILLPOND_RECURSIVE_CALL' });
});

test('a caller who joins a refresh behind a stale answer, and leaves, does not abort it', async () => {
  const { cache, clock } = pond();
  const door = gate<string>();
  let signal: AbortSignal | undefined;
  let waits = false;
  const load = cache.cacheData(
    async () => {
      signal = currentSignal();
      return waits ? door.passed : 'old';
    },
    { ttl: '1m', staleWhileRevalidate: '30s' },
  );
  await load();
  await clock.advance(60_000);
  waits = true;
  expect(await load()).toBe('old');
  await settle();
  await clock.advance(30_000);
  const leave = new AbortController();
  const joined = failureOf(load.withOptions({ signal: leave.signal })());
  await settle();
  leave.abort(new Error('gone'));
  expect(await joined).toMatchObject({ message: 'gone' });
  expect(signal?.aborted).toBe(false);
  door.open('new');
  await settle();
  expect(await load()).toBe('new');
});

test('a signal that aborts while a resource is validated lets its caller go', async () => {
  const { cache } = pond();
  const door = gate<boolean>();
  const pool = cache.cacheResource(async () => ({}), { validate: () => door.passed });
  await pool();
  const leave = new AbortController();
  const left = failureOf(pool.withOptions({ signal: leave.signal })());
  const stays = pool();
  leave.abort(new Error('gone'));
  const state = watch(left);
  await settle();
  expect(state.settled).toBe(true);
  expect(await left).toMatchObject({ message: 'gone' });
  door.open(true);
  await stays;
});

test('a signal that aborted while the resource was validated does not wait for the new one', async () => {
  const { cache } = pond();
  const door = gate<boolean>();
  const building = gate();
  let built = 0;
  const pool = cache.cacheResource(async () => (++built > 1 ? building.passed : {}), { validate: () => door.passed });
  await pool();
  const leave = new AbortController();
  const left = failureOf(pool.withOptions({ signal: leave.signal })());
  await settle();
  leave.abort(new Error('gone'));
  door.open(false);
  const state = watch(left);
  await settle();
  expect(state.settled).toBe(true);
  building.open();
});

test('hazard 18: a listener who calls again when a run is abandoned shares the next run with the caller', async () => {
  const { cache, clock, load, doors, answer } = gatedRuns({ flightTimeout: '1s' });
  const stuck = load('a');
  await clock.advance('1s');
  const heard: Promise<string>[] = [];
  cache.on('abandoned', () => heard.push(load('a')));
  const next = load('a');
  await answer(2, 'next');
  expect([await next, ...(await Promise.all(heard))]).toEqual(['next', 'next']);
  expect(doors).toHaveLength(2);
  await answer(1, 'late');
  expect(await stuck).toBe('late');
});

test('refreshes that never end do not keep others from running for ever', async () => {
  const { cache, clock } = pond({ refreshLimit: 1 });
  let hangs = false;
  const options = { ttl: '1m', staleWhileRevalidate: '1d' } as const;
  const hung = cache.cacheData(async () => (hangs ? gate().passed : 'old'), options);
  let calls = 0;
  const load = cache.cacheData(async () => ++calls, options);
  await hung();
  await load();
  await clock.advance(60_000);
  hangs = true;
  expect(await hung()).toBe('old');
  expect(await load()).toBe(1);
  await clock.advance(60_000);
  expect(await load()).toBe(1);
  await settle();
  expect(await load()).toBe(2);
});

test('a refresh whose result cannot be kept is told as an event', async () => {
  const { cache, clock } = pond();
  const failed: unknown[] = [];
  cache.on('failed', ({ error }) => failed.push(error));
  let bad = false;
  const load = cache.cacheData(async (): Promise<unknown> => (bad ? () => {} : 'old'), {
    ttl: '1m',
    staleWhileRevalidate: '1h',
  });
  await load();
  await clock.advance(60_000);
  bad = true;
  expect(await load()).toBe('old');
  await settle();
  expect(failed).toMatchObject([{ code: 'ERR_MILLPOND_UNCACHEABLE_VALUE' }]);
});

test('a resource is built once, also when a listener asks for it as it is missed', async () => {
  const { cache } = pond();
  let built = 0;
  const pool = cache.cacheResource(async () => ({ id: ++built }));
  let again: Promise<unknown> | undefined;
  cache.on('miss', () => {
    again ??= pool();
  });
  expect(await pool()).toBe(await again);
  expect(built).toBe(1);
});

test.each(['cacheData', 'cacheResource'] as const)(
  'hazard 18: however many callers of a %s that hangs have left, few runs of it are left behind',
  async (wrap) => {
    const { cache } = pond();
    const door = gate<string>();
    let runs = 0;
    const load = cache[wrap](() => {
      runs += 1;
      currentSignal();
      return door.passed;
    });
    for (let caller = 0; caller < 20; caller += 1) {
      const leave = new AbortController();
      const call = load.withOptions({ signal: leave.signal })();
      leave.abort(new Error('left'));
      expect(await failureOf(call)).toMatchObject({ message: 'left' });
    }
    expect(runs).toBe(4);
    const last = load();
    door.open('value');
    expect(await last).toBe('value');
    expect(runs).toBe(4);
  },
);

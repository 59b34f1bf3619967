import { describe, expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { fakeClock, settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { GatedStore } from '../support/gated-store.js';
import { gatedRuns } from '../support/gated-runs.js';
import { failureOf, gate, until, type Gate } from '../support/gate.js';

describe('hazard 13: a caller who joins a run whose tags are not known yet', () => {
  test('after they were invalidated looks again, and the one before keeps the value', async () => {
    const { cache, load, answer, doors } = gatedRuns({ tags: (value) => [`user:${value}`] });
    const before = load('1');
    await settle();
    await cache.invalidateTags('user:ann');
    const after = load('1');
    const later = load('1');
    await answer(1, 'ann');
    expect(await before).toBe('ann');
    await answer(2, 'ann, renamed');
    expect(await Promise.all([after, later])).toEqual(['ann, renamed', 'ann, renamed']);
    expect(doors).toHaveLength(2);
    expect(await load('1')).toBe('ann, renamed');
  });

  test('after others were invalidated shares the run', async () => {
    const { cache, load, answer, doors } = gatedRuns({ tags: (value) => [`user:${value}`] });
    const before = load('1');
    await settle();
    await cache.invalidateTags('user:eve');
    const after = load('1');
    await answer(1, 'ann');
    expect(await Promise.all([before, after])).toEqual(['ann', 'ann']);
    expect(await load('1')).toBe('ann');
    expect(doors).toHaveLength(1);
  });

  test('and a run with tags known before is outdated at once', async () => {
    const { cache, load, answer, doors } = gatedRuns({ tags: ['users'] });
    const before = load('1');
    await settle();
    await cache.invalidateTags('users');
    const after = load('1');
    await settle();
    expect(doors).toHaveLength(2);
    await answer(2, 'new');
    expect(await after).toBe('new');
    await answer(1, 'old');
    expect([await before, await load('1')]).toEqual(['old', 'new']);
  });
});

describe('hazard 14: a stale window serves what has aged, and never what', () => {
  const fallback = { ttl: '1m', staleIfError: '1h', tags: ['users'] } as const;
  const windows = { both: { ...fallback, staleWhileRevalidate: '1h' }, fallback } as const;

  function fragile() {
    const { cache, clock } = pond();
    const state = { calls: 0, failing: false };
    const load = cache.cacheData(async () => {
      state.calls += 1;
      if (state.failing) throw new Error('down');
      return `value ${state.calls}`;
    }, windows.both);
    return { cache, clock, load, state };
  }

  type Drop = (made: Pick<ReturnType<typeof fragile>, 'cache' | 'load'>) => Promise<unknown>;
  const drops: [string, Drop][] = [
    ['was deleted', ({ load }) => load.delete()],
    ['was cleared', ({ load }) => load.clear()],
    ['was cleared with the cache', ({ cache }) => cache.clear()],
    ['was invalidated by its tag', ({ cache }) => cache.invalidateTags('users')],
  ];

  test('is gone: an aged value is served', async () => {
    const { load, clock, state } = fragile();
    await load();
    await clock.advance(60_000);
    state.failing = true;
    expect(await load()).toBe('value 1');
    await settle();
    expect(await load()).toBe('value 1');
  });

  test.each(drops)('%s', async (_, drop) => {
    for (const aged of [true, false]) {
      const made = fragile();
      await made.load();
      if (aged) await made.clock.advance(60_000);
      await drop(made);
      made.state.failing = true;
      expect(await failureOf(made.load())).toMatchObject({ message: 'down' });
      made.state.failing = false;
      expect(await made.load()).toBe('value 3');
    }
  });

  test.each(drops)('%s while the run that failed was under way', async (_, drop) => {
    const { cache, clock } = pond();
    const door = gate<string>();
    let waits = false;
    const load = cache.cacheData(async () => (waits ? door.passed : 'old'), windows.fallback);
    await load();
    await clock.advance(60_000);
    waits = true;
    const waiting = failureOf(load());
    await settle();
    await drop({ cache, load });
    door.fail(new Error('down'));
    expect(await waiting).toMatchObject({ message: 'down' });
  });

  test('a refresh brings that began before a drop', async () => {
    const { load, answer, clock } = gatedRuns({ ttl: '1m', staleWhileRevalidate: '1h' });
    const first = load('1');
    await answer(1, 'one');
    expect(await first).toBe('one');
    await clock.advance(60_000);
    expect(await load('1')).toBe('one');
    await settle();
    await load.delete('1');
    await answer(2, 'two');
    const next = load('1');
    await answer(3, 'three');
    expect(await next).toBe('three');
  });
});

describe('hazard 16: of two runs of one key', () => {
  test('the older does not replace what the newer has left', async () => {
    const { load, answer } = gatedRuns();
    const old = load('1');
    await settle();
    const fresh = load.refresh('1');
    await answer(2, 'new');
    expect(await fresh).toBe('new');
    await answer(1, 'old');
    expect([await old, await load('1')]).toEqual(['old', 'new']);
  });

  test('the newer replaces what the older has left', async () => {
    const { load, answer } = gatedRuns();
    const old = load('1');
    await settle();
    const fresh = load.refresh('1');
    await answer(1, 'old');
    expect(await old).toBe('old');
    await answer(2, 'new');
    expect([await fresh, await load('1')]).toEqual(['new', 'new']);
  });

  test('and of three refreshes the last one begun is kept, in whatever order they end', async () => {
    for (const order of [
      [1, 2, 3],
      [3, 2, 1],
      [2, 3, 1],
      [3, 1, 2],
      [1, 3, 2],
      [2, 1, 3],
    ]) {
      const { load, answer } = gatedRuns();
      const runs = [load.refresh('1'), load.refresh('1'), load.refresh('1')];
      for (const run of order) await answer(run, `run ${run}`);
      expect(await Promise.all(runs)).toEqual(['run 1', 'run 2', 'run 3']);
      expect(await load('1')).toBe('run 3');
    }
  });
});

test('hazard 16: a run is as old as the beginning of its function, however long it has waited for the store', async () => {
  const store = new GatedStore();
  const cache = createCache({ name: 'shop', store, clock: fakeClock() });
  const doors: Gate<string>[] = [];
  const load = cache.cacheData(
    async (_id: string) => {
      const door = gate<string>();
      doors.push(door);
      return door.passed;
    },
    { name: 'load' },
  );
  const refresh = load.refresh('0');
  await until(() => doors.length === 1);
  doors[0]?.open('tokens are made');
  await refresh;
  // The look-up of the call is slow; the refresh begins meanwhile, and reads what is then the truth.
  const lookUp = store.hold(({ kind }) => kind === 'get');
  const called = load('1');
  await until(() => lookUp.held.length > 0);
  lookUp.takeNoMore();
  const refreshed = load.refresh('1');
  await until(() => doors.length === 2);
  await lookUp.release();
  await until(() => doors.length === 3);
  doors[2]?.open('what the function read last');
  expect(await called).toBe('what the function read last');
  doors[1]?.open('what it had read before');
  expect(await refreshed).toBe('what it had read before');
  expect(await load('1')).toBe('what the function read last');
});

test('hazard 16: of two resources of one key the newer stays, and the older is released', async () => {
  const { cache } = pond();
  const doors: Gate<void>[] = [];
  const released: unknown[] = [];
  const pool = cache.cacheResource(
    async () => {
      const door = gate();
      const id = doors.push(door);
      await door.passed;
      return { id };
    },
    { onRelease: (resource, reason) => released.push([resource, reason]) },
  );
  const runs = [pool(), pool.refresh()];
  for (const run of [1, 0]) {
    await settle();
    doors[run]?.open();
  }
  expect(await Promise.all(runs)).toEqual([{ id: 1 }, { id: 2 }]);
  expect(await pool()).toBe(await runs[1]);
  await settle();
  expect(released).toEqual([[{ id: 1 }, 'discard']]);
});

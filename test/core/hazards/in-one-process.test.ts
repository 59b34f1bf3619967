import { describe, expect, test } from 'vitest';
import { currentSignal, type DataOptions } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf, gate, watch, type Gate } from '../support/gate.js';

/** A function each of whose runs waits for the test, which says what it answers. */
function gated(options: DataOptions<[id: string], string> = {}) {
  const { cache, clock } = pond();
  const doors: Gate<string>[] = [];
  const load = cache.cacheData(async (_id: string) => {
    const door = gate<string>();
    doors.push(door);
    return door.passed;
  }, options);
  /** Lets a run (from 1) answer; it must have begun. */
  const answer = async (run: number, value: string): Promise<void> => {
    await settle();
    const door = doors[run - 1];
    if (door === undefined) throw new Error(`run ${run} has not begun`);
    door.open(value);
    await settle();
  };
  return { cache, clock, load, answer, doors };
}

describe('hazard 13: a caller who joins a run whose tags are not known yet', () => {
  test('after they were invalidated looks again, and the one before keeps the value', async () => {
    const { cache, load, answer, doors } = gated({ tags: (value) => [`user:${value}`] });
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
    const { cache, load, answer, doors } = gated({ tags: (value) => [`user:${value}`] });
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
    const { cache, load, answer, doors } = gated({ tags: ['users'] });
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
    let door: Gate<string> | undefined;
    const load = cache.cacheData(async () => (door === undefined ? 'old' : door.passed), windows.fallback);
    await load();
    await clock.advance(60_000);
    door = gate<string>();
    const waiting = failureOf(load());
    await settle();
    await drop({ cache, load });
    door.fail(new Error('down'));
    expect(await waiting).toMatchObject({ message: 'down' });
  });

  test('a refresh brings that began before a drop', async () => {
    const { load, answer, clock } = gated({ ttl: '1m', staleWhileRevalidate: '1h' });
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
    const { load, answer } = gated();
    const old = load('1');
    await settle();
    const fresh = load.refresh('1');
    await answer(2, 'new');
    expect(await fresh).toBe('new');
    await answer(1, 'old');
    expect([await old, await load('1')]).toEqual(['old', 'new']);
  });

  test('the newer replaces what the older has left', async () => {
    const { load, answer } = gated();
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
      const { load, answer } = gated();
      const runs = [load.refresh('1'), load.refresh('1'), load.refresh('1')];
      for (const run of order) await answer(run, `run ${run}`);
      expect(await Promise.all(runs)).toEqual(['run 1', 'run 2', 'run 3']);
      expect(await load('1')).toBe('run 3');
    }
  });
});

describe('hazard 17: two runs that wait for each other', () => {
  test.each(['cacheData', 'cacheResource'] as const)(
    'are found by the call that closes the circle (%s)',
    async (how) => {
      const { cache } = pond();
      const door = gate();
      const a: () => Promise<object> = cache[how](async (): Promise<object> => {
        await door.passed;
        return { a: await b() };
      });
      const b: () => Promise<object> = cache[how](async (): Promise<object> => {
        await door.passed;
        return { b: await a() };
      });
      const outcomes = Promise.allSettled([a(), b()]);
      await settle();
      door.open();
      const failures = (await outcomes).filter((outcome) => outcome.status === 'rejected');
      expect(failures.length).toBeGreaterThan(0);
      for (const { reason } of failures) expect(reason).toMatchObject({ code: 'ERR_MILLPOND_RECURSIVE_CALL' });
    },
  );

  test('both answer when the one that is refused knows another way', async () => {
    const { cache } = pond();
    const door = gate();
    const a: () => Promise<string> = cache.cacheData(async (): Promise<string> => {
      await door.passed;
      return `a of ${await b().catch(() => 'itself')}`;
    });
    const b: () => Promise<string> = cache.cacheData(async (): Promise<string> => {
      await door.passed;
      return `b of ${await a().catch(() => 'itself')}`;
    });
    const both = Promise.all([a(), b()]);
    await settle();
    door.open();
    expect([
      ['a of b of itself', 'b of itself'],
      ['a of itself', 'b of a of itself'],
    ]).toContainEqual(await both);
  });

  test('are no circle when they only share a third', async () => {
    const { cache } = pond();
    const door = gate<number>();
    const third = cache.cacheData(async () => door.passed);
    const a = cache.cacheData(async () => (await third()) + 1);
    const b = cache.cacheData(async () => (await third()) + (await a()));
    const both = Promise.all([a(), b()]);
    await settle();
    door.open(1);
    expect(await both).toEqual([2, 3]);
  });
});

describe('hazard 18: a function that never settles', () => {
  test('gives its key free after flightTimeout, and a late answer does not replace a newer one', async () => {
    const { load, answer, clock, doors } = gated({ flightTimeout: '5s' });
    const stuck = load('1');
    const state = watch(stuck);
    await clock.advance(4_999);
    void load('1').catch(() => {});
    await settle();
    expect(doors).toHaveLength(1);
    await clock.advance(1);
    const next = load('1');
    await answer(2, 'new');
    expect(await next).toBe('new');
    expect(state.settled).toBe(false);
    await answer(1, 'old');
    expect([await stuck, await load('1')]).toEqual(['old', 'new']);
  });

  test('has a minute by default, and at most three abandoned runs of a key', async () => {
    const { load, clock, doors } = gated();
    for (let turn = 0; turn < 10; turn += 1) {
      load('1').catch(() => {});
      await clock.advance(turn === 0 ? 59_999 : 60_000);
      if (turn === 0) {
        load('1').catch(() => {});
        await clock.advance(0);
        expect(doors).toHaveLength(1);
        await clock.advance(1);
      }
    }
    expect(doors.length).toBeGreaterThan(1);
    expect(doors.length).toBeLessThanOrEqual(4);
  });
});

test('hazard 19: when the last waiter leaves, the key is free before the signal aborts', async () => {
  const { cache } = pond();
  const signals: AbortSignal[] = [];
  let calls = 0;
  const load = cache.cacheData(async (_id: string) => {
    calls += 1;
    const signal = currentSignal();
    if (signal !== undefined) signals.push(signal);
    return calls === 1 ? gate<number>().passed : calls;
  });
  const caller = new AbortController();
  const gone = failureOf(load.withOptions({ signal: caller.signal })('1'));
  await settle();
  const next = new Promise<number>((resolve, reject) => {
    signals[0]?.addEventListener('abort', () => void load('1').then(resolve, reject));
  });
  caller.abort();
  await gone;
  expect(await next).toBe(2);
});

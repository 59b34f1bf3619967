import { describe, expect, test } from 'vitest';
import { currentSignal } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { gatedRuns } from '../support/gated-runs.js';
import { failureOf, gate, watch } from '../support/gate.js';

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
    const { load, answer, clock, doors } = gatedRuns({ flightTimeout: '5s' });
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
    const { load, clock, doors } = gatedRuns();
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

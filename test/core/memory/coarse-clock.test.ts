import { expect, test, vi } from 'vitest';
import { systemClock, type Clock } from '../../../packages/core/src/clock.js';
import { CoarseClock } from '../../../packages/core/src/coarse-clock.js';
import { fakeClock } from '../../support/fake-clock.js';

/** Lets the event loop turn until something is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}

test('a clock of the user is looked at each time', async () => {
  const clock = fakeClock();
  const coarse = new CoarseClock(clock);
  const first = coarse.now();
  await clock.advance(1);
  expect(coarse.now()).toBe(first + 1);
});

test('the clock of the machine is looked at again after 64 readings, when the event loop stands still', () => {
  const look = vi.spyOn(systemClock as { now: Clock['now'] }, 'now');
  try {
    const coarse = new CoarseClock(systemClock);
    const readings = Array.from({ length: 65 }, () => coarse.now());
    expect(new Set(readings).size).toBe(1);
    expect(look).toHaveBeenCalledTimes(1);
    expect(coarse.now()).toBeGreaterThanOrEqual(readings[0] ?? NaN);
    expect(look).toHaveBeenCalledTimes(2);
  } finally {
    look.mockRestore();
  }
});

test('it is looked at again when the event loop has turned for a while, and nothing is armed while nobody reads', async () => {
  const armed = vi.spyOn(systemClock as { setTimer: Clock['setTimer'] }, 'setTimer');
  try {
    const coarse = new CoarseClock(systemClock);
    const first = coarse.now();
    const [, ms, kind] = armed.mock.calls[0] ?? [];
    expect({ ms, kind }).toEqual({ ms: 25, kind: 'background' });
    let readings = 0;
    await until(() => (readings += 1) > 0 && coarse.now() > first);
    expect(readings).toBeLessThan(64);
    // What was read last has armed once more; when that has fired, nothing is left.
    const { length } = armed.mock.calls;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(armed.mock.calls.length).toBe(length);
  } finally {
    armed.mockRestore();
  }
});

test('what ends in a later tick is to come, until that is the present one; what never ends always is', () => {
  let now = 1_000_000;
  const look = vi.spyOn(systemClock as { now: Clock['now'] }, 'now').mockImplementation(() => now);
  try {
    const coarse = new CoarseClock(systemClock);
    const soon = coarse.tickOf(now + 60);
    const never = coarse.tickOf(Infinity);
    expect([soon, never].map((tick) => coarse.isToCome(tick))).toEqual([true, false]);
    expect([soon > coarse.tick, never > coarse.tick]).toEqual([true, true]);
    now += 60;
    // Nobody has looked since.
    expect(soon > coarse.tick).toBe(true);
    coarse.usedTick(63);
    expect(soon > coarse.tick).toBe(true);
    coarse.usedTick(64);
    expect([soon > coarse.tick, never > coarse.tick]).toEqual([false, true]);
    expect(coarse.isToCome(soon)).toBe(false);
  } finally {
    look.mockRestore();
  }
});

test('by a clock of the user nothing is to come but what never ends', () => {
  const clock = fakeClock();
  const coarse = new CoarseClock(clock);
  const later = coarse.tickOf(clock.now() + 60_000);
  expect([coarse.isToCome(later), later > coarse.tick]).toEqual([false, false]);
  expect(coarse.tickOf(Infinity) > coarse.tick).toBe(true);
});

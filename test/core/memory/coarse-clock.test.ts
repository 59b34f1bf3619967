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

import { expect, test } from 'vitest';
import { createEvents } from '../../../packages/core/src/events.js';
import { Reporter } from '../../../packages/core/src/reporter.js';

/** So few that what they allocate fits into the young generation: nothing is collected meanwhile. */
const CALLS = 2000;

/** Bytes that one call allocates: the median of the counts during which nothing was collected. */
function bytesOf(call: () => void): number {
  const counts = Array.from({ length: 9 }, () => {
    for (let time = 0; time < 10 * CALLS; time += 1) call();
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    for (let time = 0; time < CALLS; time += 1) call();
    return (process.memoryUsage().heapUsed - before) / CALLS;
  });
  const whole = counts.filter((bytes) => bytes >= 0).toSorted((a, b) => a - b);
  return whole[Math.floor(whole.length / 2)] ?? Number.NaN;
}

test('counting a hit or a stale answer allocates nothing when nobody listens, and an event when somebody does', () => {
  const events = createEvents({ warn: () => {} });
  const report = new Reporter(events, 'shop', 'load', undefined);
  const options = {};
  const of = { key: 'key' };
  const heard: unknown[] = [undefined];
  const ways: (() => void)[] = [
    () => report.hit(of, 'memory', 1.5, 1.25, options),
    () => report.stale('key', 1.5, 1.25, 'revalidate', options),
  ];
  for (const answered of ways) {
    expect(bytesOf(answered)).toBeLessThan(4);
    // One who holds on to what it hears: an event that nobody can see may never be made.
    const stops = [events.on('hit', (event) => heard.fill(event)), events.on('stale', (event) => heard.fill(event))];
    expect(bytesOf(answered)).toBeGreaterThan(32);
    for (const stop of stops) stop();
    expect(bytesOf(answered)).toBeLessThan(4);
  }
});

import { describe, expect, test } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { all, runOf, take, tapped } from './support.js';

/** A reader who waits for an item that has not come. */
async function waiting(next: Promise<unknown>): Promise<boolean> {
  let hasCome = false;
  const come = (): void => {
    hasCome = true;
  };
  next.then(come, come);
  await settle();
  return !hasCome;
}

describe('hazard 18: a run that hangs', () => {
  test('no longer holds its key after `flightTimeout` without an item; its readers stay', async () => {
    const { cache, clock } = pond();
    const { fn, taps } = tapped<number>();
    const rows = cache.cacheStream(fn, { flightTimeout: '1m' });
    const first = rows('k');
    const begun = take(first, 1);
    await clock.advance(59_000);
    runOf(taps, 1).give(1);
    await begun;
    // Nobody waits for an item: that is no hanging, however long it takes.
    await clock.advance('1h');
    const second = rows('k');
    await take(second, 1);
    const [one, two] = [first.next(), second.next()];
    await clock.advance(59_999);
    const third = rows('k');
    await take(third, 1);
    expect(taps).toHaveLength(1);
    await clock.advance(1);
    const fourth = all(rows('k'));
    await settle();
    expect(taps).toHaveLength(2);
    runOf(taps, 2).give(7);
    runOf(taps, 2).end();
    expect(await fourth).toEqual([7]);
    expect([await waiting(one), await waiting(two)]).toEqual([true, true]);
    runOf(taps, 1).give(2);
    expect([await one, await two]).toEqual([
      { done: false, value: 2 },
      { done: false, value: 2 },
    ]);
  });

  test('is left behind three times a key; the fourth is kept for the next caller, and stopped when it is of no use', async () => {
    const { cache } = pond();
    const { fn, taps } = tapped<number>();
    const rows = cache.cacheStream(fn);
    const visit = async (): Promise<void> => {
      const reader = rows('k');
      void reader.next();
      await settle();
      await reader.return();
    };
    for (let call = 0; call < 10; call += 1) await visit();
    expect(taps.map(({ signal }) => signal?.aborted)).toEqual([true, true, true, false]);
    // It gives an item that nobody waits for: so it does not hang, and is let go.
    runOf(taps, 4).give(1);
    await settle();
    expect([runOf(taps, 4).signal?.aborted, runOf(taps, 4).isClosed]).toEqual([true, true]);

    await visit();
    expect(runOf(taps, 5).signal?.aborted).toBe(false);
    await cache.close();
    expect(runOf(taps, 5).signal?.aborted).toBe(true);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CacheError, createCache } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';
import { everySchedule, PATIENCE } from '../support/race.js';
import { racingStore } from '../support/racing-store.js';
import { Things } from '../support/things.js';
import { Truth } from '../support/truth.js';

const KEYS = ['a', 'b'] as const;

interface Plan {
  readonly callers: number;
  readonly enders: number;
  /** Whether there are entries when the race begins. */
  readonly warm: boolean;
  /** Whether it is the function that is cleared, or the whole cache. */
  readonly whole: boolean;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  callers: fc.integer({ min: 1, max: 4 }),
  enders: fc.integer({ min: 1, max: 2 }),
  warm: fc.boolean(),
  whole: fc.boolean(),
});

const keyOf = (caller: number): string => KEYS[caller % 2] ?? 'a';

describe.each([
  ['in memory', false],
  ['over a store', true],
])('%s', (_, stored) => {
  test(
    'compute/clear: who calls after a clear has resolved gets nothing that was computed before it, of no key',
    () =>
      everySchedule(plan, async (race, { callers, enders, warm, whole }) => {
        const truth = new Truth();
        const data = new Map<string, unknown>();
        const store = stored ? racingStore(race, data) : undefined;
        const process = () => {
          const cache = createCache({ clock: fakeClock(), name: 'shop', store });
          const compute = async (_key: string) => {
            const { now } = truth;
            await race.moment('a run ends');
            return { version: now };
          };
          const load = cache.cacheData(compute, { name: 'load' });
          const other = cache.cacheData(compute, { name: 'other' });
          return { cache, load, other };
        };
        const { cache, load, other } = process();
        await other('a');
        if (warm) await Promise.all(KEYS.map((key) => load(key)));
        await cache.flush();
        race.actors(callers, 'caller', async (caller) => {
          await truth.ask(() => load(keyOf(caller)));
          await race.moment('a caller calls again');
          await truth.ask(() => load(keyOf(caller + 1)));
        });
        race.actors(enders, 'a clear', () => truth.change(() => (whole ? cache.clear() : load.clear())));
        await race.run();
        for (const key of KEYS) {
          await truth.ask(() => load(key));
          if (stored) await truth.ask(() => process().load(key));
        }
        expect(other.has('a')).toBe(!whole);
      }),
    PATIENCE,
  );

  test(
    'compute/close: calls are answered whenever the cache is closed, and afterwards nothing is kept, nor sent to the store',
    () =>
      everySchedule(plan, async (race, { callers, enders, warm }) => {
        const store = stored ? racingStore(race) : undefined;
        const cache = createCache({ clock: fakeClock(), name: 'shop', store });
        let runs = 0;
        const load = cache.cacheData(
          async (key: string) => {
            runs += 1;
            await race.moment('a run ends');
            return { key };
          },
          { name: 'load' },
        );
        if (warm) await Promise.all(KEYS.map((key) => load(key)));
        await cache.flush();
        let askedAtClose = Infinity;
        race.actors(callers, 'caller', async (caller) => {
          expect(await load(keyOf(caller))).toEqual({ key: keyOf(caller) });
          await race.moment('a caller calls again');
          expect(await load(keyOf(caller))).toEqual({ key: keyOf(caller) });
        });
        race.actors(enders, 'a close', async () => {
          expect(await cache.close()).toEqual({ failures: [] });
          askedAtClose = Math.min(askedAtClose, store?.asked ?? 0);
        });
        await race.run();
        expect(store?.asked ?? 0).toBe(askedAtClose);
        expect(load.stats().entries).toBe(0);
        const before = runs;
        expect(await load('a')).toEqual({ key: 'a' });
        expect(runs).toBe(before + 1);
      }),
    PATIENCE,
  );
});

test(
  'compute/clear: each resource is released once, and never while somebody waits for it',
  () =>
    everySchedule(plan, async (race, { callers, enders, warm, whole }) => {
      const things = new Things();
      const truth = new Truth();
      const cache = createCache({ clock: fakeClock() });
      const pool = cache.cacheResource(
        async (_key: string) => {
          const { now } = truth;
          await race.moment('a factory ends');
          return things.make(now);
        },
        { onRelease: things.release },
      );
      if (warm) await Promise.all(KEYS.map((key) => pool(key)));
      race.actors(callers, 'caller', async (caller) => {
        await truth.ask(() => things.take(pool(keyOf(caller))));
        await race.moment('a caller calls again');
        await truth.ask(() => things.take(pool(keyOf(caller + 1))));
      });
      race.actors(enders, 'a clear', () => truth.change(() => (whole ? cache.clear() : pool.clear())));
      await race.run();
      expect(things.living.length).toBe(pool.stats().entries);
      await cache.close();
      things.checkAllReleasedOnce();
    }),
  PATIENCE,
);

test(
  'compute/close: when close has resolved each resource was released once; a caller got a living one, or was refused',
  () =>
    everySchedule(plan, async (race, { callers, enders, warm }) => {
      const things = new Things();
      const cache = createCache({ clock: fakeClock() });
      const pool = cache.cacheResource(
        async (_key: string) => {
          await race.moment('a factory ends');
          return things.make();
        },
        { onRelease: things.release },
      );
      if (warm) await Promise.all(KEYS.map((key) => pool(key)));
      race.actors(callers, 'caller', async (caller) => {
        try {
          await things.take(pool(keyOf(caller)));
        } catch (error) {
          if (!(error instanceof CacheError)) throw error;
          expect(error.code).toBe('ERR_MILLPOND_CLOSED');
        }
      });
      race.actors(enders, 'a close', async () => {
        expect(await cache.close()).toEqual({ failures: [] });
        things.checkAllReleasedOnce();
      });
      await race.run();
      things.checkAllReleasedOnce();
    }),
  PATIENCE,
);

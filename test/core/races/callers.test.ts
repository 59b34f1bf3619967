import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCache, currentSignal } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';
import { everySchedule, PATIENCE } from '../support/race.js';
import { racingStore } from '../support/racing-store.js';
import { Things } from '../support/things.js';
import { Down } from '../support/truth.js';

interface Plan {
  readonly callers: number;
  /** How often the function fails before it answers. */
  readonly failures: number;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  callers: fc.integer({ min: 2, max: 6 }),
  failures: fc.integer({ min: 0, max: 2 }),
});

describe.each([
  ['in memory', false],
  ['over a store', true],
])('%s', (_, stored) => {
  test(
    'double submit: however calls of one key overlap, one run at a time and one success in all; each has a copy of his own',
    () =>
      everySchedule(plan, async (race, { callers, failures }) => {
        const store = stored ? racingStore(race) : undefined;
        const cache = createCache({ clock: fakeClock(), name: 'shop', store });
        let [runs, underWay] = [0, 0];
        const failed: unknown[] = [];
        const load = cache.cacheData(
          async (of: { key: string }) => {
            runs += 1;
            underWay += 1;
            expect(underWay).toBe(1);
            const isDown = runs <= failures;
            await race.moment('a run ends');
            underWay -= 1;
            if (isDown) {
              failed.push(new Down());
              throw failed.at(-1);
            }
            return { of, seen: ['nobody'] };
          },
          { name: 'load' },
        );
        race.actors(callers, 'caller', async (caller) => {
          const answer = await load({ key: 'k' }).catch((error: unknown) => {
            expect(failed).toContain(error);
          });
          if (answer === undefined) return;
          expect(answer).toEqual({ of: { key: 'k' }, seen: ['nobody'] });
          answer.seen[0] = `caller ${caller}`;
          answer.of.key = 'spoiled';
        });
        await race.run();
        expect(await load({ key: 'k' }).catch(() => load({ key: 'k' }))).toMatchObject({ seen: ['nobody'] });
        expect(runs).toBeLessThanOrEqual(failures + 1);
        expect(load.stats().entries).toBe(1);
      }),
    PATIENCE,
  );
});

test(
  'double submit: however calls of a resource overlap, one is built and everybody gets that one',
  () =>
    everySchedule(plan, async (race, { callers, failures }) => {
      const things = new Things();
      const cache = createCache({ clock: fakeClock() });
      let runs = 0;
      const pool = cache.cacheResource(
        async () => {
          runs += 1;
          const isDown = runs <= failures;
          await race.moment('a factory ends');
          if (isDown) throw new Down();
          return things.make();
        },
        { onRelease: things.release },
      );
      race.actors(callers, 'caller', async () => {
        const thing = await things.take(pool()).catch((error: unknown) => {
          if (!(error instanceof Down)) throw error;
        });
        if (thing !== undefined) expect(thing).toBe(things.made[0]);
      });
      await race.run();
      expect(things.made.length).toBeLessThanOrEqual(1);
      expect(runs).toBeLessThanOrEqual(failures + 1);
      await cache.close();
      things.checkAllReleasedOnce();
    }),
  PATIENCE,
);

/** Each caller: whether he leaves, at some moment. */
const leavers: fc.Arbitrary<readonly boolean[]> = fc.array(fc.boolean(), { minLength: 1, maxLength: 5 });

/** Why a caller of a test leaves. */
class Left extends Error {}

describe.each([
  ['in memory', false],
  ['over a store', true],
])('%s', (_, stored) => {
  test(
    'abort: who leaves is told his own reason, who stays gets a whole answer, and no run is told to stop that is waited for',
    () =>
      everySchedule(leavers, async (race, leaves) => {
        const store = stored ? racingStore(race) : undefined;
        const cache = createCache({ clock: fakeClock(), name: 'shop', store });
        const load = cache.cacheData(
          async (key: string) => {
            const signal = currentSignal();
            const isTold = (): boolean => signal?.aborted === true;
            await race.moment('half of a run ends');
            if (isTold()) return `half of ${key}`;
            await race.moment('a run ends');
            return isTold() ? `half of ${key}` : `all of ${key}`;
          },
          { name: 'load' },
        );
        for (const [caller, isLeaver] of leaves.entries()) {
          const abort = new AbortController();
          const reason = new Left(`caller ${caller}`);
          race.actor(`caller ${caller}`, async () => {
            const signal = isLeaver ? abort.signal : undefined;
            const answer = await load
              .withOptions({ signal })('k')
              .catch((error: unknown) => error);
            if (isLeaver && answer instanceof Error) expect(answer).toBe(reason);
            else expect(answer).toBe('all of k');
          });
          if (isLeaver) race.actor(`the end of caller ${caller}`, async () => abort.abort(reason));
        }
        await race.run();
        // What a run has returned that was told to stop is kept nowhere.
        expect([undefined, 'all of k']).toContain(load.peek('k'));
        expect(await load('k')).toBe('all of k');
        const process = createCache({ clock: fakeClock(), name: 'shop', store });
        if (stored) expect(await process.cacheData(load.original, { name: 'load' })('k')).toBe('all of k');
      }),
    PATIENCE,
  );
});

test(
  'abort: of a resource nothing is lost: what a run builds that everybody has left is kept or released, once',
  () =>
    everySchedule(leavers, async (race, leaves) => {
      const things = new Things();
      const cache = createCache({ clock: fakeClock() });
      const pool = cache.cacheResource(
        async () => {
          const signal = currentSignal();
          await race.moment('a factory ends');
          signal?.throwIfAborted();
          await race.moment('it has ended');
          return things.make();
        },
        { onRelease: things.release },
      );
      for (const [caller, isLeaver] of leaves.entries()) {
        const abort = new AbortController();
        const reason = new Left(`caller ${caller}`);
        race.actor(`caller ${caller}`, async () => {
          const signal = isLeaver ? abort.signal : undefined;
          try {
            await things.take(pool.withOptions({ signal })());
          } catch (error) {
            if (!isLeaver || !(error instanceof Left)) throw error;
            expect(error).toBe(reason);
          }
        });
        if (isLeaver) race.actor(`the end of caller ${caller}`, async () => abort.abort(reason));
      }
      await race.run();
      expect(things.living.length).toBe(pool.stats().entries);
      await things.take(pool());
      await cache.close();
      things.checkAllReleasedOnce();
    }),
  PATIENCE,
);

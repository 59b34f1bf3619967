import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';
import { record } from '../support/cache.js';
import { everySchedule, PATIENCE } from '../support/race.js';
import { Things } from '../support/things.js';

const KEYS = ['a', 'b', 'c'] as const;
type Key = (typeof KEYS)[number];

interface Plan {
  readonly most: number;
  /** What is asked for, by actors of one call each, of which some compute anew. */
  readonly calls: readonly { readonly key: Key; readonly anew: boolean }[];
}

const plan: fc.Arbitrary<Plan> = fc.record({
  most: fc.integer({ min: 1, max: 2 }),
  calls: fc.array(fc.record({ key: fc.constantFrom(...KEYS), anew: fc.boolean() }), { minLength: 2, maxLength: 6 }),
});

test(
  'refresh/evict: with refreshes and evictions at once there are never too many entries, and no reader goes back',
  () =>
    everySchedule(plan, async (race, { most, calls }) => {
      const clock = fakeClock();
      const cache = createCache({ clock });
      const newest = { a: 0, b: 0, c: 0 };
      let begun = 0;
      const load = cache.cacheData(
        async (key: Key) => {
          begun += 1;
          const run = begun;
          await race.moment(`run ${run}, of ${key}, ends`);
          return { key, run };
        },
        { maxEntries: most, ttl: '1m', staleWhileRevalidate: '1h' },
      );
      for (const key of KEYS.slice(0, most)) newest[key] = (await load(key)).run;
      await clock.advance(90_000);
      for (const { key, anew } of calls) {
        race.actor(`a caller of ${key}`, async () => {
          const atLeast = anew ? begun + 1 : newest[key];
          const answer = await (anew ? load.refresh(key) : load(key));
          expect(answer.key).toBe(key);
          expect(answer.run).toBeGreaterThanOrEqual(atLeast);
          newest[key] = Math.max(newest[key], answer.run);
          expect(load.stats().entries).toBeLessThanOrEqual(most);
        });
      }
      await race.run();
      const kept = KEYS.filter((key) => load.has(key));
      expect(load.stats().entries).toBe(kept.length);
      for (const key of kept) expect(load.peek(key)?.run).toBeGreaterThanOrEqual(newest[key]);
      await load.clear();
      expect(cache.stats()).toMatchObject({ entries: 0, bytes: 0 });
    }),
  PATIENCE,
);

test(
  'refresh/evict: each resource that is evicted or replaced is released once, never while somebody waits for it',
  () =>
    everySchedule(plan, async (race, { most, calls }) => {
      const things = new Things();
      const cache = createCache({ clock: fakeClock() });
      const released = record(cache, 'released');
      const pool = cache.cacheResource(
        async (key: Key) => {
          await race.moment(`a factory of ${key} ends`);
          return things.make();
        },
        { maxEntries: most, onRelease: things.release, releaseAfter: 0 },
      );
      for (const key of KEYS.slice(0, most)) await pool(key);
      for (const { key, anew } of calls) {
        race.actor(`a caller of ${key}`, async () => {
          await things.take(anew ? pool.refresh(key) : pool(key));
        });
      }
      await race.run();
      expect(things.living.length).toBe(pool.stats().entries);
      expect(pool.stats().entries).toBeLessThanOrEqual(most);
      for (const { releases } of things.made) expect(releases).toBeLessThanOrEqual(1);
      await cache.close();
      things.checkAllReleasedOnce();
      expect(released.length).toBe(things.made.length);
    }),
  PATIENCE,
);

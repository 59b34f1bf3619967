import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CacheError, createCache, type StreamOptions } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';
import { everySchedule, PATIENCE } from '../support/race.js';
import { Down } from '../support/truth.js';

interface Item {
  /** Which version of the truth its run tells, and the number of the item. */
  readonly version: number;
  readonly number: number;
}

/** How a reader reads. */
interface Reading {
  /** After so many items he leaves; undefined for one who reads to the end. */
  readonly leavesAfter: number | undefined;
  /** Whether others get their turn between his items. */
  readonly isSlow: boolean;
}

interface Plan {
  readonly readings: readonly Reading[];
  readonly items: number;
  /** Which runs break, by their order, and after how many items. */
  readonly breaks: readonly (number | undefined)[];
  readonly invalidations: readonly ('delete' | 'clear' | 'tag')[];
  readonly tags: 'none' | 'early' | 'late';
  /** Whether only a few items may be held. */
  readonly isTight: boolean;
}

const count = fc.integer({ min: 0, max: 5 });

const plan: fc.Arbitrary<Plan> = fc.record({
  readings: fc.array(fc.record({ leavesAfter: fc.option(count, { nil: undefined }), isSlow: fc.boolean() }), {
    minLength: 2,
    maxLength: 5,
  }),
  items: count,
  breaks: fc.array(fc.option(count, { nil: undefined }), { maxLength: 2 }),
  invalidations: fc.array(fc.constantFrom('delete', 'clear', 'tag'), { maxLength: 2 }),
  tags: fc.constantFrom('none', 'early', 'late'),
  isTight: fc.boolean(),
});

function optionsOf({ tags, isTight }: Plan): StreamOptions<[key: string], Item> {
  return {
    tags: tags === 'early' ? ['rows'] : tags === 'late' ? () => ['rows'] : undefined,
    maxValueBytes: isTight ? 500 : undefined,
  };
}

test(
  'streams: however readers come, read and leave, and invalidations come between, each sees one run from its begin, in ' +
    'order and without a gap, and none that an invalidation has outdated; every run ends',
  () =>
    everySchedule(plan, async (race, plan) => {
      const cache = createCache({ clock: fakeClock() });
      let [runs, closed, now, promised] = [0, 0, 0, 0];
      const rows = cache.cacheStream(async function* (_key: string): AsyncGenerator<Item> {
        const version = now;
        const breaksAfter = plan.breaks[runs];
        runs += 1;
        try {
          for (let number = 0; number < plan.items; number += 1) {
            if (number === breaksAfter) throw new Down();
            await race.moment('an item comes');
            yield { version, number };
          }
        } finally {
          closed += 1;
        }
      }, optionsOf(plan));

      race.actors(plan.readings.length, 'reader', async (reader) => {
        const { leavesAfter = Infinity, isSlow } = plan.readings[reader - 1] ?? { isSlow: false };
        const atLeast = promised;
        const seen: Item[] = [];
        let error: unknown;
        try {
          for await (const item of rows('k')) {
            seen.push(item);
            if (seen.length > leavesAfter) break;
            if (isSlow) await race.moment('a slow reader goes on');
          }
        } catch (thrown) {
          error = thrown;
        }
        const version = seen[0]?.version ?? now;
        expect(version).toBeGreaterThanOrEqual(atLeast);
        expect(seen).toEqual(seen.map((_item, number) => ({ version, number })));
        if (error === undefined) expect(seen).toHaveLength(Math.min(leavesAfter + 1, plan.items));
        else if (error instanceof CacheError)
          expect([plan.isTight, error.code]).toEqual([true, 'ERR_MILLPOND_VALUE_TOO_LARGE']);
        else expect(error).toBeInstanceOf(Down);
      });
      for (const kind of plan.invalidations) {
        race.actor(kind, async () => {
          if (kind === 'tag' && plan.tags === 'none') return;
          now += 1;
          const version = now;
          const drop = {
            delete: () => rows.delete('k'),
            clear: () => rows.clear(),
            tag: () => cache.invalidateTags('rows'),
          };
          await drop[kind]();
          promised = Math.max(promised, version);
        });
      }
      await race.run();

      expect(closed).toBe(runs);
      const kept = rows.peek('k');
      if (kept !== undefined) expect(kept).toHaveLength(plan.items);
      if (kept !== undefined && kept.length > 0) expect(kept[0]?.version).toBeGreaterThanOrEqual(promised);
    }),
  PATIENCE,
);

test(
  'streams: however many read one, it is run once and kept, and each gets copies of his own',
  () =>
    everySchedule(
      fc.record({ slow: fc.array(fc.boolean(), { minLength: 2, maxLength: 5 }), items: count }),
      async (race, { slow, items }) => {
        const cache = createCache({ clock: fakeClock() });
        let runs = 0;
        const rows = cache.cacheStream(async function* () {
          runs += 1;
          for (let number = 0; number < items; number += 1) {
            await race.moment('an item comes');
            yield { number, seen: ['nobody'] };
          }
        });
        race.actors(slow.length, 'reader', async (reader) => {
          let number = 0;
          for await (const item of rows()) {
            expect(item).toEqual({ number, seen: ['nobody'] });
            item.seen[0] = `reader ${reader}`;
            number += 1;
            if (slow[reader - 1] === true) await race.moment('a slow reader goes on');
          }
          expect(number).toBe(items);
        });
        await race.run();
        expect(runs).toBe(1);
        expect(rows.peek()).toEqual(Array.from({ length: items }, (_, number) => ({ number, seen: ['nobody'] })));
      },
    ),
  PATIENCE,
);

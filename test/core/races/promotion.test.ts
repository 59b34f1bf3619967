import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { fakeClock, type FakeClock } from '../../support/fake-clock.js';
import { everySchedule, PATIENCE, type Race } from '../support/race.js';
import { racingStore, type RacingStore } from '../support/racing-store.js';
import { Truth } from '../support/truth.js';

/** What the cache trusts its own memory for, by default. */
const MEMORY_TTL = 10_000;

type Drop = 'delete' | 'tag' | 'clear';

interface Plan {
  readonly readers: number;
  readonly drops: readonly Drop[];
  /** Whether the tags are known before the entry is read, or from it. */
  readonly learned: boolean;
  /** Whether so much time passes somewhere in between that a read of the store is given up. */
  readonly slow: boolean;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  readers: fc.integer({ min: 1, max: 4 }),
  drops: fc.array(fc.constantFrom<Drop>('delete', 'tag', 'clear'), { minLength: 1, maxLength: 2 }),
  learned: fc.boolean(),
  slow: fc.boolean(),
});

/** One of several processes on one store. */
function process(race: Race, truth: Truth, store: RacingStore, clock: FakeClock, { learned }: Plan) {
  const cache = createCache({ clock, name: 'shop', store, logger: { warn: () => undefined } });
  const load = cache.cacheData(
    async (_key: string) => {
      const { now } = truth;
      await race.moment('a run ends');
      return { version: now };
    },
    { name: 'load', tags: learned ? () => ['truth'] : ['truth'] },
  );
  const drops: Record<Drop, () => Promise<unknown>> = {
    delete: () => load.delete('k'),
    tag: () => cache.invalidateTags('truth'),
    clear: () => load.clear(),
  };
  return { cache, load, drops };
}

/** A store with an entry, and a process whose memory has none. */
async function prepare(race: Race, at: Plan) {
  const truth = new Truth();
  const store = racingStore(race);
  const clock = fakeClock();
  const writer = process(race, truth, store, clock, at);
  await writer.load('k');
  await writer.cache.flush();
  const start = () => process(race, truth, store, clock, at);
  return { truth, clock, start };
}

test(
  'promotion/delete: who reads after a drop has resolved never gets what was being read from the store before it',
  () =>
    everySchedule(plan, async (race, at) => {
      const { truth, clock, start } = await prepare(race, at);
      const { load, drops } = start();
      race.actors(at.readers, 'reader', async () => {
        await truth.ask(() => load('k'));
        await race.moment('a reader reads again');
        await truth.ask(() => load('k'));
      });
      for (const drop of at.drops) race.actor(drop, () => truth.change(drops[drop]));
      if (at.slow) race.actor('a read is given up', () => clock.advance(60));
      await race.run();
      await truth.ask(() => load('k'));
      await truth.ask(() => start().load('k'));
    }),
  PATIENCE,
);

test(
  'promotion/delete: of another process too, once its memory has outlived its trust; and a new process at once',
  () =>
    everySchedule(plan, async (race, at) => {
      const { truth, clock, start } = await prepare(race, at);
      const [here, there] = [start(), start()];
      race.actors(at.readers, 'reader', async () => {
        expect((await here.load('k')).version).toBeLessThanOrEqual(truth.now);
      });
      for (const drop of at.drops) {
        race.actor(`${drop}, elsewhere`, async () => {
          await truth.change(there.drops[drop]);
          await truth.ask(() => start().load('k'));
        });
      }
      if (at.slow) race.actor('a read is given up', () => clock.advance(60));
      await race.run();
      await clock.advance(MEMORY_TTL);
      await truth.ask(() => here.load('k'));
      await truth.ask(() => start().load('k'));
    }),
  PATIENCE,
);

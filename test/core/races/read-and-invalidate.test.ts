import fc from 'fast-check';
import { describe, test } from 'vitest';
import { createCache, type Cache, type CachedData } from '@millpond/core';
import { fakeClock, type FakeClock } from '../../support/fake-clock.js';
import { everySchedule, PATIENCE, type Race } from '../support/race.js';
import { racingStore, type RacingStore } from '../support/racing-store.js';
import { Things } from '../support/things.js';
import { Down, Truth, type Told } from '../support/truth.js';

type Load = CachedData<[key: string], Told>;

interface Plan {
  readonly readers: number;
  readonly writers: number;
  /** Whether there is an entry when the race begins, and whether it is stale by then. */
  readonly before: 'nothing' | 'fresh' | 'stale';
  /** Which of the runs fail. */
  readonly failing: readonly boolean[];
}

const plan: fc.Arbitrary<Plan> = fc.record({
  readers: fc.integer({ min: 1, max: 4 }),
  writers: fc.integer({ min: 1, max: 3 }),
  before: fc.constantFrom('nothing', 'fresh', 'stale'),
  failing: fc.array(fc.boolean(), { maxLength: 4 }),
});

/** How the tags of the function are known, which matters to those who tell of a change by a tag. */
type Tags = 'from the start' | 'from the result';

interface Made {
  readonly cache: Cache;
  readonly load: Load;
}

function made(race: Race, truth: Truth, clock: FakeClock, store: RacingStore | undefined, at: Plan, tags: Tags): Made {
  let runs = 0;
  const cache = createCache({ clock, name: 'shop', store });
  const load = cache.cacheData(
    async (_key: string): Promise<Told> => {
      const { now } = truth;
      const run = runs++;
      await race.moment('a run ends');
      if (run > 0 && at.failing[run - 1] === true) throw new Down();
      return { version: now };
    },
    {
      name: 'load',
      ttl: '1m',
      staleWhileRevalidate: '1h',
      staleIfError: '1h',
      tags: tags === 'from the start' ? ['truth'] : () => ['truth'],
    },
  );
  return { cache, load };
}

/** Readers who read twice, and writers who tell of what they have written. */
async function play(race: Race, at: Plan, stored: boolean, tags: Tags, tell: (on: Made) => Promise<unknown>) {
  const truth = new Truth();
  const clock = fakeClock();
  const store = stored ? racingStore(race) : undefined;
  const on = made(race, truth, clock, store, at, tags);
  const read = (): Promise<void> => truth.ask(() => on.load('k'));
  if (at.before !== 'nothing') await on.load('k');
  await on.cache.flush();
  if (at.before === 'stale') await clock.advance(90_000);
  race.actors(at.readers, 'reader', async () => {
    await read();
    await race.moment('a reader reads again');
    await read();
  });
  race.actors(at.writers, 'writer', () => truth.change(() => tell(on)));
  await race.run();
  await read();
  // Another process finds no more in the store than this one.
  if (store !== undefined) await truth.ask(() => made(race, truth, clock, store, at, tags).load('k'));
}

describe.each([
  ['in memory', false],
  ['over a store', true],
])('%s', (_, stored) => {
  test(
    'read/delete: who reads after a delete has resolved gets nothing that was computed before it',
    () => everySchedule(plan, (race, at) => play(race, at, stored, 'from the start', ({ load }) => load.delete('k'))),
    PATIENCE,
  );

  test.each<Tags>(['from the start', 'from the result'])(
    'read/tag: who reads after a tag was invalidated gets nothing that carried it, be it known %s',
    (tags) =>
      everySchedule(plan, (race, at) => play(race, at, stored, tags, ({ cache }) => cache.invalidateTags('truth'))),
    PATIENCE,
  );
});

test(
  'read/delete: of a resource too, and each is released once and never while somebody waits for it',
  () =>
    everySchedule(plan, async (race, { readers, writers, before, failing }) => {
      const truth = new Truth();
      const things = new Things();
      const cache = createCache({ clock: fakeClock() });
      let runs = 0;
      const pool = cache.cacheResource(
        async () => {
          const { now } = truth;
          const run = runs++;
          await race.moment('a factory ends');
          if (run > 0 && failing[run - 1] === true) throw new Down();
          return things.make(now);
        },
        { onRelease: things.release, releaseAfter: 0 },
      );
      if (before !== 'nothing') await pool();
      race.actors(readers, 'reader', async () => {
        await truth.ask(() => things.take(pool()));
        await race.moment('a reader reads again');
        await truth.ask(() => things.take(pool()));
      });
      race.actors(writers, 'writer', () => truth.change(() => pool.delete()));
      await race.run();
      await truth.ask(() => things.take(pool()));
      await cache.close();
      things.checkAllReleasedOnce();
    }),
  PATIENCE,
);

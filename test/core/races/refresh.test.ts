import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCache, type Cache, type CachedData } from '@millpond/core';
import { fakeClock, type FakeClock } from '../../support/fake-clock.js';
import { everySchedule, PATIENCE, type Race } from '../support/race.js';
import { racingStore, type RacingStore } from '../support/racing-store.js';
import { Things, type Thing } from '../support/things.js';
import { unlessDown, Down } from '../support/truth.js';

/** A function's answer: the number of the run that gave it. */
interface Numbered {
  readonly run: number;
}

/** The runs of one key, and what its callers have seen of them. */
class Runs {
  begun = 0;
  /** The newest that has answered anybody. */
  #newest = 0;
  /** The newest that has not failed. */
  succeeded = 0;

  async run(race: Race, failing: readonly boolean[]): Promise<Numbered> {
    this.begun += 1;
    const run = this.begun;
    await race.moment(`run ${run} ends`);
    if (failing[run - 2] === true) throw new Down();
    this.succeeded = Math.max(this.succeeded, run);
    return { run };
  }

  /** What one gets began after `least` runs had, and is no older than what anybody has got before one asked. */
  async ask(call: () => Promise<Numbered>, least = 0): Promise<void> {
    const atLeast = Math.max(least, this.#newest);
    const answer = await call().catch(unlessDown);
    if (answer === undefined) return;
    expect(answer.run).toBeGreaterThanOrEqual(atLeast);
    this.#newest = Math.max(this.#newest, answer.run);
  }
}

interface Plan {
  readonly readers: number;
  readonly refreshers: number;
  readonly before: 'nothing' | 'fresh' | 'stale';
  readonly failing: readonly boolean[];
}

const plan: fc.Arbitrary<Plan> = fc.record({
  readers: fc.integer({ min: 1, max: 3 }),
  refreshers: fc.integer({ min: 1, max: 3 }),
  before: fc.constantFrom('nothing', 'fresh', 'stale'),
  failing: fc.array(fc.boolean(), { maxLength: 5 }),
});

const WINDOWS = { ttl: '1m', staleWhileRevalidate: '1h', staleIfError: '1h' } as const;

interface Made {
  readonly cache: Cache;
  readonly load: CachedData<[key: string], Numbered>;
}

function made(
  race: Race,
  runs: Runs,
  clock: FakeClock,
  store: RacingStore | undefined,
  failing: Plan['failing'],
): Made {
  const cache = createCache({ clock, name: 'shop', store });
  const load = cache.cacheData((_key: string) => runs.run(race, failing), { name: 'load', ...WINDOWS });
  return { cache, load };
}

async function prepare({ cache, load }: Made, clock: FakeClock, before: Plan['before']): Promise<void> {
  if (before !== 'nothing') await load('k');
  await cache.flush();
  if (before === 'stale') await clock.advance(90_000);
}

describe.each([
  ['in memory', false],
  ['over a store', true],
])('%s', (_, stored) => {
  test(
    'refresh/set: of runs of one key that overlap the newest stays, and no reader ever goes back to an older one',
    () =>
      everySchedule(plan, async (race, { readers, refreshers, before, failing }) => {
        const [runs, clock] = [new Runs(), fakeClock()];
        const store = stored ? racingStore(race) : undefined;
        const on = made(race, runs, clock, store, failing);
        await prepare(on, clock, before);
        race.actors(readers, 'reader', async () => {
          await runs.ask(() => on.load('k'));
          await race.moment('a reader reads again');
          await runs.ask(() => on.load('k'));
        });
        race.actors(refreshers, 'refresher', () => runs.ask(() => on.load.refresh('k'), runs.begun + 1));
        await race.run();
        const newest = runs.succeeded;
        // What was there before may have left memory, which trusts itself for a while only, when all that came failed.
        if (newest > 1) expect(on.load.peek('k')).toEqual({ run: newest });
        if (store === undefined || newest === 0) return;
        // Another process finds that one in the store, or nothing: never an older one.
        expect((await made(race, runs, clock, store, []).load('k')).run).toBeGreaterThanOrEqual(newest);
      }),
    PATIENCE,
  );
});

test(
  'refresh/set: of resources the newest stays, and every other is released once, never while somebody waits for it',
  () =>
    everySchedule(plan, async (race, { readers, refreshers, before, failing }) => {
      const things = new Things();
      const cache = createCache({ clock: fakeClock() });
      let begun = 0;
      const pool = cache.cacheResource(
        async () => {
          begun += 1;
          const run = begun;
          await race.moment(`factory ${run} ends`);
          if (failing[run - 2] === true) throw new Down();
          return things.make(run);
        },
        { onRelease: things.release, releaseAfter: 0 },
      );
      if (before !== 'nothing') await pool();
      const take = (call: Promise<Thing>): Promise<unknown> => things.take(call).catch(unlessDown);
      race.actors(readers, 'reader', async () => {
        await take(pool());
        await race.moment('a reader reads again');
        await take(pool());
      });
      race.actors(refreshers, 'refresher', async () => void (await take(pool.refresh())));
      await race.run();
      const newest = Math.max(0, ...things.made.map(({ version }) => version));
      expect(things.living.map(({ version }) => version)).toEqual(newest === 0 ? [] : [newest]);
      await cache.close();
      things.checkAllReleasedOnce();
    }),
  PATIENCE,
);

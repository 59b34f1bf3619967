import fc from 'fast-check';
import { describe, test } from 'vitest';
import { createCache, type Cache, type CachedData } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';
import { everySchedule, PATIENCE, type Race } from '../support/race.js';
import { racingStore } from '../support/racing-store.js';
import { Truth, type Told } from '../support/truth.js';

type Load = CachedData<[key: string], Told>;

interface Plan {
  readonly readers: number;
  readonly writers: number;
  /** What is kept when the race begins. */
  readonly before: 'nothing' | 'inner' | 'both';
  /** Whether the tag is known before the inner function has run. */
  readonly known: boolean;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  readers: fc.integer({ min: 1, max: 4 }),
  writers: fc.integer({ min: 1, max: 3 }),
  before: fc.constantFrom('nothing', 'inner', 'both'),
  known: fc.boolean(),
});

interface Made {
  readonly cache: Cache;
  readonly inner: Load;
  readonly outer: Load;
}

/** Readers of what is made of a cached value, and writers who tell of what they have written. */
async function play(
  race: Race,
  at: Plan,
  stored: boolean,
  tell: (on: Made) => Promise<unknown>,
  read: (on: Made) => Promise<Told>,
): Promise<void> {
  const truth = new Truth();
  const clock = fakeClock();
  const store = stored ? racingStore(race) : undefined;
  const made = (): Made => {
    const cache = createCache({ clock, name: 'shop', store });
    const inner = cache.cacheData(
      async (_key: string): Promise<Told> => {
        const { now } = truth;
        await race.moment('an inner run ends');
        return { version: now };
      },
      { name: 'inner', tags: at.known ? ['truth'] : () => ['truth'] },
    );
    const outer = cache.cacheData(
      async (key: string): Promise<Told> => {
        const told = await inner(key);
        await race.moment('an outer run ends');
        return { version: told.version };
      },
      { name: 'outer' },
    );
    return { cache, inner, outer };
  };
  const on = made();
  if (at.before === 'inner') await on.inner('k');
  if (at.before === 'both') await on.outer('k');
  await on.cache.flush();
  race.actors(at.readers, 'reader', async () => {
    await truth.ask(() => read(on));
    await race.moment('a reader reads again');
    await truth.ask(() => read(on));
  });
  race.actors(at.writers, 'writer', () => truth.change(() => tell(on)));
  await race.run();
  await truth.ask(() => read(on));
  await on.cache.flush();
  // Another process finds no more in the store than this one.
  if (stored) await truth.ask(() => read(made()));
}

describe.each([
  ['in memory', false],
  ['over a store', true],
])('%s', (_, stored) => {
  test(
    'nested: who reads after a tag was invalidated gets nothing that was made of what carried it',
    () =>
      everySchedule(plan, (race, at) =>
        play(
          race,
          at,
          stored,
          ({ cache }) => cache.invalidateTags('truth'),
          ({ outer }) => outer('k'),
        ),
      ),
    PATIENCE,
  );

  test(
    'inner-delete: who reads the inner value after it was deleted gets a new one, whoever asked for the old',
    () =>
      everySchedule(plan, (race, at) =>
        play(
          race,
          at,
          stored,
          ({ inner }) => inner.delete('k'),
          async ({ inner, outer }) => {
            const [told] = await Promise.all([inner('k'), outer('k')]);
            return told;
          },
        ),
      ),
    PATIENCE,
  );

  test(
    'inner-delete: who reads after both were deleted, the inner one first, gets nothing made of the old',
    () =>
      everySchedule(plan, (race, at) =>
        play(
          race,
          at,
          stored,
          async ({ inner, outer }) => {
            await inner.delete('k');
            await outer.delete('k');
          },
          ({ outer }) => outer('k'),
        ),
      ),
    PATIENCE,
  );
});

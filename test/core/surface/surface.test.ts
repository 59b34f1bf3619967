import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../support/runs.js';
import { storeKinds } from '../support/stores.js';
import { play } from './play.js';
import { plays, type Play } from './steps.js';
import { World } from './world.js';

/** Long enough for all operations of `npm run verify` on a busy machine. */
const PATIENCE = 30 * 60_000;

/** How many operations are played by each test: few in CI, all of them by `npm run verify`. */
const OPERATIONS = runs(20_000, 200_000);

/** Plays until so many operations have been played; tells how many there were. */
async function playAll(arbitrary: fc.Arbitrary<Play>): Promise<number> {
  const played = { operations: 0 };
  const property = fc.asyncProperty(arbitrary, async ({ cast, steps, store }) => {
    const data = new Map<string, unknown>();
    const kind = storeKinds.find(({ kind }) => kind === store);
    const world = new World(cast, kind === undefined ? undefined : () => kind.open(data));
    for (const step of steps) {
      world.model.version += 1;
      // What is in a store is older or newer by its age alone: no two things happen in one millisecond.
      if (kind !== undefined) await world.advance(1);
      await play(world, step);
      await world.settle();
      world.checkCounts();
    }
    await world.close();
    played.operations += steps.length - world.skipped;
  });
  while (played.operations < OPERATIONS) await fc.assert(property, { numRuns: 50 });
  return played.operations;
}

test(
  'whatever is asked of functions in memory, they answer, keep and count as the model does',
  async () => {
    const operations = await playAll(plays(undefined, () => true));
    expect(operations).toBeGreaterThanOrEqual(OPERATIONS);
  },
  PATIENCE,
);

test(
  'whatever is asked of functions in two processes that share a store, they answer, keep and count as the model does',
  async () => {
    const kinds = storeKinds.map(({ kind }) => kind);
    // What is evicted from memory is known here from the events of one process.
    const operations = await playAll(plays(kinds, ({ maxEntries }) => maxEntries === undefined));
    expect(operations).toBeGreaterThanOrEqual(OPERATIONS);
  },
  PATIENCE,
);

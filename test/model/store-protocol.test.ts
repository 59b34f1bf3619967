import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openTier } from '../support/stores.js';
import { runs } from '../support/runs.js';
import { explore } from './explore.js';
import { IN_ANY_ORDER, LIMITS, WITH_FAULTS } from './scenarios.js';
import { openWeakened } from './weakened.js';
import { WEAKNESSES, type WeaknessName } from './weaknesses.js';
import type { Scenario } from './steps.js';
import type { OpenTier } from './world.js';

/** CI stops a scenario at so many states, depth first; `npm run verify` reaches all states of all scenarios. */
const MOST_STATES = runs(300, Infinity);
/** Verification of two faults at once takes minutes. */
const TIMEOUT = 1_200_000;

const real: OpenTier = (store, clock) => openTier(store, { clock }).tier;

// The pauses between the tries of an invalidation: a play must be the same when it is played again.
beforeAll(() => void vi.spyOn(Math, 'random').mockReturnValue(0.5));
afterAll(() => void vi.restoreAllMocks());

/** Explores what there is to explore; there is nothing stale in it, and it finds what was stored. */
async function expectNothingStale(scenario: Scenario, open: OpenTier): Promise<void> {
  const { violation, states, hits, complete, depth, plays } = await explore(scenario, open, MOST_STATES);
  expect(violation).toBeUndefined();
  expect(complete || states >= MOST_STATES).toBe(true);
  expect(hits).toBeGreaterThan(0);
  if (process.env['MILLPOND_VERIFY'] === '1')
    console.log(`${states} states, ${plays} plays, up to ${depth} operations`);
}

describe('nobody finds what was outdated before the look-up, in whatever order operations take effect', () => {
  test.each(Object.entries<Scenario>(IN_ANY_ORDER))('%s', (_, scenario) => expectNothingStale(scenario, real), TIMEOUT);
});

describe('nobody finds what was outdated before the look-up, whatever goes wrong at whatever moment', () => {
  test.each(Object.entries<Scenario>(WITH_FAULTS))('%s', (_, scenario) => expectNothingStale(scenario, real), TIMEOUT);
});

describe('the model finds the limits that docs/guarantees.md tells of', () => {
  test.each(Object.entries<Scenario>(LIMITS))(
    '%s',
    async (_, scenario) => {
      expect((await explore(scenario, real, Infinity)).violation?.what).toMatch(/finds \d/);
    },
    TIMEOUT,
  );
});

const ALL: Readonly<Record<keyof typeof IN_ANY_ORDER | keyof typeof WITH_FAULTS, Scenario>> = {
  ...IN_ANY_ORDER,
  ...WITH_FAULTS,
};

/** Where each weakness shows. */
const FOUND_BY: Readonly<Record<WeaknessName, keyof typeof ALL>> = {
  'an invalidation does not wait for the acknowledgement': 'runs, and a clear of the function',
  'a missing token is written behind the run': 'runs, and a clear, when the token of the function was lost',
  'an entry carries the tokens of when it is kept, not of when its run began': 'runs, and a clear of the cache',
  'a delete leaves no tombstone': 'runs, and a delete by another process',
  'a delete does not note that there are deletes': 'a run whose process ends, and a delete',
  'a tombstone lives for an hour, however long entries live': 'a run whose process ends, and a delete',
  'a delete leaves its tombstone after it has removed the entry': 'a run, and a delete whose tombstone the store loses',
  'a delete removes no entry': 'a run, and a delete whose tombstone the store loses',
  'a delete does not replace the token that tells of deletes': 'a run, and a delete whose tombstone the store loses',
  'nobody looks for a delete when an entry was written': 'a run, and a delete whose tombstone the store loses',
  'what came after a delete is taken back only once': 'an entry that is taken back, and a tombstone that is lost',
  'a run takes note of the mark of its call when it ends': 'runs, and an expire by another process',
  'an outer entry carries the tokens of now of the tags that it inherits':
    'an outer run of an inner entry, and an invalidation of its tag',
  'of two tokens of a tag, an outer entry carries the one that its own run noted':
    'an outer run of what memory has of an inner one, and an invalidation of a tag that both have',
  'a run with tags of its result does not look whether tags were invalidated':
    'runs, and an invalidation of a tag of the result',
  'a run looks whether tags were invalidated before it reads the tokens of its tags':
    'runs, and an invalidation of a tag of the result',
  'an invalidation of tags replaces the tags first, and then tells': 'runs, and an invalidation of a tag of the result',
  'an invalidation of tags does not wait, after it has told, until the store has that':
    'runs, and an invalidation of a tag of the result',
  'an invalidation that is sent again brings the same token': 'two clears, and a run',
  'a process does not remember what it has invalidated itself': 'a clear, and a run of the same process',
};

describe('the model finds a stale read when a rule is not kept', () => {
  test.each(Object.entries(FOUND_BY))(
    '%s',
    async (name, scenario) => {
      const weakness = WEAKNESSES[nameOf(name)];
      const { violation } = await explore(ALL[scenario], openWeakened(weakness), Infinity);
      expect(violation?.what).toMatch(/finds \d/);
      expect(violation?.trace.length).toBeGreaterThan(2);
    },
    TIMEOUT,
  );

  test(
    'and none when all are kept: what is weakened is otherwise the real thing',
    async () => {
      for (const scenario of [ALL['a run whose process ends, and a delete'], ALL['runs, and a clear of the cache']]) {
        const [whole, taken] = [
          await explore(scenario, real, Infinity),
          await explore(scenario, openWeakened({}), Infinity),
        ];
        expect(taken).toEqual(whole);
        expect(taken.violation).toBeUndefined();
      }
    },
    TIMEOUT,
  );
});

/** `Object.entries` forgets what the keys are. */
function nameOf(name: string): WeaknessName {
  return name as WeaknessName;
}

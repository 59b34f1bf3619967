import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCache, type Cache } from '@millpond/core';
import { fakeClock, settle } from '../support/fake-clock.js';
import { runs } from '../support/runs.js';
import { gate, until, watch, type Gate } from './support/gate.js';

const KEYS = ['a', 'b'] as const;
type Key = (typeof KEYS)[number];
type Drop = { readonly do: 'delete' | 'tag'; readonly key: Key } | { readonly do: 'clear' | 'clearAll' };
type Step =
  | { readonly do: 'call'; readonly key: Key }
  | { readonly do: 'refresh'; readonly key: Key }
  | { readonly do: 'end'; readonly which: number }
  | Drop;

const key = fc.constantFrom(...KEYS);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('call' as const), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('refresh' as const), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('tag' as const), key }) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ do: 'clear' }, { do: 'clearAll' }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('end' as const), which: fc.nat({ max: 9 }) }) },
);

/** What happened, numbered in the order in which it did. */
class Chronicle {
  readonly runs: { readonly began: number; readonly door: Gate<void> }[] = [];
  /** Per key: when it was last invalidated. */
  readonly invalidated: Record<Key, number> = { a: 0, b: 0 };
  /** Per key: the newest run that a settled call has answered with. */
  readonly newest: Record<Key, number> = { a: 0, b: 0 };
  readonly open = new Set<number>();
  now = 0;
}

interface Made {
  readonly chronicle: Chronicle;
  readonly cache: Cache;
  readonly load: ReturnType<typeof cached>;
}

/** Answers with the number of its run (from 1); its tag is known from the start, or only from the result. */
function cached(cache: Cache, chronicle: Chronicle, lateTags: boolean) {
  return cache.cacheData(
    async (of: Key) => {
      const door = gate();
      const run = chronicle.runs.push({ began: ++chronicle.now, door });
      chronicle.open.add(run);
      await door.passed;
      chronicle.open.delete(run);
      return { of, run };
    },
    { name: 'load', tags: lateTags ? ({ of }) => [`tag ${of}`, 'all'] : ['all'] },
  );
}

/** One call: what it answers must have begun after whatever had invalidated it by then, and is never older than before. */
async function ask({ chronicle, load }: Made, of: Key, how: 'call' | 'refresh'): Promise<void> {
  const after = chronicle.invalidated[of];
  const atLeast = chronicle.newest[of];
  const begins = chronicle.now;
  const answer = await (how === 'call' ? load(of) : load.refresh(of));
  const began = chronicle.runs[answer.run - 1]?.began ?? -1;
  expect(answer.of).toBe(of);
  expect(began).toBeGreaterThan(how === 'refresh' ? begins : after);
  expect(answer.run).toBeGreaterThanOrEqual(atLeast);
  chronicle.newest[of] = Math.max(chronicle.newest[of], answer.run);
}

function invalidate({ chronicle, cache, load }: Made, what: Drop, late: boolean): Promise<unknown> {
  const of: readonly Key[] = 'key' in what && (what.do === 'delete' || late) ? [what.key] : KEYS;
  chronicle.now += 1;
  for (const one of of) chronicle.invalidated[one] = chronicle.now;
  switch (what.do) {
    case 'delete':
      return load.delete(what.key);
    case 'tag':
      return cache.invalidateTags(late ? `tag ${what.key}` : 'all');
    case 'clear':
      return load.clear();
    case 'clearAll':
      return cache.clear();
  }
}

async function play(steps: readonly Step[], store: Map<string, unknown> | undefined, late: boolean): Promise<void> {
  const cache = createCache({ clock: fakeClock(), name: 'shop', store });
  const chronicle = new Chronicle();
  const made: Made = { chronicle, cache, load: cached(cache, chronicle, late) };
  const pending: Promise<unknown>[] = [];
  const note = (promise: Promise<unknown>): void => {
    // Failures are told when all have settled.
    promise.catch(() => {});
    pending.push(promise);
  };
  for (const what of steps) {
    if (what.do === 'call' || what.do === 'refresh') note(ask(made, what.key, what.do));
    else if (what.do === 'end') {
      const open = [...chronicle.open];
      chronicle.runs[(open[what.which % open.length] ?? 0) - 1]?.door.open();
    } else note(invalidate(made, what, late));
    await settle();
  }
  const all = Promise.all(pending);
  const state = watch(all);
  // Runs that begin because others have ended are let go as well.
  await until(() => {
    for (const run of chronicle.open) chronicle.runs[run - 1]?.door.open();
    return state.settled;
  });
  await all;
}

const PATIENCE = 30 * 60_000;

test.each([
  ['in memory, with tags that are known from the start', false, false],
  ['in memory, with tags that are known from the result', false, true],
  ['over a store, with tags that are known from the start', true, false],
  ['over a store, with tags that are known from the result', true, true],
])(
  'whatever calls, refreshes and invalidations overlap, nobody gets what was invalidated before they called: %s',
  async (_, stored, late) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), (steps) =>
        play(steps, stored ? new Map() : undefined, late),
      ),
      { numRuns: runs(1000, 20_000) },
    );
  },
  PATIENCE,
);

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adopt, keep } from '../../../packages/core/src/copy/index.js';
import { runs } from '../../support/runs.js';
import { data, graphs } from './support/arbitraries.js';
import { difference } from './support/identical.js';
import { reach, wreck } from './support/reach.js';

const clone = { fn: 'load', mode: 'clone' } as const;
const cases = { numRuns: runs(5000, 100_000) };
const time = runs(60_000, 1_200_000);

function common(a: unknown, b: unknown): readonly object[] {
  const inA = reach(a);
  return [...reach(b)].filter((object) => inA.has(object));
}

describe.each([
  ['data', data],
  ['graphs', graphs],
])('for all %s', (_, arbitrary) => {
  test(
    'S37: the master and every copy are what the function returned',
    () => {
      fc.assert(
        fc.property(arbitrary, (value) => {
          const kept = keep(value, clone);
          expect(difference(value, kept.master)).toBeUndefined();
          expect(difference(value, kept.copy())).toBeUndefined();
        }),
        cases,
      );
    },
    time,
  );

  test(
    'S36, hazard 44: nobody who changes what he got changes what another gets',
    () => {
      fc.assert(
        fc.property(arbitrary, (made) => {
          // What fast-check made stays whole: it may show it again.
          const value = keep(made, clone).copy();
          const kept = keep(value, clone);
          const [first, second] = [kept.copy(), kept.copy()];
          expect(common(first, second)).toEqual([]);
          expect(common(first, kept.master)).toEqual([]);
          expect(common(value, kept.master)).toEqual([]);
          wreck(first);
          expect(difference(value, second)).toBeUndefined();
          wreck(value);
          expect(difference(second, kept.copy())).toBeUndefined();
        }),
        cases,
      );
    },
    time,
  );

  test(
    'a value that is private already becomes the master as it is',
    () => {
      fc.assert(
        fc.property(arbitrary, (made) => {
          const before = keep(made, clone).copy();
          const value = keep(made, clone).copy();
          const kept = adopt(value, clone);
          expect(kept.master).toBe(value);
          expect(difference(before, kept.copy())).toBeUndefined();
          expect(common(value, kept.copy())).toEqual([]);
        }),
        cases,
      );
    },
    time,
  );
});

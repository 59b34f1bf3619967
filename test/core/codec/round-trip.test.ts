import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeValue, encodeValue } from '../../../packages/core/src/codec/index.js';
import { keep } from '../../../packages/core/src/copy/index.js';
import { runs } from '../../support/runs.js';
import { anyText, data, graphs } from '../copy/support/arbitraries.js';
import { difference } from '../copy/support/identical.js';

const cases = { numRuns: runs(5000, 100_000) };
const time = runs(60_000, 1_200_000);

/** What a store that keeps UTF-8 gives back. */
function throughUtf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

describe.each([
  ['data', data],
  ['graphs', graphs],
  ['text', anyText],
])('for all %s', (_, arbitrary) => {
  test(
    'S39: what is read from a text is what was written',
    () => {
      fc.assert(
        fc.property(arbitrary, (value) => {
          const { master } = keep(value, { fn: 'load', mode: 'clone' });
          const text = encodeValue(master);
          expect(throughUtf8(text)).toBe(text);
          expect(difference(value, decodeValue(text))).toBeUndefined();
        }),
        cases,
      );
    },
    time,
  );
});

test(
  'equal values have equal texts',
  () => {
    fc.assert(
      fc.property(data, (value) => {
        const kept = keep(value, { fn: 'load', mode: 'clone' });
        expect(encodeValue(kept.copy())).toBe(encodeValue(value));
      }),
      { numRuns: runs(500, 10_000) },
    );
  },
  time,
);

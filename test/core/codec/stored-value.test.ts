import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, encodeKept } from '../../../packages/core/src/codec/index.js';
import { adoptTree, codecsOf, keep, type KeepOptions } from '../../../packages/core/src/copy/index.js';
import { storedValue } from '../../../packages/core/src/data/stored-value.js';
import { runs } from '../../support/runs.js';
import { data, graphs } from '../copy/support/arbitraries.js';
import { difference } from '../copy/support/identical.js';
import { codecs, Money, User } from '../support/classes.js';

const clone: KeepOptions = { fn: 'load', mode: 'clone', codecs: codecsOf(codecs, [], 'test') };
const cases = { numRuns: runs(1000, 50_000) };
const time = runs(60_000, 1_200_000);

function textOf(value: unknown): string {
  return encodeKept(keep(value, clone), 'load', clone.codecs);
}

describe('what is read from a text is known without being looked through', () => {
  const shared = { a: 1 };
  test.each<[string, unknown, boolean, boolean]>([
    ['plain JSON', { a: [1] }, true, false],
    ['a table', [{ at: new Date(0) }, { at: null }], true, false],
    ['what JSON has not', [new Map([[1n, new Set([Buffer.from('a')])]]), new TypeError('x')], true, false],
    ['one object in two places', [shared, shared], false, false],
    ['an array with holes', { a: Object.assign([], { 3: 1 }) }, false, false],
    ['an instance that is its fields', [new User('Ada')], false, true],
    ['an instance that a codec encoded', [{ a: 1 }, Money.of(5)], false, true],
  ])('%s', (_, value, isTree, hasInstances) => {
    expect(decode(textOf(value), clone.codecs)).toMatchObject({ isTree, hasInstances });
  });

  test(
    'for all values, as what built their masters knew them',
    () => {
      fc.assert(
        fc.property(fc.oneof(data, graphs), (value) => {
          const { findings } = keep(value, clone);
          const known = findings?.shared === false && findings.odd === undefined && findings.codecs === undefined;
          expect(decode(textOf(value), clone.codecs).isTree).toBe(known);
        }),
        cases,
      );
    },
    time,
  );
});

test(
  'a tree that is private already weighs what it would weigh if it were built',
  () => {
    fc.assert(
      fc.property(data, (value) => {
        const { master, bytes, findings } = keep(value, clone);
        if (findings?.shared === true || findings?.odd !== undefined) return;
        const adopted = adoptTree(master);
        expect(adopted.master).toBe(master);
        expect(adopted.bytes).toBe(bytes);
        for (let times = 0; times < 5; times += 1) expect(difference(value, adopted.copy())).toBeUndefined();
      }),
      cases,
    );
  },
  time,
);

describe('a value that a store has', () => {
  test(
    'S39: is for each who takes it what was written, and nobody else has it',
    () => {
      // Short and long: what is long is decoded for the first, and kept for those after.
      const values = fc.tuple(fc.oneof(data, graphs), fc.constantFrom(0, 2000));
      fc.assert(
        fc.property(values, ([inner, length]) => {
          const value = { inner, filler: 'x'.repeat(length) };
          const kept = storedValue(textOf(value), clone);
          const taken = [kept.copy(), kept.copy(), kept.copy()];
          for (const one of taken) expect(difference(value, one)).toBeUndefined();
          expect(new Set([...taken, kept.master]).size).toBe(4);
        }),
        cases,
      );
    },
    time,
  );

  test('and what the first does to theirs, others do not see', () => {
    const rows = Array.from({ length: 100 }, (_, id) => ({ id, at: new Date(id), tags: [id] }));
    const kept = storedValue(textOf(rows), clone);
    const first = kept.copy() as typeof rows;
    first[0]?.tags.push(-1);
    first[0]?.at.setTime(-1);
    first.length = 1;
    expect(difference(rows, kept.copy())).toBeUndefined();
  });
});

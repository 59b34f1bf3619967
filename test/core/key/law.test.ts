import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../support/runs.js';
import { equalArguments } from './oracle.js';
import { changed, make, recipe, type Recipe } from './recipes.js';
import { keyOf } from './support.js';

/** Arguments, and how to change one of them in one place. */
const call = fc.array(recipe, { maxLength: 3 });
const change = fc.record({ which: fc.nat(2), where: fc.nat(30), how: fc.nat(500) });

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changedCall(args: readonly Recipe[], { which, where, how }: Change): readonly Recipe[] {
  return args.map((arg, at) => (at === which % args.length ? changed(arg, where, how) : arg));
}

const makeAll = (args: readonly Recipe[]): readonly unknown[] => args.map((arg) => make(arg));

describe('S13: keys are equal if and only if arguments are', () => {
  test('of calls that differ in one place, or not at all', () => {
    const seen = { equal: 0, different: 0 };
    fc.assert(
      fc.property(call, fc.array(change, { minLength: 1, maxLength: 2 }), (args, changes) => {
        const left = makeAll(args);
        const right = makeAll(changes.reduce(changedCall, args));
        const equal = equalArguments(left, right);
        seen[equal ? 'equal' : 'different'] += 1;
        expect(keyOf(...left) === keyOf(...right)).toBe(equal);
      }),
      { numRuns: runs(5000, 100_000) },
    );
    // Both sides of the law were tried: a key that is always the same, or never, would not pass.
    expect(Math.min(seen.equal, seen.different)).toBeGreaterThan(runs(5000, 100_000) / 10);
  });

  test('of any two calls', () => {
    fc.assert(
      fc.property(call, call, (a, b) => {
        const [left, right] = [makeAll(a), makeAll(b)];
        expect(keyOf(...left) === keyOf(...right)).toBe(equalArguments(left, right));
      }),
      { numRuns: runs(5000, 100_000) },
    );
  });

  test('of one call made twice', () => {
    fc.assert(
      fc.property(call, (args) => {
        expect(keyOf(...makeAll(args))).toBe(keyOf(...makeAll(args)));
      }),
      { numRuns: runs(5000, 100_000) },
    );
  });

  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    withUnicodeString: true,
  });

  test('of whatever data there is, and of its copy', () => {
    fc.assert(
      fc.property(anything, anything, fc.clone(anything, 2), (a, b, [c, d]) => {
        expect(keyOf(a) === keyOf(b)).toBe(equalArguments([a], [b]));
        expect(keyOf(c)).toBe(keyOf(d));
        expect(equalArguments([c], [d])).toBe(true);
      }),
      { numRuns: runs(5000, 100_000) },
    );
  });

  test('of strings made of pieces of canonical text', () => {
    const pieces = fc.constantFrom(
      's1:',
      'a',
      'n1;',
      '[',
      ']',
      '{',
      '}',
      '(',
      ')',
      'h1;',
      '|',
      'M',
      'E',
      '^0;',
      '*',
      '1',
      ':',
      ';',
    );
    const text = fc.array(pieces, { maxLength: 5 }).map((parts) => parts.join(''));
    const shapes = fc.array(
      fc.oneof(text, fc.array(text, { maxLength: 3 }), fc.dictionary(text, text, { maxKeys: 2 })),
      {
        maxLength: 3,
      },
    );
    fc.assert(
      fc.property(shapes, shapes, (a, b) => {
        expect(keyOf(...a) === keyOf(...b)).toBe(equalArguments(a, b));
      }),
      { numRuns: runs(5000, 100_000) },
    );
  });
});

const copy = <T>(value: T): T => structuredClone(value);

test('the same arguments have the same key whichever of their objects are shared', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 4 }),
      fc.array(fc.nat(3), { maxLength: 6 }),
      (values, picks) => {
        const shared = picks.map((pick) => ({ at: values[pick], again: [values[pick], values[0]] }));
        const copies = (): unknown =>
          picks.map((pick) => ({ at: copy(values[pick]), again: [copy(values[pick]), copy(values[0])] }));
        expect(keyOf(shared, [shared, shared])).toBe(keyOf(copies(), [copies(), copies()]));
      },
    ),
    { numRuns: runs(5000, 100_000) },
  );
});

describe('graphs of objects that hold each other', () => {
  /** Of each object: whether it is a set, and which objects it holds under which name. */
  const graph = fc.array(
    fc.record({
      isSet: fc.boolean(),
      edges: fc.array(fc.record({ name: fc.constantFrom('a', 'b', 'c'), to: fc.nat(4) }), { maxLength: 3 }),
    }),
    { minLength: 2, maxLength: 5 },
  );
  const roots = fc.array(fc.nat(4), { minLength: 1, maxLength: 4 });

  type Graph = typeof graph extends fc.Arbitrary<infer T> ? T : never;

  function build(nodes: Graph): readonly unknown[] {
    const made = nodes.map(({ isSet }) => (isSet ? new Set<unknown>() : new Map<unknown, unknown>()));
    for (const [at, { edges }] of nodes.entries()) {
      for (const { name, to } of edges) {
        const [from, target] = [made[at], made[to % made.length]];
        if (from instanceof Set) from.add(target);
        else from?.set(name, target);
      }
    }
    return made;
  }

  test('the same graph has one key, whether its parts are shared or each comes from a copy', () => {
    fc.assert(
      fc.property(graph, roots, (nodes, roots) => {
        const shared = build(nodes);
        const parts = roots.map((root) => shared[root % nodes.length]);
        const copies = roots.map((root) => build(nodes)[root % nodes.length]);
        expect(keyOf(parts)).toBe(keyOf(copies));
      }),
      { numRuns: runs(5000, 100_000) },
    );
  });

  test('two graphs have one key if and only if they are equal', () => {
    fc.assert(
      fc.property(graph, fc.nat(4), fc.nat(2), fc.nat(4), (nodes, at, edge, to) => {
        const other = structuredClone(nodes);
        const changed = other[at % other.length]?.edges[edge];
        if (changed !== undefined) changed.to = to;
        const [left, right] = [build(nodes), build(other)];
        expect(keyOf(left) === keyOf(right)).toBe(equalArguments([left], [right]));
        expect(keyOf(left[0]) === keyOf(right[0])).toBe(equalArguments([left[0]], [right[0]]));
      }),
      { numRuns: runs(5000, 100_000) },
    );
  });
});

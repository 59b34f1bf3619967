import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../support/runs.js';
import { keysAmong, serial } from '../support/serial.js';

/** Every one of these argument lists has a key of its own. */
async function allDistinct(...lists: readonly (readonly unknown[])[]): Promise<void> {
  const fn = serial();
  const keys = new Set(lists.map((list) => fn.keyOf(...list)));
  expect(keys.size).toBe(lists.length);
  expect(await keysAmong(lists, fn)).toBe(lists.length);
  expect(fn.calls).toBe(lists.length);
}

/** All of these argument lists have one key. */
async function allOne(...lists: readonly (readonly unknown[])[]): Promise<void> {
  const fn = serial();
  expect(new Set(lists.map((list) => fn.keyOf(...list))).size).toBe(1);
  expect(await keysAmong(lists, fn)).toBe(1);
  expect(fn.calls).toBe(1);
}

test('S11: values that look alike have keys of their own', async () => {
  await allDistinct([[1, 2]], [new Set([1, 2])], [new Map([[1, 2]])], [{ 0: 1, 1: 2 }]);
  await allDistinct([1], ['1'], [true], [1n], [null], [undefined, 1], ['true'], ['null'], ['1n'], [[1]]);
  await allDistinct([undefined, 1], [null, 1], [[undefined], 1], [{}, 1]);
  await allDistinct([{ a: undefined }], [{}], [{ a: null }]);
  await allDistinct([['a', undefined]], [['a']], [Array(2)], [[undefined, undefined]]);
});

test('S12: NaN equals itself, and -0 is not 0', async () => {
  await allOne([NaN], [Number('not a number')]);
  await allDistinct([0], [-0]);
});

test('S13: no text in an argument can imitate the border between two', async () => {
  await allDistinct(
    ['a', 'b'],
    ['astr:b'],
    ['a,b'],
    ['a","b'],
    ['a\u0000b'],
    ['ab'],
    ['a', 'b', ''],
    [['a', 'b']],
    ['["a","b"]'],
    ['a\ud800', 'b'],
    ['a\ufffd', 'b'],
  );
});

const nasty = fc.constantFrom(
  '',
  'a',
  'b',
  '1',
  ':',
  ',',
  '"',
  '[',
  ']',
  '{',
  '}',
  '\\',
  '\u0000',
  's1:a',
  'str:',
  'n',
);
const leaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.array(nasty, { maxLength: 3 }).map((parts) => parts.join('')),
  fc.constantFrom<unknown>(0, -0, 1, 11, NaN, Infinity, 1n, 11n, true, false, null, undefined, '1', 'true'),
  fc.double(),
  fc.integer({ min: 0, max: 3 }).map((ms) => new Date(ms)),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', '1', 'a:b'), tie('tree'), { maxKeys: 3, noNullPrototype: true }),
    fc.array(tie('tree'), { maxLength: 2 }).map((items) => new Set(items)),
    fc.array(fc.tuple(nasty, tie('tree')), { maxLength: 2 }).map((pairs) => new Map(pairs)),
  ),
}));

const pair = fc.oneof(
  fc.tuple(tree, tree),
  tree.map((value): [unknown, unknown] => [value, structuredClone(value)]),
);

test('S13: random arguments have one key exactly when they are structurally equal', async () => {
  const fn = serial({ maxEntries: 1000 });
  await fc.assert(
    fc.asyncProperty(pair, async ([one, two]) => {
      const equal = isDeepStrictEqual(one, two);
      expect(fn.keyOf(one) === fn.keyOf(two)).toBe(equal);
      const [first, second] = [await fn(one), await fn(two)];
      expect(first === second).toBe(equal);
    }),
    { numRuns: runs(10_000, 100_000) },
  );
});

test('S14: inner values keep their type and sign', async () => {
  await allDistinct(
    [
      [
        [1, 1],
        [true, true],
      ],
    ],
    [
      [
        [1, 1],
        [1, 1],
      ],
    ],
  );
  await allDistinct([[0, -0]], [[0, 0]], [[-0, 0]]);
});

test('S15: the order of properties does not matter', async () => {
  await allOne([{ a: 1, b: 2 }], [{ b: 2, a: 1 }]);
  await allOne([{ a: { x: 1, y: [2] }, b: 2 }], [{ b: 2, a: { y: [2], x: 1 } }]);
  await allDistinct([{ a: 1, b: 2 }], [{ a: 2, b: 1 }]);
});

test('S16: the order of a Set and of a Map does not matter', async () => {
  await allOne([new Set([0, 8])], [new Set([8, 0])]);
  await allOne([new Set([[1], { a: 1 }])], [new Set([{ a: 1 }, [1]])]);
  const pairs: [string, number][] = [
    ['a', 1],
    ['b', 2],
  ];
  await allOne([new Map(pairs)], [new Map(pairs.toReversed())]);
  await allDistinct([[0, 8]], [[8, 0]]);
});

test('S17: borders of nested values matter', async () => {
  await allDistinct([[[1], [2]]], [[[1, 2]]], [[1, 2]], [[[1], 2]], [[1, [2]]], [1, 2]);
  await allDistinct([['ab', 'c']], [['a', 'bc']], [['abc']]);
  await allDistinct([[]], [{}], [''], [[null]], [[[]]], [new Set()], [new Map()]);
});

test('S18: a Date is its instant', async () => {
  const at = Date.UTC(2026, 0, 1);
  await allOne([new Date(at)], [new Date('2026-01-01T00:00:00Z')]);
  await allOne([new Date(Number.NaN)], [new Date('not a date')]);
  await allDistinct([new Date(at)], [new Date(at + 1)], [at], [new Date(at).toISOString()], [new Date(Number.NaN)]);
});

test('S19: a RegExp is its source and flags, a URL its href, binary data its kind and content', async () => {
  await allOne([/a+/g], [new RegExp('a+', 'g')]);
  await allDistinct([/a/], [/a/i], [/b/], ['/a/']);
  await allOne([new URL('https://example.org/a?b=1')], [new URL('/a?b=1', 'https://example.org')]);
  await allDistinct([new URL('https://example.org/')], [new URL('http://example.org/')], ['https://example.org/']);
  await allOne([Buffer.from('abc')], [new Uint8Array([97, 98, 99])], [Buffer.from('xabcx').subarray(1, 4)]);
  await allDistinct(
    [new Uint8Array([1, 0])],
    [new Int8Array([1, 0])],
    [new Uint8ClampedArray([1, 0])],
    [new Uint16Array([1])],
    [new Uint8Array([1])],
    [new Uint8Array([1, 0]).buffer],
    [[1, 0]],
  );
});

test('S20: a megabyte that differs in one byte anywhere has another key', async () => {
  const base = new Uint8Array(1_000_000).fill(7);
  const fn = serial({ maxEntries: 4 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 999_999 }), fc.integer({ min: 0, max: 255 }), async (at, byte) => {
      const other = base.slice();
      other[at] = byte;
      expect((await fn(base)) === (await fn(other))).toBe(byte === 7);
    }),
    {
      numRuns: runs(25, 300),
      examples: [
        [0, 0],
        [999_999, 0],
        [500_000, 7],
      ],
    },
  );
});

test('S21: cycles are arguments like others, and where they lead matters', async () => {
  const ring = (): unknown[] => {
    const list: unknown[] = [1];
    list.push(list);
    return list;
  };
  const toRoot = { child: {} as Record<string, unknown> };
  toRoot.child['back'] = toRoot;
  const toRootAgain = { child: {} as Record<string, unknown> };
  toRootAgain.child['back'] = toRootAgain;
  const toChild = { child: {} as Record<string, unknown> };
  toChild.child['back'] = toChild.child;
  await allOne([ring()], [ring()]);
  await allOne([toRoot], [toRootAgain]);
  await allDistinct([toRoot], [toChild], [ring()], [{ child: {} }]);
});

test('S22: a shared reference equals two deeply equal copies', async () => {
  const shared = { a: [1] };
  await allOne([[shared, shared]], [[{ a: [1] }, { a: [1] }]]);
  await allOne([shared, shared], [{ a: [1] }, { a: [1] }]);
});

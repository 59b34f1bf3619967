import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeValue, encodeValue } from '../../../packages/core/src/codec/index.js';
import { runs } from '../../support/runs.js';
import { thrownBy } from '../../support/thrown-by.js';
import { anyText, leaves } from '../copy/support/arbitraries.js';
import { difference } from '../copy/support/identical.js';

/** More than the rows after which code is made for a shape. */
const MANY = 300;

describe('objects of one shape are written as a table', () => {
  const day = new Date(86_400_000);
  test.each<[string, unknown, string]>([
    [
      'names once, and values by column',
      [
        { a: 1, b: 'x' },
        { a: 2, b: null },
      ],
      '~t["~#T",["a",0,"b",0],[1,2],["x",null]]',
    ],
    [
      'Dates as the steps from one to the next',
      [{ at: day }, { at: new Date(0) }, { at: new Date(86_400_001) }],
      '~t["~#T",["at",2],[86400000,-86400000,86400001]]',
    ],
    [
      'Dates among which are nulls',
      [{ at: null }, { at: day }, { at: null }],
      '~t["~#T",["at",2],[null,86400000,null]]',
    ],
    ['a Date that is none as ever', [{ at: day }, { at: new Date(NaN) }], '~t["~#T",["at",1],["~D86400000","~D"]]'],
    [
      'Dates as ever that are too far from each other for a number',
      [{ at: new Date(-8.64e15) }, { at: new Date(8.64e15 - 1) }],
      '~t["~#T",["at",1],["~D-8640000000000000","~D8639999999999999"]]',
    ],
    ['anything with its tags', [{ a: undefined }, { a: [1n] }], '~t["~#T",["a",1],["~u",["~n1"]]]'],
    ['text that looks like a tag as it is', [{ a: '~u' }, { a: '~#M' }], '~t["~#T",["a",0],["~u","~#M"]]'],
    ['unless there is anything else', [{ a: '~#M' }, { a: -0 }], '~t["~#T",["a",1],["~~#M","~0"]]'],
    ['objects in them', [{ o: { a: 1 } }, { o: { a: 2 } }], '~t["~#T",["o",["a",0]],[1,2]]'],
    ['objects of several shapes', [{ o: { a: 1 } }, { o: { b: 2 } }], '~t["~#T",["o",1],[{"a":1},{"b":2}]]'],
    ['objects or null', [{ o: { a: 1 } }, { o: null }], '~t["~#T",["o",1],[{"a":1},null]]'],
    ['objects of no properties', [{ o: {} }, { o: {} }], '~t["~#T",["o",1],[{},{}]]'],
    ['names that JSON would escape', [{ '\n': 1 }, { '\n': 2 }], '~t["~#T",["\\n",0],[1,2]]'],
    [
      'a shape that was there by its number',
      {
        x: [{ a: 1 }, { a: 2 }],
        y: [{ b: 1 }, { b: 2 }],
        z: [{ a: 3 }, { a: 4 }],
        last: [{ a: 5 }, { a: 6 }],
      },
      '~t{"x":["~#T",["a",0],[1,2]],"y":["~#T",["b",0],[1,2]],"z":["~#T",0,[3,4]],"last":["~#T",0,[5,6]]}',
    ],
    [
      'tables in tables, each shape before those in it',
      [{ l: [{ a: 1 }, { a: 2 }] }, { l: [{ a: 3 }, { a: 4 }] }],
      '~t["~#T",["l",1],[["~#T",["a",0],[1,2]],["~#T",1,[3,4]]]]',
    ],
    ['in a Map', new Map([['k', [{ a: 1 }, { a: 2 }]]]), '~t["~#M","k",["~#T",["a",0],[1,2]]]'],
  ])('%s', (_, value, text) => {
    expect(encodeValue(value)).toBe(text);
    expect(difference(value, decodeValue(text))).toBeUndefined();
  });

  const row = { a: 1 };
  test.each<[string, unknown, string]>([
    ['one object', [{ a: 1 }], '[{"a":1}]'],
    [
      'names in another order',
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      '[{"a":1,"b":2},{"b":2,"a":1}]',
    ],
    ['a name more', [{ a: 1 }, { a: 1, b: 2 }], '[{"a":1},{"a":1,"b":2}]'],
    ['objects of nothing', [{}, {}], '[{},{}]'],
    ['objects and arrays', [{ a: 1 }, [1]], '[{"a":1},[1]]'],
    ['one object in two places', [row, row], '~g[{"a":1},"~R1"]'],
    ['__proto__', JSON.parse('[{"__proto__":1},{"__proto__":2}]'), '[{"__proto__":1},{"__proto__":2}]'],
  ])('but not %s', (_, value, text) => {
    expect(encodeValue(value)).toBe(text);
    expect(difference(value, decodeValue(text))).toBeUndefined();
  });
});

/** Names that stand for something where code is made of them, or objects are. */
const awkward = fc.constantFrom(
  'constructor',
  'toJSON',
  '0',
  '10',
  '',
  '"]}); throw 1; //',
  '\u2028',
  "'",
  '\\',
  '${a}',
);
const names = fc.uniqueArray(fc.oneof(anyText, awkward), { minLength: 1, maxLength: 5 });

/** Lists of objects that have the same names, one below the other. */
function tables(depth: number): fc.Arbitrary<unknown> {
  const leaf = fc.oneof(
    { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
    { weight: 1, arbitrary: leaves },
    anyText,
  );
  const column = (size: number): fc.Arbitrary<unknown[]> => {
    const each = (one: fc.Arbitrary<unknown>): fc.Arbitrary<unknown[]> =>
      fc.array(one, { minLength: size, maxLength: size });
    const simple = [each(leaf), each(fc.date()), each(fc.nat()), each(fc.string())];
    const below = depth === 0 ? [] : [each(tables(depth - 1)), objects(size, depth - 1)];
    return fc.oneof(...simple, ...below);
  };
  const objects = (size: number, below: number): fc.Arbitrary<unknown[]> =>
    names.chain((keys) =>
      fc
        .tuple(...keys.map(() => (below < 0 ? fc.array(leaf, { minLength: size, maxLength: size }) : column(size))))
        .map((columns) => Array.from({ length: size }, (_, at) => withFields(keys, columns, at))),
    );
  return fc.integer({ min: 2, max: 4 }).chain((size) => objects(size, depth));
}

function withFields(keys: readonly string[], columns: readonly (readonly unknown[])[], at: number): object {
  return Object.fromEntries(keys.map((key, index) => [key, columns[index]?.[at]]));
}

test(
  'S39: all tables are read as what was written, with their properties in order',
  () => {
    fc.assert(
      fc.property(tables(2), (value) => {
        const text = encodeValue(value);
        expect(difference(value, decodeValue(text))).toBeUndefined();
      }),
      { numRuns: runs(1000, 50_000) },
    );
  },
  runs(60_000, 1_200_000),
);

describe('what is no table is refused', () => {
  test.each([
    '~t["~#T"]',
    '~t["~#T",["a",0]]',
    '~t["~#T",[],[1]]',
    '~t["~#T",["a"],[1]]',
    '~t["~#T",["a",[]],[1]]',
    '~t["~#T",[0,0],[1]]',
    '~t["~#T",{"a":0},[1]]',
    '~t["~#T",null,[1]]',
    '~t["~#T","a",[1]]',
    '~t["~#T",0,[1]]',
    '~t["~#T",["a",3],[1]]',
    '~t["~#T",["a","0"],[1]]',
    '~t["~#T",["a",null],[1]]',
    '~t["~#T",["a",0,"a",0],[1],[1]]',
    '~t["~#T",["__proto__",0],[1]]',
    '~t["~#T",["a",["__proto__",0]],[1]]',
    '~t["~#T",["a",0,"b",0],[1]]',
    '~t["~#T",["a",0,"b",0],[1,2],[1]]',
    '~t["~#T",["a",0,"b",0],[1],[1,2]]',
    '~t["~#T",["a",0],[1],[1]]',
    '~t["~#T",["a",0],1]',
    '~t["~#T",["a",0],{"0":1,"length":1}]',
    '~t["~#T",["a",0],[{}]]',
    '~t["~#T",["a",0],[[]]]',
    '~t["~#T",["a",2],["~D5"]]',
    '~t["~#T",["a",2],["5"]]',
    '~t["~#T",["a",2],[true]]',
    '~t["~#T",["a",2],[[5]]]',
    '~t["~#T",["a",2],[1.5]]',
    '~t["~#T",["a",2],[8640000000000001]]',
    '~t["~#T",["a",2],[8640000000000000,1]]',
    '~t["~#T",["a",1],["~?"]]',
    '~t["~#T",1,[["~#T",["a",0],[1]]]]',
    '~g["~#T",["a",0],[1,2]]',
    `~t["~#T",${'["a",'.repeat(1500)}0${']'.repeat(1500)},[1]]`,
    `~t["~#T",["a",1],[${'['.repeat(1500)}${']'.repeat(1500)}]]`,
  ])('%s', (text) => {
    expect(String(thrownBy(() => decodeValue(text)))).toContain('The text is not that of a value: ');
  });
});

test('what is as deep as a value may be is read, below rows too', () => {
  let deep: unknown = 1;
  for (let level = 0; level < 990; level += 1) deep = [deep];
  const value = [
    { flat: { flat: { flat: 1 } }, deep },
    { flat: { flat: { flat: 2 } }, deep: null },
  ];
  expect(difference(value, decodeValue(encodeValue(value)))).toBeUndefined();
});

test('what is one level deeper than a value may be is refused below a table', () => {
  const table = (levels: number): string => `~t["~#T",["a",["b",1]],[${'['.repeat(levels)}${']'.repeat(levels)}]]`;
  // The array, its row and the object in that are three.
  expect(() => decodeValue(table(998))).not.toThrow();
  expect(String(thrownBy(() => decodeValue(table(999))))).toContain('it is nested more than 1000 levels deep');
});

describe('tables that were read often are read by code made for their shape', () => {
  const rows = Array.from({ length: MANY }, (_, id) => ({
    id,
    at: new Date(id),
    '"]}); throw 1; //': { '\u2028': `~${id}`, constructor: id / 3 },
    list: [id, undefined],
  }));

  test('and a name in a text never runs as a part of it', () => {
    const name = 'x":(globalThis.injected=1),"y';
    const named = rows.map(({ id }) => ({ [name]: id }));
    for (let times = 0; times < 3; times += 1) expect(decodeValue(encodeValue(named))).toEqual(named);
    expect(Reflect.get(globalThis, 'injected')).toBeUndefined();
  });

  test('as they were before', () => {
    const text = encodeValue(rows);
    const [first, again] = [decodeValue(text), decodeValue(text)];
    expect(difference(rows, first)).toBeUndefined();
    expect(difference(rows, again)).toBeUndefined();
  });

  test('and no setter on Object.prototype gets anything, before nor after', () => {
    const seen: unknown[] = [];
    const named = rows.map(({ id }) => ({ trap: id, inner: { trap: id } }));
    const text = encodeValue(named);
    const trap: PropertyDescriptor = { configurable: true, set: (it) => seen.push(it) };
    Reflect.defineProperty(Object.prototype, 'trap', trap);
    try {
      for (let times = 0; times < 3; times += 1)
        expect(Object.keys((decodeValue(text) as object[])[0] ?? {})).toHaveLength(2);
    } finally {
      Reflect.deleteProperty(Object.prototype, 'trap');
    }
    expect(seen).toEqual([]);
    expect(difference(named, decodeValue(text))).toBeUndefined();
  });

  test('and refuse then what they refused before', () => {
    const text = encodeValue(rows);
    for (let times = 0; times < 2; times += 1) decodeValue(text);
    for (const [from, to] of [
      ['0.3333333333333333', '[0.3333333333333333]'],
      ['[0,1,1,', '[0,1,"1",'],
      ['[0,1,1,', '[0,1,true,'],
      ['[7,"~u"]', '[7,"~?"]'],
    ] as const) {
      expect(text).toContain(from);
      expect(String(thrownBy(() => decodeValue(text.replace(from, to))))).toContain('not that of a value');
    }
  });

  test('unless code may not be made of texts', async () => {
    const program = fileURLToPath(new URL('programs/without-code.mjs', import.meta.url));
    const run = await promisify(execFile)(process.execPath, ['--disallow-code-generation-from-strings', program]);
    expect(JSON.parse(run.stdout)).toEqual({
      forbidden: true,
      last: { id: 299, at: '1970-01-01T00:00:00.299Z', by: { name: 'n299' } },
    });
  });

  test('hazard 52: more shapes than are remembered are all read', () => {
    for (let round = 0; round < 2; round += 1) {
      for (let shape = 0; shape < 600; shape += 1) {
        const value = [{ [`name${shape}`]: 1 }, { [`name${shape}`]: 2 }];
        expect(difference(value, decodeValue(encodeValue(value)))).toBeUndefined();
      }
    }
  });
});

import fc from 'fast-check';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { copyAny } from '../../../packages/core/src/copy/copier.js';
import { keep } from '../../../packages/core/src/copy/index.js';
import { copyDate } from '../../../packages/core/src/copy/leaf.js';
import { sourceOf } from '../../../packages/core/src/copy/shape/compiled.js';
import { composed } from '../../../packages/core/src/copy/shape/composed.js';
import { shapeOf, textOf, type Shape } from '../../../packages/core/src/copy/shape/shape.js';
import type { Copy } from '../../../packages/core/src/copy/shape/tools.js';
import { codeMaker } from '../../../packages/core/src/made-code.js';
import { shapeCopierOf } from '../../../packages/core/src/copy/shape/index.js';
import { buildPackages, runNode } from '../../support/node.js';
import { runs } from '../../support/runs.js';
import { difference } from './support/identical.js';
import { reach, wreck } from './support/reach.js';
import { tables } from './support/tables.js';

const clone = { fn: 'load', mode: 'clone' } as const;
const tree = { shared: false, odd: undefined, codecs: undefined };
const any = (value: unknown): unknown => (typeof value === 'object' && value !== null ? copyAny(value, tree) : value);
const tools = { date: (value: unknown): unknown => copyDate(value as object), any };

const makeCode = codeMaker(Infinity);

/** A compiled copier, of as many shapes as a test likes. */
function code(shape: Shape, large: boolean): Copy {
  return makeCode(sourceOf(shape, large), { ...tools, all: Object.prototype }) as Copy;
}

/** More bytes than it takes for a shape to be compiled. */
const HOT = 1_000_000;

test(
  'what is compiled for a shape, what is composed for it and what looks at every object make the same copies',
  () => {
    fc.assert(
      fc.property(tables, (value) => {
        const master = keep(value, clone).master as object;
        const shape = shapeOf(master);
        for (const copy of [code(shape, false), code(shape, true), composed(shape, tools), any]) {
          const made = copy(master) as object;
          const problem = difference(master, made);
          const shared = [...reach(made)].find((object) => reach(master).has(object));
          if (problem !== undefined || shared !== undefined) throw new Error(problem ?? 'it shares an object');
        }
      }),
      // Each table has up to 8 values.
      { numRuns: runs(4_000, 250_000) },
    );
  },
  runs(60_000, 1_800_000),
);

test('S36, S37: a value that is asked for often stays what it was, whatever its callers do to their copies', () => {
  fc.assert(
    fc.property(tables, (made) => {
      const value = keep(made, clone).copy();
      const kept = keep(value, clone);
      shapeCopierOf(kept.master as object, kept.bytes).note(HOT);
      for (let time = 0; time < 6; time += 1) {
        const copy = kept.copy();
        const problem = difference(value, copy) ?? difference(value, kept.written());
        if (problem !== undefined) throw new Error(problem);
        wreck(copy);
      }
    }),
    { numRuns: runs(3_000, 100_000) },
  );
}, 600_000);

const rows = [
  { id: 1, name: 'Ada', at: new Date(1), tags: ['a'], note: null },
  { id: 2, name: 'Bob', at: null, tags: [], note: 'x' },
];

describe('a shape', () => {
  test.each<[string, unknown, string]>([
    ['a row', { id: 1, name: 'Ada' }, '{"id"p"name"p}'],
    ['rows, with what is not always there', rows, '[{"id"p"name"p"at"d?"tags"[p]"note"p}]'],
    ['rows with other properties', [{ a: 1 }, { b: 1 }], '[*]'],
    [
      'rows in another order',
      [
        { a: 1, b: 1 },
        { b: 1, a: 1 },
      ],
      '[*]',
    ],
    [
      'what is a primitive, or an object, or holds one',
      [{ a: 1 }, { a: { b: 2 } }, { a: { b: [new Date(0)] } }],
      '[{"a"{"b"[d]?}?}]',
    ],
    ['no rows', [], '[0]'],
    ['a table of numbers', [[1, 2], [3]], '[[p]]'],
    ['what has no shape', new Map([[1, 2]]), '*'],
    ['an object without a prototype', [Object.create(null)], '[*]'],
    ['more properties than rows have', Object.fromEntries(Array.from({ length: 41 }, (_, i) => [`k${i}`, i])), '*'],
    ['a property named __proto__', [JSON.parse('{"__proto__":1}')], '[*]'],
  ])('of %s', (_, value, text) => {
    expect(textOf(shapeOf(keep(value, clone).master))).toBe(text);
  });

  test('ends where it is too deep', () => {
    let value: unknown = 1;
    for (let level = 0; level < 30; level += 1) value = [value];
    expect(textOf(shapeOf(value))).toBe(`${'['.repeat(25)}*${']'.repeat(25)}`);
    for (const large of [false, true]) expect(difference(value, code(shapeOf(value), large)(value))).toBeUndefined();
  });
});

test('names come into code as texts alone', () => {
  const names = ['a"b', '\\', '"];throw 1;//', '\u2028', '\ud800', 'constructor', '${x}', '0'];
  const value = Object.fromEntries(names.map((name) => [name, [new Date(1)]]));
  const shape = shapeOf(value);
  for (const large of [false, true]) expect(difference(value, code(shape, large)(value))).toBeUndefined();
  const others = Object.fromEntries(
    names.filter((name) => name !== 'constructor').map((name) => [name, [new Date(1)]]),
  );
  expect(difference(others, code(shapeOf(others), true)(others))).toBeUndefined();
  expect(sourceOf(shapeOf({ a: 1 }), false)).toBe('function f0(v) { return {"a": v["a"]}; }\nreturn f0;');
  expect(sourceOf(shapeOf({ a: 1 }), true)).toContain('this["a"] = v["a"];');
  // What all objects have is never assigned.
  expect(sourceOf(shapeOf({ valueOf: 1 }), true)).toBe(
    'function f0(v) { return {"valueOf": v["valueOf"]}; }\nreturn f0;',
  );
});

describe('where code may not be made of texts', () => {
  beforeAll(() => buildPackages(), 120_000);

  test('copies are right, and made by what is composed', async () => {
    const program = fileURLToPath(new URL('programs/without-code.mjs', import.meta.url));
    const { code, stdout, stderr } = await runNode(['--disallow-code-generation-from-strings', program]);
    expect(stderr).toBe('');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'EvalError, 1000 copies are right\n' });
  });
});

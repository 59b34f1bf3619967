import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Build } from '../../../packages/core/src/copy/build.js';
import { keep, Reading, type KeepOptions } from '../../../packages/core/src/copy/index.js';
import { readerSource, readerTools, type Read } from '../../../packages/core/src/copy/shape/reader.js';
import { copierOf } from '../../../packages/core/src/copy/shape/shape-copier.js';
import { shapeOf, shapeWith, type Shape } from '../../../packages/core/src/copy/shape/shape.js';
import { codeMaker } from '../../../packages/core/src/made-code.js';
import { runs } from '../../support/runs.js';
import { thrownBy } from '../../support/thrown-by.js';
import { data, graphs } from './support/arbitraries.js';
import { difference } from './support/identical.js';
import { reach, wreck } from './support/reach.js';
import { alike } from './support/tables.js';

const clone = { fn: 'load', mode: 'clone' } as const;
/** More bytes than it takes for code to be made. */
const HOT = 100_000_000;

/** Options of a function whose results have looked like these. */
function after(...results: readonly object[]): KeepOptions & { readonly reading: Reading } {
  const reading = new Reading();
  for (let time = 0; time < 3; time += 1) {
    for (const result of results) reading.learn(keep(result, clone).master as object, HOT / 3 / results.length + 1);
  }
  expect(reading.code).toBeDefined();
  return { ...clone, reading };
}

const makeCode = codeMaker(Infinity);

/** Code that keeps what has the shape of a value, of as many shapes as a test likes. */
function readerOf(shape: Shape): Read | undefined {
  if (shape.kind !== 'object' && shape.kind !== 'array') return undefined;
  return makeCode(readerSource(shape), readerTools) as Read;
}

function walk(): Build {
  return new Build({ owned: false, freeze: false, codecs: undefined });
}

/** How what was made for a shape keeps a value otherwise than the walk that knows of no shape. */
function problem(shape: Shape, value: object): string | undefined {
  const read = readerOf(shape);
  if (read === undefined) return undefined;
  const [plain, fast] = [walk(), walk()];
  plain.make(value);
  const master = read(value, fast);
  const found = difference(value, master);
  if (found !== undefined) return found;
  for (const key of ['bytes', 'shared', 'coded'] as const) if (plain[key] !== fast[key]) return `another ${key}`;
  if (plain.odd?.size !== fast.odd?.size) return 'another number of odd arrays';
  if ([...reach(master)].some((object) => reach(value).has(object))) return 'it shares an object with the value';
  if (!fast.fits || !fast.isTree) return undefined;
  const copy = copierOf(shape, false).copy(master);
  if ([...reach(copy)].some((object) => reach(master).has(object))) return 'a copy shares an object with the master';
  return difference(value, copy);
}

/** A shape of some values, and values that look alike to them, or not at all. */
const pairs = fc.oneof(
  alike.chain((make) => fc.tuple(fc.array(make, { maxLength: 4 }), fc.array(make, { maxLength: 8 }))),
  fc.tuple(alike, alike).chain(([one, other]) => fc.tuple(fc.array(one, { maxLength: 4 }), fc.array(other))),
  fc.tuple(
    alike.chain((make) => fc.array(make, { maxLength: 4 })),
    fc.oneof(data, graphs).map((value) => [value]),
  ),
);

test(
  'S36, S37: for all values, code that was made for the shape of others keeps what the walk keeps',
  () => {
    fc.assert(
      fc.property(pairs, ([samples, value]) => {
        const found = problem(shapeOf(keep(samples, clone).master), value);
        if (found !== undefined) throw new Error(found);
      }),
      { numRuns: runs(4_000, 250_000) },
    );
  },
  runs(60_000, 1_800_000),
);

const row = (n: number): object => ({
  id: n,
  name: `Ada ${n}`,
  at: new Date(n),
  tags: ['a', 'b'],
  more: { n, at: null },
});
const rows = (): object[] => [row(1), row(2)];

describe('after results that look alike', () => {
  test.each<[string, () => object]>([
    ['rows like those', () => [row(7), row(8), row(9)]],
    ['none', () => []],
    ['a row in two places', () => [twice, row(1), twice]],
    ['one date in two rows', () => [{ ...row(1), at: day }, row(2), { ...row(3), at: day }]],
    [
      'one list in two rows',
      () => [
        { ...row(1), tags: list },
        { ...row(2), tags: list },
      ],
    ],
    ['a row with a property more', () => [row(1), { ...row(2), more: 1, last: true }]],
    ['a row in another order', () => [{ name: 'x', id: 1 }]],
    ['null in the place of a row', () => [null, row(1)]],
    ['a row in the place of a text', () => [{ ...row(1), name: row(2) }]],
    ['a text in the place of a date', () => [{ ...row(1), at: '2026-10-01' }]],
    ['a Map in the place of a date', () => [{ ...row(1), at: new Map([[1, row(2)]]) }]],
    ['tags with holes', () => [{ ...row(1), tags: Object.assign([], { 3: 'x' }) }]],
    ['tags with a name', () => [{ ...row(1), tags: Object.assign(['a'], { total: 1 }) }]],
    ['a row without a prototype', () => [Object.assign(Object.create(null) as object, row(1))]],
    ['an object that is no list', () => ({ rows: rows() })],
    ['a property that cannot be listed', () => [Object.defineProperty(row(1), 'hidden', { value: () => 1 })]],
  ])('S37: %s are kept as they are', (_, make) => {
    const options = after(rows());
    const kept = keep(make(), options);
    expect(difference(make(), kept.master)).toBeUndefined();
    expect(kept.bytes).toBe(keep(make(), clone).bytes);
    wreck(kept.copy());
    for (let time = 0; time < 6; time += 1) expect(difference(make(), kept.copy())).toBeUndefined();
  });

  test('a value that holds itself is kept as one', () => {
    const ring = row(1) as { more: unknown };
    ring.more = ring;
    const copy = keep([ring], after(rows())).copy() as [{ more: unknown }];
    expect(copy[0].more).toBe(copy[0]);
  });

  test.each<[string, (row: object) => void]>([
    ['a function', (it) => Reflect.set(it, 'name', () => 1)],
    ['a symbol', (it) => Reflect.set(it, 'name', Symbol('x'))],
    ['a promise in the place of a date', (it) => Reflect.set(it, 'at', Promise.resolve())],
    ['an instance in the place of an object', (it) => Reflect.set(it, 'more', new (class Money {})())],
    ['a property whose name is a symbol', (it) => Reflect.set(it, Symbol('x'), 1)],
    ['a Date with a property', (it) => Object.assign(Reflect.get(it, 'at') as object, { zone: 'UTC' })],
    ['a Date with a symbol', (it) => Reflect.set(Reflect.get(it, 'at') as object, Symbol('x'), 1)],
    ['a list with a symbol', (it) => Reflect.set(Reflect.get(it, 'tags') as object, Symbol('x'), 1)],
    ['a list of another class', (it) => Reflect.set(it, 'tags', new (class Tags extends Array<string> {})())],
    ['an object of another class', (it) => Object.setPrototypeOf(Reflect.get(it, 'more') as object, { inherited: 1 })],
    [
      'a list that pretends to be an object',
      (it) => Object.setPrototypeOf(Reflect.get(it, 'tags') as object, Object.prototype),
    ],
    ['a function in a list', (it) => Reflect.set(Reflect.get(it, 'tags') as object, 1, () => 1)],
    ['a getter that throws', (it) => Object.defineProperty(it, 'name', { get: fail, enumerable: true })],
  ])('S40: %s is refused in the same words', (_, spoil) => {
    const value = (): object => [row(1), spoiled(spoil)];
    const expected = String(thrownBy(() => keep(value(), clone)));
    expect(expected).toMatch(/result\[1\]/);
    expect(String(thrownBy(() => keep(value(), after(rows()))))).toBe(expected);
  });

  test('what looks like a list of the shape, and says so as an object, is refused', () => {
    const list = Object.setPrototypeOf([1], Object.prototype) as object;
    expect(() => keep(list, after({ 0: 1 }))).toThrow('result is');
  });

  test('nothing is read but what is there, whatever Object.prototype was given', () => {
    const options = after(rows());
    const given = { value: {}, enumerable: true, configurable: true, writable: true };
    Reflect.defineProperty(Object.prototype, 'polluted', given);
    let copy: unknown;
    try {
      copy = keep(rows(), options).copy();
    } finally {
      Reflect.deleteProperty(Object.prototype, 'polluted');
    }
    expect(difference(rows(), copy)).toBeUndefined();
  });
});

const twice = row(3);
const day = new Date(5);
const list = ['a'];

function fail(): never {
  throw new Error('no');
}

function spoiled(spoil: (row: object) => void): object {
  const it = row(2);
  spoil(it);
  return it;
}

describe('hazard 45: after results that look alike,', () => {
  test('a property that answers otherwise the second time is read once', () => {
    let reads = 0;
    const name = { get: () => (reads++ === 0 ? 'first' : () => 'not data'), enumerable: true };
    const kept = keep([Object.defineProperty(row(1), 'name', name)], after(rows()));
    expect(kept.copy()).toEqual([{ ...row(1), name: 'first' }]);
    expect(reads).toBe(1);
  });

  test('everything of a proxy is read once', () => {
    const read: PropertyKey[] = [];
    const get = (target: object, key: PropertyKey): unknown => {
      read.push(key);
      return Reflect.get(target, key);
    };
    const kept = keep([new Proxy(row(1), { get })], after(rows()));
    expect(kept.copy()).toEqual([row(1)]);
    expect(read).toEqual(Object.keys(row(1)));
  });

  test('an object that a getter changes is kept as it was read', () => {
    const changing = row(1);
    const at = { get: () => (Reflect.set(changing, 'tags', () => 1), new Date(5)), enumerable: true };
    Object.defineProperty(changing, 'at', at);
    expect(() => keep([changing], after(rows()))).toThrow('result[0].tags is a function');
  });

  test('what a getter makes the function learn meanwhile is not taken for what the value looks like', () => {
    const reading = new Reading();
    const options = { ...clone, reading };
    const value = Object.defineProperty({ other: [new Date(1)] }, 'late', {
      get: () => {
        for (let time = 0; time < 3; time += 1) reading.learn({ is: 1 }, HOT);
        return 1;
      },
      enumerable: true,
    });
    const kept = keep(value, options);
    expect(reading.code).toBeDefined();
    expect(kept.copy()).toEqual({ other: [new Date(1)], late: 1 });
  });
});

describe('a reading', () => {
  test('makes code when three results were looked at, and much of them was kept (hazard 52)', () => {
    const reading = new Reading();
    for (let time = 0; time < 2; time += 1) reading.learn(row(1), HOT);
    expect(reading.code).toBeUndefined();
    reading.learn(row(1), 1);
    expect(reading.code).toBeDefined();
    const seldom = new Reading();
    for (let time = 0; time < 100; time += 1) seldom.learn(row(1), 10);
    expect(seldom.code).toBeUndefined();
  });

  test('makes it anew when much has come that looks otherwise, and not for ever', () => {
    const reading = new Reading();
    const codes = new Set<unknown>();
    for (let time = 0; time < 100; time += 1) {
      reading.learn(time < 3 ? { a: 1 } : { a: [time] }, HOT);
      codes.add(reading.code);
    }
    codes.delete(undefined);
    expect(codes.size).toBe(4);
  });

  test('makes none for what has nothing in common', () => {
    const reading = new Reading();
    for (let time = 0; time < 10; time += 1) reading.learn(time % 2 === 0 ? { a: 1 } : [1], HOT);
    expect(reading.code).toBeUndefined();
  });

  test('joins what results have in common', () => {
    const shape = shapeWith(shapeOf({ a: null, b: 1 }), { a: { c: 1 }, b: 2 });
    expect(problem(shape, { a: { c: 5 }, b: 2 }) ?? problem(shape, { a: null, b: 2 })).toBeUndefined();
  });
});

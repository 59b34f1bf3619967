import { parse } from 'node:querystring';
import { describe, expect, test } from 'vitest';
import { keyOf, repeated } from './support.js';

const sparse = (): unknown[] => {
  const array: unknown[] = [1, 2];
  array.length = 4;
  return array;
};

describe('primitives', () => {
  test('S11: values that look alike have keys of their own', () => {
    const calls = [
      [[1, 2]],
      [new Set([1, 2])],
      [1],
      ['1'],
      [true],
      [1n],
      [null],
      [],
      [undefined, 1],
      [null, 1],
      ['true'],
    ];
    expect(repeated(calls.map((args) => keyOf(...args)))).toEqual([]);
  });

  test('S12: NaN equals itself and -0 is not 0', () => {
    expect(keyOf(Number.NaN)).toBe(keyOf(0 / 0));
    expect(keyOf(-0)).not.toBe(keyOf(0));
    expect(keyOf(Number.POSITIVE_INFINITY)).not.toBe(keyOf(Number.NEGATIVE_INFINITY));
  });

  test('S13: strings that imitate the canonical text stay strings', () => {
    const calls = [
      ['a', 'b'],
      ['as1:b'],
      ['a)s1:b'],
      ['astr:b'],
      ['s1:a', 'b'],
      [['a', 'b']],
      ['[s1:as1:b]'],
      ['a,b'],
      [{ a: 'b' }],
      ['{s1:as1:b}'],
      [{ 'as1:b': 1 }],
      [{ a: 'bs1:c', d: 1 }],
      [{ a: 'b', c: 1 }],
    ];
    expect(repeated(calls.map((args) => keyOf(...args)))).toEqual([]);
  });

  test('a lone surrogate is neither another one nor the replacement character, short or long', () => {
    for (const length of [1, 10_000]) {
      const texts = ['\ud800', '\ud801', '\ufffd', '\udc00\ud800', '\ud800\udc00'].map((text) =>
        keyOf(text.repeat(length)),
      );
      expect(repeated(texts)).toEqual([]);
      for (const text of texts) expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text);
    }
  });

  test('long strings that differ in one character are distinct, and their keys are short', () => {
    const long = 'x'.repeat(1_000_000);
    expect(keyOf(long)).toBe(keyOf('x'.repeat(1_000_000)));
    expect(repeated([keyOf(long), keyOf(`${long}x`), keyOf(`${long.slice(1)}y`), keyOf(`y${long.slice(1)}`)])).toEqual(
      [],
    );
    expect(keyOf(long).length).toBeLessThan(100);
  });
});

describe('arrays and objects', () => {
  test('S14: an element keeps its type beside equal ones', () => {
    const ones = [1, 1];
    expect(keyOf([ones, [true, true]])).not.toBe(keyOf([ones, ones]));
    expect(keyOf([0, -0])).not.toBe(keyOf([0, 0]));
  });

  test('S15: the order of properties does not count, also in depth', () => {
    expect(keyOf({ a: 1, b: { c: 2, d: 3 } })).toBe(keyOf({ b: { d: 3, c: 2 }, a: 1 }));
    expect(keyOf({ b10: 1, b2: 2, 1: 3 })).toBe(keyOf({ 1: 3, b2: 2, b10: 1 }));
  });

  test('S17: the boundaries of nested structures count', () => {
    const calls = [
      [[1], [2]],
      [[1, 2]],
      ['ab', 'c'],
      ['a', 'bc'],
      [],
      {},
      '',
      [null],
      [[]],
      [{}],
      [''],
      { a: [] },
      { a: {} },
    ];
    expect(repeated(calls.map((value) => keyOf(value)))).toEqual([]);
  });

  test('a hole, undefined and null differ, wherever the hole is and however long', () => {
    const far: unknown[] = [];
    far[4_000_000_000] = 1;
    const near: unknown[] = [];
    near[5] = 1;
    const values = [
      sparse(),
      [1, 2],
      [1, 2, undefined, undefined],
      [1, 2, null, null],
      far,
      near,
      Array.from({ length: 4 }),
    ];
    expect(repeated([...values, Array(4), Array(5), Array(4_294_967_295)].map((value) => keyOf(value)))).toEqual([]);
    expect(keyOf(sparse())).toBe(keyOf(sparse()));
  });

  test('a missing property is not an undefined one', () => {
    expect(keyOf({ a: undefined })).not.toBe(keyOf({}));
    expect(keyOf({ a: undefined, b: 1 })).not.toBe(keyOf({ b: 1 }));
  });

  test('properties that an array has besides its elements are not lost', () => {
    const named = (name: PropertyKey, value: unknown, elements: unknown[] = [1]): unknown[] => {
      Reflect.set(elements, name, value);
      return elements;
    };
    const values = [
      [1],
      named('x', 1),
      named('x', 2),
      named('y', 1),
      named('1.5', 1),
      named('-1', 1),
      named('4294967295', 1),
      named(Symbol.for('x'), 1),
      named('x', 1, sparse()),
      [1, 'x', 1],
      [1, { x: 1 }],
    ];
    expect(repeated(values.map((value) => keyOf(value)))).toEqual([]);
    expect(keyOf(named('y', 2, named('x', 1)))).toBe(keyOf(named('x', 1, named('y', 2))));
  });

  test('the hidden property `raw` of a template counts', () => {
    const tag = (strings: TemplateStringsArray): string => keyOf(strings);
    expect(tag`a\u0062`).not.toBe(tag`ab`);
  });

  test('properties that are not enumerable count', () => {
    const hidden = (value: unknown): object => Object.defineProperty({ a: 1 }, 'owner', { value, enumerable: false });
    expect(keyOf(hidden(1))).not.toBe(keyOf(hidden(2)));
    expect(keyOf(hidden(1))).toBe(keyOf({ a: 1, owner: 1 }));
  });

  test('registered symbols name properties, in any order', () => {
    const [a, b] = [Symbol.for('a'), Symbol.for('b')];
    expect(keyOf({ [a]: 1, [b]: 2 })).toBe(keyOf({ [b]: 2, [a]: 1 }));
    expect(repeated([keyOf({ [a]: 1 }), keyOf({ [b]: 1 }), keyOf({ a: 1 }), keyOf({})])).toEqual([]);
  });

  test('objects without a prototype equal plain ones, and so do parsed queries', () => {
    expect(keyOf(Object.assign(Object.create(null), { a: '1' }))).toBe(keyOf({ a: '1' }));
    expect(keyOf(parse('b=2&a=1'))).toBe(keyOf({ a: '1', b: '2' }));
  });

  test('a property named __proto__ is a property', () => {
    expect(keyOf(JSON.parse('{"__proto__":1}'))).not.toBe(keyOf({}));
    expect(keyOf(JSON.parse('{"__proto__":1}'))).toBe(keyOf(JSON.parse('{"__proto__":1}')));
  });

  test('S30: a property that starts with an underscore counts', () => {
    expect(keyOf({ _id: 1, name: 'a' })).not.toBe(keyOf({ _id: 2, name: 'a' }));
  });

  test('S32: the key is what the argument holds at the moment of the call', () => {
    const filter = { tags: ['a'] };
    const before = keyOf(filter);
    filter.tags.push('b');
    expect(keyOf(filter)).not.toBe(before);
    expect(keyOf({ tags: ['a'] })).toBe(before);
  });

  test('an accessor is read once', () => {
    let reads = 0;
    const value = {
      get a() {
        reads += 1;
        return reads;
      },
    };
    expect(keyOf(value)).toBe(keyOf({ a: 1 }));
    expect(reads).toBe(1);
  });

  test('a proxy is what it shows', () => {
    expect(keyOf(new Proxy({ a: 1 }, { get: () => 2 }))).toBe(keyOf({ a: 2 }));
    expect(keyOf(new Proxy([1, 2], {}))).toBe(keyOf([1, 2]));
    const reversed = new Proxy([1, 2], { ownKeys: (array) => Reflect.ownKeys(array).toReversed() });
    expect(keyOf(reversed)).toBe(keyOf([1, 2]));
  });
});

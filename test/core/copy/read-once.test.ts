import { describe, expect, test } from 'vitest';
import { CacheError } from '@millpond/core';
import { decodeValue, encodeValue } from '../../../packages/core/src/codec/index.js';
import { keep } from '../../../packages/core/src/copy/index.js';

const clone = { fn: 'load', mode: 'clone' } as const;

/** A getter of data on the first reading, and of something that is no data on every later one. */
function fickle(first: unknown): PropertyDescriptor {
  let reads = 0;
  return { get: () => (reads++ === 0 ? first : () => 'not data'), enumerable: true, configurable: true };
}

/** The same for every property of an object, and for its type. */
function fickleProxy(target: object): object {
  const read = new Set<PropertyKey>();
  return new Proxy(target, {
    get(from, key) {
      if (typeof key === 'symbol') return Reflect.get(from, key) as unknown;
      const again = read.has(key);
      read.add(key);
      return again ? () => 'not data' : (Reflect.get(from, key) as unknown);
    },
  });
}

/** An array of an item and, behind a hole, another. */
function sparse(item: unknown): unknown[] {
  return Object.assign([item], { 2: 'y' });
}

const sources: [string, () => object, unknown][] = [
  ['a property', () => Object.defineProperty({}, 'a', fickle({ b: 1 })), { a: { b: 1 } }],
  ['an item', () => Object.defineProperty([0, 1], 0, fickle('x')), ['x', 1]],
  ['an item behind a hole', () => Object.defineProperty([], 2, fickle('x')), Object.assign([], { 2: 'x' })],
  ['an item before a hole', () => Object.defineProperty(sparse(0), 0, fickle('x')), sparse('x')],
  ['a named property of an array', () => Object.defineProperty([], 'n', fickle(1)), Object.assign([], { n: 1 })],
  [
    'a property of an object without a prototype',
    () => Object.defineProperty(Object.create(null), 'a', fickle(1)),
    { a: 1 },
  ],
  ['everything of a proxy', () => fickleProxy({ a: { b: 1 }, c: 2 }), { a: { b: 1 }, c: 2 }],
  ['the items of a proxy', () => fickleProxy(['x', 'y']), ['x', 'y']],
];

describe.each(sources)('hazard 45: %s that answers otherwise the second time', (_, make, expected) => {
  test.each(['clone', 'freeze'] as const)('is read once, by copy: %s', (mode) => {
    const kept = keep({ it: make() }, { fn: 'load', mode });
    expect(kept.copy()).toEqual({ it: expected });
    expect(decodeValue(encodeValue(kept.master))).toEqual({ it: expected });
  });

  test('is read once when it is written, where it was shared as it is', () => {
    expect(decodeValue(encodeValue({ it: make() }))).toEqual({ it: expected });
  });
});

test('hazard 45: a property of an error that answers otherwise the second time is read once', () => {
  const error = Object.defineProperty(new Error('x'), 'code', fickle('E1'));
  Object.defineProperty(error, 'message', { ...fickle('the message'), enumerable: false });
  expect(keep(error, clone).copy()).toMatchObject({ code: 'E1', message: 'the message' });
});

test('hazard 45: what is data only the second time is refused', () => {
  const late = Object.defineProperty({}, 'a', { get: () => Symbol('never data'), enumerable: true });
  expect(() => keep(late, clone)).toThrow(CacheError);
});

test('a getter that changes what is being read changes nothing of what was read', () => {
  const list: unknown[] = [1];
  const map = new Map<unknown, unknown>();
  const grow = Object.defineProperty({}, 'a', {
    get() {
      list.push(grow);
      map.set({}, grow);
      return 1;
    },
    enumerable: true,
  });
  list.push(grow);
  map.set('first', grow);
  expect(keep(list, clone).copy()).toEqual([1, { a: 1 }]);
  map.clear();
  map.set('first', Object.defineProperties({}, Object.getOwnPropertyDescriptors(grow)));
  expect((keep(map, clone).copy() as Map<unknown, unknown>).size).toBe(1);
});

test('a class of typed arrays with its own species gets no say', () => {
  const list = Object.defineProperty([1, 2], 'constructor', {
    value: { [Symbol.species]: () => ({ stolen: true }) },
    enumerable: false,
  });
  expect(keep(list, clone).copy()).toEqual([1, 2]);
});

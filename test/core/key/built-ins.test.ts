import { runInNewContext } from 'node:vm';
import { describe, expect, test, vi } from 'vitest';
import { keyOf, repeated } from './support.js';

describe('built-in types', () => {
  test('S18: a Date of a test runner with fake timers is a Date', () => {
    const real = keyOf(new Date(5), { at: new Date(6) });
    vi.useFakeTimers({ toFake: ['Date'], now: 5 });
    const faked = keyOf(new Date(), { at: new Date(6) });
    vi.useRealTimers();
    expect(faked).toBe(real);
  });

  test('S16: sets and maps have no order', () => {
    expect(keyOf(new Set([0, 8]))).toBe(keyOf(new Set([8, 0])));
    expect(keyOf(new Set([[1], { a: 1 }, 'x']))).toBe(keyOf(new Set(['x', { a: 1 }, [1]])));
    const pairs: readonly [unknown, unknown][] = [
      ['a', 1],
      [{ id: 1 }, new Set([1, 2])],
    ];
    expect(keyOf(new Map(pairs))).toBe(keyOf(new Map(pairs.toReversed())));
  });

  test('members of sets and maps do not run into each other', () => {
    const values = [
      new Set(),
      new Map(),
      new Set([1, 2]),
      new Set([12]),
      new Map([[1, 2]]),
      new Map([[2, 1]]),
      new Set([[1, 2]]),
      new Set(['ab', 'c']),
      new Set(['a', 'bc']),
      new Set([new Set([1]), 2]),
      new Set([new Set([1, 2])]),
      new Set([{ a: 1 }]),
      new Set([{ a: 1 }, { a: 1 }]),
      new Map([
        [1, 2],
        [3, 4],
      ]),
      new Map([
        [1, 4],
        [3, 2],
      ]),
    ];
    expect(repeated(values.map((value) => keyOf(value)))).toEqual([]);
  });

  test('S18: dates are their instants, and invalid dates equal each other only', () => {
    expect(keyOf(new Date(5))).toBe(keyOf(new Date(5)));
    const values = [new Date(5), new Date(6), new Date(Number.NaN), 5, '5', new Date(5).toISOString(), Number.NaN];
    expect(repeated(values.map((value) => keyOf(value)))).toEqual([]);
    expect(keyOf(new Date('no date'))).toBe(keyOf(new Date(Number.NaN)));
  });

  test('S19: regular expressions are source and flags, and where a next match starts', () => {
    expect(keyOf(/a+/gi)).toBe(keyOf(new RegExp('a+', 'ig')));
    const moved = /a/g;
    moved.lastIndex = 1;
    const values = [/a/, /a/g, /b/, /a\/g/, new RegExp('ag'), moved, '/a/g'];
    expect(repeated(values.map((value) => keyOf(value)))).toEqual([]);
  });

  test('S19: URLs are their href, queries their pairs in order', () => {
    expect(keyOf(new URL('HTTP://Example.com:80/a'))).toBe(keyOf(new URL('http://example.com/a')));
    const values = [
      new URL('http://a/'),
      'http://a/',
      new URL('http://a/?'),
      new URLSearchParams('a=1&b=2'),
      new URLSearchParams('b=2&a=1'),
      new URLSearchParams([['a', '1&b=2']]),
      new URLSearchParams(''),
      new URLSearchParams([['', '']]),
      'a=1&b=2',
    ];
    expect(repeated(values.map((value) => keyOf(value)))).toEqual([]);
    expect(keyOf(new URLSearchParams({ a: '1' }))).toBe(keyOf(new URLSearchParams('a=1')));
  });

  test('S19: bytes are kind and content, and a Buffer is a Uint8Array', () => {
    expect(keyOf(Buffer.from('abc'))).toBe(keyOf(new TextEncoder().encode('abc')));
    const { buffer } = Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0);
    const values = [
      buffer,
      new DataView(buffer),
      new Uint8Array(buffer),
      new Int8Array(buffer),
      new Uint8ClampedArray(buffer),
      new Uint16Array(buffer),
      new Int16Array(buffer),
      new Uint32Array(buffer),
      new Int32Array(buffer),
      new Float32Array(buffer),
      new Float64Array(buffer),
      new BigInt64Array(buffer),
      new BigUint64Array(buffer),
      [1, 0, 0, 0, 1, 0, 0, 0],
    ];
    expect(repeated(values.map((value) => keyOf(value)))).toEqual([]);
  });

  test('a view counts with its own window only', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    expect(keyOf(bytes.subarray(1, 3))).toBe(keyOf(Uint8Array.of(2, 3)));
    expect(keyOf(new DataView(bytes.buffer, 1, 2))).toBe(keyOf(new DataView(Uint8Array.of(2, 3).buffer)));
    expect(keyOf(new Uint8Array(new SharedArrayBuffer(2)))).toBe(keyOf(new Uint8Array(2)));
    expect(keyOf(new Uint8Array(new SharedArrayBuffer(2000)))).toBe(keyOf(new Uint8Array(2000)));
  });

  test('S20: a million bytes that differ anywhere are distinct, as bytes and as numbers', () => {
    const changed = [undefined, 0, 1, 499_999, 999_998, 999_999];
    const bytes = changed.map((at) => {
      const array = new Uint8Array(1_000_000);
      if (at !== undefined) array[at] = 1;
      return array;
    });
    expect(repeated(bytes.map((array) => keyOf(array)))).toEqual([]);
    expect(repeated(bytes.slice(2, 5).map((array) => keyOf([...array])))).toEqual([]);
    expect(keyOf(new Uint8Array(1_000_000))).toBe(keyOf(bytes[0]));
    expect(keyOf(new Uint8Array(999_999))).not.toBe(keyOf(bytes[0]));
  });

  test('objects of another realm are what they are', () => {
    const there: unknown = runInNewContext(
      '({ a: [1, , new Date(5)], m: new Map([[1, /x/g]]), s: new Set([Uint8Array.of(1)]), n: Object.create(null) })',
    );
    const array: unknown[] = [1];
    array[2] = new Date(5);
    expect(keyOf(there)).toBe(keyOf({ a: array, m: new Map([[1, /x/g]]), s: new Set([Uint8Array.of(1)]), n: {} }));
  });
});

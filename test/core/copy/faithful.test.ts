import { parse } from 'node:querystring';
import { runInNewContext } from 'node:vm';
import { describe, expect, test, vi } from 'vitest';
import { decodeValue, encodeValue } from '../../../packages/core/src/codec/index.js';
import { adopt, keep } from '../../../packages/core/src/copy/index.js';
import { difference } from './support/identical.js';

const clone = { fn: 'load', mode: 'clone' } as const;

function named(array: unknown[], properties: object): unknown[] {
  return Object.assign(array, properties);
}

function sparse(length: number, items: Record<number, unknown>): unknown[] {
  const array: unknown[] = [];
  array.length = length;
  return named(array, items);
}

function systemError(): unknown {
  return Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT', errno: -2, syscall: 'open' });
}

function renamed(): unknown {
  const error = new TypeError('x', { cause: new RangeError('inner', { cause: { rows: [1] } }) });
  error.name = 'ValidationError';
  return error;
}

function withoutStack(): unknown {
  const error = new Error('x');
  delete error.stack;
  return error;
}

function shared(): unknown {
  const row = { n: 1 };
  const map = new Map<unknown, unknown>([[row, row]]);
  return { a: row, b: [row, row], map, again: map };
}

function ring(): unknown {
  const ring: Record<string, unknown> = { list: [] };
  ring['self'] = ring;
  (ring['list'] as unknown[]).push(ring);
  ring['error'] = new Error('in a ring', { cause: ring });
  ring['set'] = new Set([ring]);
  return ring;
}

const values: [string, () => unknown][] = [
  ['undefined properties', () => ({ a: undefined, b: null })],
  ['-0, NaN and the infinities', () => [-0, 0, NaN, Infinity, -Infinity]],
  ['bigints', () => [0n, -1n, 2n ** 200n, -(2n ** 64n)]],
  ['holes', () => sparse(5, { 1: 'a', 3: undefined })],
  ['holes at the end', () => sparse(3, { 0: 1 })],
  ['nothing but holes', () => sparse(4, {})],
  ['an almost empty array of four thousand million', () => sparse(2 ** 32 - 1, { 7: 'x', 4_000_000_000: 'y' })],
  ['an array with named properties', () => named([1, 2], { total: 2, '01': 'no index' })],
  ['an array with as many names as holes', () => named(sparse(3, { 0: 1, 2: 3 }), { name: 'x' })],
  ['an array with properties of unlucky names', () => named([], JSON.parse('{"__proto__":1,"push":2}') as object)],
  ['the match of a regular expression', () => /(?<year>\d+)-(\d+)/.exec('in 2026-10')],
  ['an object without a prototype', () => Object.assign(Object.create(null) as object, { a: { b: 1 } })],
  ['an own property __proto__', () => JSON.parse('{"__proto__":{"polluted":true},"a":1}') as unknown],
  ['the same without a prototype', () => Object.assign(Object.create(null) as object, JSON.parse('{"__proto__":[1]}'))],
  [
    'properties named like methods',
    () => JSON.parse('{"constructor":1,"toString":"x","hasOwnProperty":[],"toJSON":{"a":1},"then":5}') as unknown,
  ],
  ['keys like indexes and like tags', () => ({ 10: 'b', 9: 'a', '~u': 1, '~#M': [], '': 0 })],
  ['strings like tags', () => ['~u', '~~', '~#M', '~', ['~#S', 1], '~R0', ['~#']]],
  ['lone surrogates', () => ({ ['\ud800']: '\udfff', ok: '🌊' })],
  ['a Date and an invalid one', () => [new Date(-1), new Date(8.64e15), new Date(NaN)]],
  [
    'Maps and Sets in each other',
    () =>
      new Map<unknown, unknown>([
        [new Set([1]), new Map([[-0, NaN]])],
        ['k', [new Set()]],
      ]),
  ],
  ['regular expressions', () => [/a\/b[/]/gi, /\p{L}/u, new RegExp(''), new RegExp('[a--b]', 'v'), /\n/dsy]],
  ['all typed arrays', () => TYPED.map((View) => new View([1, 2, 3] as never))],
  ['windows of a larger memory', () => new Float64Array(new ArrayBuffer(64), 16, 3)],
  [
    'empty binary data',
    () => [Buffer.alloc(0), new Uint8Array(0), new ArrayBuffer(0), new DataView(new ArrayBuffer(0))],
  ],
  ['a Buffer', () => Buffer.from('grüße')],
  ['an ArrayBuffer and a DataView', () => [Uint8Array.of(1, 2).buffer, new DataView(Uint8Array.of(1, 2, 3).buffer, 1)]],
  ['a resizable ArrayBuffer', resizable],
  [
    'errors of the language',
    () => [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((E) => new E('m')),
  ],
  ['an error with a cause, a name and no class of its own', renamed],
  ['an AggregateError', () => new AggregateError([new Error('a'), { code: 1 }], 'both')],
  ['an error of the system', systemError],
  ['an error without message or stack', withoutStack],
  [
    'an error whose message can be enumerated',
    () => Object.defineProperty(new Error('x'), 'message', { enumerable: true }),
  ],
  ['what newer versions of Node have', newer],
  ['boxed primitives', () => [Object(-0), Object('~text'), Object(false), Object(7n)]],
  ['URLs', () => [new URL('https://user:pw@example.org:81/a%20b?q=1#h'), new URL('mailto:a@b.c')]],
  [
    'search parameters',
    () =>
      new URLSearchParams([
        ['a', '1'],
        ['a', '2&3'],
        ['', ''],
        ['~u', '\ud800'],
      ]),
  ],
  [
    'headers',
    () =>
      new Headers([
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['x-empty', ''],
        ['x-empty', ''],
      ]),
  ],
  ['shared references', shared],
  ['cycles', ring],
];

const TYPED = [
  Uint8Array,
  Uint8ClampedArray,
  Uint16Array,
  Uint32Array,
  Int8Array,
  Int16Array,
  Int32Array,
  Float32Array,
  Float64Array,
];

/** Classes that the oldest supported version of Node does not have yet; nothing there. */
function newer(): unknown {
  const Half: unknown = Reflect.get(globalThis, 'Float16Array');
  const Suppressed: unknown = Reflect.get(globalThis, 'SuppressedError');
  return [
    typeof Half === 'function' ? (Reflect.construct(Half, [[1.5, -0]]) as unknown) : 'no Float16Array',
    typeof Suppressed === 'function' ? (Reflect.construct(Suppressed, [{ a: 1 }, [2], 'both']) as unknown) : 'none',
  ];
}

function resizable(): unknown {
  const Resizable = ArrayBuffer as unknown as new (bytes: number, options: object) => ArrayBuffer;
  const memory = new Resizable(3, { maxByteLength: 32 });
  new Uint8Array(memory).set([1, 2, 3]);
  return memory;
}

describe.each(values)('S39: %s', (_, make) => {
  test('are copied as they were', () => {
    const value = make();
    const kept = keep(value, clone);
    expect(difference(value, kept.copy())).toBeUndefined();
  });

  test('come back from their text as they were', () => {
    const value = make();
    expect(difference(value, decodeValue(encodeValue(value)))).toBeUndefined();
  });
});

test('BigInt arrays are copied and come back', () => {
  const value = [new BigInt64Array([-1n, 2n]), new BigUint64Array([2n ** 64n - 1n])];
  expect(difference(value, keep(value, clone).copy())).toBeUndefined();
  expect(difference(value, decodeValue(encodeValue(value)))).toBeUndefined();
});

test('Dates of a test runner with fake timers are Dates, and stay so when it has ended', () => {
  const Native = Date;
  vi.useFakeTimers({ toFake: ['Date'], now: 5 });
  const value = { at: new Date() };
  expect(Date).not.toBe(Native);
  const kept = keep(value, clone);
  const decoded = decodeValue(encodeValue(value));
  vi.useRealTimers();
  for (const it of [kept.copy(), decoded, adopt(decoded, clone).copy()]) {
    expect(difference({ at: new Native(5) }, it)).toBeUndefined();
  }
});

test('as by structuredClone, a regular expression starts anew', () => {
  const sticky = /a/y;
  sticky.lastIndex = 3;
  expect((keep(sticky, clone).copy() as RegExp).lastIndex).toBe(structuredClone(sticky).lastIndex);
});

test('hazard 46: each view gets memory of its own, of the size of its window', () => {
  const memory = new ArrayBuffer(1 << 20);
  const value = { head: new Uint8Array(memory, 0, 4), tail: new DataView(memory, 4, 4), buffer: Buffer.from('pooled') };
  const copy = keep(value, clone).copy() as typeof value;
  expect(copy.head.buffer.byteLength).toBe(4);
  expect(copy.tail.buffer.byteLength).toBe(4);
  expect(copy.buffer.buffer.byteLength).toBe(6);
  copy.head[0] = 1;
  expect(value.head[0]).toBe(0);
});

test('objects of another realm become those of this one', () => {
  const value: unknown = runInNewContext(`({
    list: [1, , new Date(5)], map: new Map([[1, {}]]), error: new RangeError('x', { cause: [] }),
    bytes: new Int16Array([1, 2]), text: /a/g, boxed: new Number(5),
  })`);
  const copy = keep(value, clone).copy() as { error: Error };
  expect(copy.error).toBeInstanceOf(RangeError);
  expect(difference(copy, decodeValue(encodeValue(value)))).toBeUndefined();
  const expected = {
    list: sparse(3, { 0: 1, 2: new Date(5) }),
    map: new Map([[1, {}]]),
    bytes: new Int16Array([1, 2]),
    text: /a/g,
    boxed: Object(5) as unknown,
  };
  const { error, ...rest } = copy;
  expect(error.cause).toEqual([]);
  expect(difference(expected, rest)).toBeUndefined();
});

test('what query parsers and routers make has no prototype', () => {
  // fast-querystring and find-my-way make such objects by a class whose prototype is empty.
  const made: unknown = Object.assign(Object.create(Object.create(null) as object) as object, { a: '1', b: '2' });
  const expected: unknown = Object.assign(Object.create(null) as object, { a: '1', b: '2' });
  for (const value of [parse('a=1&b=2'), made]) {
    expect(difference(expected, keep(value, clone).copy())).toBeUndefined();
    expect(difference(expected, decodeValue(encodeValue(value)))).toBeUndefined();
  }
});

test('a copy is made of what an object holds, not of what it says of itself', () => {
  const date = Object.defineProperty(new Date(5), 'getTime', { value: () => 9 });
  const boxed = Object.defineProperty(Object(5) as object, 'valueOf', { value: () => 9 });
  const map = Object.defineProperty(new Map([[1, 2]]), Symbol.iterator, { value: () => [].values() });
  const copy = keep([date, boxed, map], clone).copy();
  expect(difference([new Date(5), Object(5), new Map([[1, 2]])], copy)).toBeUndefined();
});

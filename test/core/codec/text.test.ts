import { describe, expect, test } from 'vitest';
import { decodeValue, encodeValue } from '../../../packages/core/src/codec/index.js';
import { inOrder } from '../../../packages/core/src/codec/bytes.js';
import { difference } from '../copy/support/identical.js';

describe('a value that is all said in JSON is written as JSON', () => {
  test.each<unknown>([
    null,
    true,
    0,
    1.5,
    -1e300,
    '',
    'grüße 🌊',
    [],
    {},
    [1, [2, { a: 'x' }]],
    { '~u': '{"a":1}', b: null },
  ])('%j', (value) => {
    expect(encodeValue(value)).toBe(JSON.stringify(value));
    expect(decodeValue(encodeValue(value))).toEqual(value);
  });
});

describe('what JSON cannot say is written with tags', () => {
  const row = { id: 1 };
  test.each<[unknown, string]>([
    [undefined, '~t"~u"'],
    [-0, '~t"~0"'],
    ['~u', '~t"~~u"'],
    [[NaN, Infinity, -Infinity], '~t["~N","~i","~j"]'],
    [-255n, '~t"~n-ff"'],
    [{ at: new Date(1_700_000_000_000), never: new Date(NaN) }, '~t{"at":"~D1700000000000","never":"~D"}'],
    [/a\/b/gi, '~t"~Xgi/a\\\\/b"'],
    [new URL('https://example.org/'), '~t"~Lhttps://example.org/"'],
    [new Map<unknown, unknown>([['k', [1]]]), '~t["~#M","k",[1]]'],
    [new Set([1, 'a']), '~t["~#S",1,"a"]'],
    [Buffer.from([1, 2, 3]), '~t"~bAQID"'],
    [Uint8Array.of(1, 2, 3).buffer, '~t"~BAQID"'],
    [new DataView(Uint8Array.of(1, 2, 3).buffer), '~t"~VAQID"'],
    [Int16Array.of(1, 2), '~t"~TInt16Array:AQACAA=="'],
    [Object.assign([], { 2: 'x' }), '~t["~#A",3,{"2":"x"}]'],
    [Object.assign(Object.create(null) as object, { a: 1 }), '~t["~#N",{"a":1}]'],
    [Object('x'), '~t["~#O","x"]'],
    [new URLSearchParams('a=1&a=2'), '~t["~#Q","a","1","a","2"]'],
    [new Headers({ a: 'b' }), '~t["~#H","a","b"]'],
    [[row, row], '~g[{"id":1},"~R1"]'],
  ])('%o', (value, text) => {
    expect(encodeValue(value)).toBe(text);
    expect(difference(value, decodeValue(text))).toBeUndefined();
  });
});

test('rows with Dates take no more text than their JSON', () => {
  const rows = Array.from({ length: 100 }, (_, id) => ({
    id,
    name: `user ${id}`,
    at: new Date(1_700_000_000_000 + id),
  }));
  expect(encodeValue(rows).length).toBeLessThan(JSON.stringify(rows).length);
});

test('a text holds no control characters and no lone surrogates', () => {
  const text = encodeValue({
    ['\ud800\u0000']: ['\udfff', '\n\r\t', new URLSearchParams('a=\u0001'), new RegExp('\ud800')],
  });
  // eslint-disable-next-line no-control-regex
  expect(text).not.toMatch(/[\u0000-\u001f]|\p{Surrogate}/u);
});

describe('packages that change the prototypes of the language', () => {
  function withProperty<T>(target: object, key: string, descriptor: PropertyDescriptor, run: () => T): T {
    Object.defineProperty(target, key, { configurable: true, ...descriptor });
    try {
      return run();
    } finally {
      Reflect.deleteProperty(target, key);
    }
  }
  const value = { rows: [{ id: 1, at: new Date(5) }], map: new Map([[1, [2]]]), toJSON: 'a field' };

  test.each([
    ['Object', Object.prototype],
    ['Array', Array.prototype],
    ['BigInt', BigInt.prototype],
    ['String', String.prototype],
  ])('a toJSON on %s is not asked', (_, prototype) => {
    const whole = { ...value, big: 5n, plain: { list: [1, { a: 'x' }] } };
    const text = withProperty(prototype, 'toJSON', { value: () => 'lost' }, () => encodeValue(whole));
    expect(text).toBe(encodeValue(whole));
    expect(difference(whole, decodeValue(text))).toBeUndefined();
  });

  test('a setter on Object.prototype gets nothing', () => {
    const seen: unknown[] = [];
    const text = encodeValue(value);
    const decoded = withProperty(Object.prototype, 'rows', { set: (it) => void seen.push(it) }, () =>
      decodeValue(text),
    );
    expect(seen).toEqual([]);
    expect(difference(value, decoded)).toBeUndefined();
  });
});

describe('bytes are those of a little-endian machine', () => {
  test('on any other they are turned around, element by element', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    expect([...inOrder(bytes, 1, true)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...inOrder(bytes, 2, true)]).toEqual([2, 1, 4, 3, 6, 5, 8, 7]);
    expect([...inOrder(bytes, 8, true)]).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    expect([...inOrder(inOrder(bytes, 4, true), 4, true)]).toEqual([...bytes]);
    expect([...bytes]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('on this one they are what they are', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    expect(inOrder(bytes, 4, false)).toBe(bytes);
  });
});

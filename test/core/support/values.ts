const base = new Date(Date.UTC(2026, 0, 1));
const shared = { shared: true };

function ring(): { self?: unknown } {
  const value: { self?: unknown } = {};
  value.self = value;
  return value;
}

function arrayWithHole(): unknown[] {
  const list: unknown[] = Array(3);
  list[0] = 1;
  list[2] = undefined;
  return list;
}

/** Values of every type that data may have; each call makes them anew. */
export function dataValues(): [string, unknown][] {
  return [
    ['text', 'grüße 🌊 \u0000 \ud800'],
    ['a number', 1.5],
    ['-0', -0],
    ['NaN', Number.NaN],
    ['Infinity', Infinity],
    ['a big integer', 2n ** 80n],
    ['true', true],
    ['null', null],
    ['undefined', undefined],
    ['an undefined property', { a: undefined, b: -0 }],
    ['a nested object', { a: [1, { b: ['x'] }], c: { d: null } }],
    ['an array with a hole', arrayWithHole()],
    ['an empty array and object', [[], {}]],
    ['a Date', { at: new Date(base) }],
    ['an invalid Date', new Date(Number.NaN)],
    ['a RegExp', /a+(?<b>c)/giu],
    [
      'a Map',
      new Map<unknown, unknown>([
        ['a', { b: 1 }],
        [{ key: 1 }, new Set([1])],
      ]),
    ],
    ['a Set', new Set<unknown>(['a', 1, [2]])],
    ['a Buffer', { bytes: Buffer.from([0, 255, 10]) }],
    ['a Uint8Array', new Uint8Array([1, 2, 3])],
    ['a Float64Array', new Float64Array([1.5, -0, Number.NaN])],
    ['a BigInt64Array', new BigInt64Array([-1n, 2n])],
    ['an ArrayBuffer', new Uint8Array([9, 8]).buffer],
    ['a DataView', new DataView(new Uint8Array([9, 8, 7]).buffer, 1, 2)],
    ['a URL', new URL('https://example.org/a?b=1#c')],
    ['search parameters', new URLSearchParams('a=1&a=2&b=%20')],
    ['headers', new Headers({ 'x-a': '1', accept: '*/*' })],
    ['an Error with its cause', new Error('outer', { cause: new TypeError('inner', { cause: { code: 7 } }) })],
    ['a RangeError', new RangeError('out')],
    ['a shared reference', [shared, shared]],
    ['a cycle', ring()],
    ['a property named __proto__', JSON.parse('{"__proto__":{"a":1},"constructor":"x"}')],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { a: 1 })],
    ['properties like indexes', { 2: 'b', 1: 'a', x: 1 }],
  ];
}

function errorText(value: Error): unknown[] {
  return [value.name, value.message, value.cause instanceof Error ? errorText(value.cause) : value.cause];
}

/** What a type needs beyond deep equality, which looks at own properties only. */
export function facets(value: unknown): unknown {
  if (value instanceof URL) return value.href;
  if (value instanceof URLSearchParams) return value.toString();
  if (value instanceof Headers) return [...value];
  if (value instanceof Error) return errorText(value);
  if (value instanceof DataView) return [value.byteLength, value.getUint8(0), value.getUint8(1)];
  if (Array.isArray(value)) return value.map((_, index) => index in value);
  return undefined;
}

/** The class of a value and of the values in its own properties. */
export function classes(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [typeof value];
  const inner = Object.values(value).filter((part) => part !== value);
  const prototype: unknown = Object.getPrototypeOf(value);
  const own = typeof prototype === 'object' && prototype !== null ? prototype.constructor : null;
  return [own, ...(ArrayBuffer.isView(value) ? [] : inner.map((part) => classes(part)))];
}

import fc from 'fast-check';

/** Everything that fast-check makes and that is data. */
const anything = fc.anything({
  maxDepth: 3,
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withObjectString: true,
  withSparseArray: true,
  withTypedArray: true,
});

/** Strings of any UTF-16 units, lone surrogates included, and those that look like the codec's own tags. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc
    .tuple(fc.constantFrom('~', '~~', '~#M', '~R', '~D', '~u', '~t', '~n', '__proto__', 'toJSON'), fc.string())
    .map(([a, b]) => a + b),
  fc.constantFrom('~u', '~N', '~#M', '~R0', '\ud800', '\udfff', '\u0000', '\ufeff', '\u2028', '🌊'),
);

const bytes = fc.uint8Array({ maxLength: 40 });

type View = new (memory: ArrayBuffer, start: number, length: number) => object;

/** A view that shows a window of a larger memory. */
const windows = fc
  .tuple(
    bytes,
    fc.nat(8),
    fc.constantFrom<View[]>(DataView, Uint8Array, Int16Array, Float32Array, Float64Array, BigUint64Array),
  )
  .map(([content, skip, View]): object => {
    const memory = new ArrayBuffer(content.length + 64);
    new Uint8Array(memory).set(content, skip);
    return new View(memory, 8, 2);
  });

const errors = fc
  .tuple(
    fc.constantFrom(Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError),
    anyText,
    fc.option(fc.jsonValue()),
    fc.dictionary(anyText, fc.jsonValue(), { maxKeys: 2 }),
  )
  .map(([Class, message, cause, extra]): object => {
    const error = placed(cause === null ? new Class(message) : new Class(message, { cause }));
    for (const [key, value] of Object.entries(extra)) define(error, key, value);
    return error;
  });

const arraysWithNames = fc
  .tuple(fc.array(fc.jsonValue(), { maxLength: 4 }), fc.dictionary(anyText, fc.jsonValue(), { maxKeys: 3 }), fc.nat(6))
  .map(([items, extra, longer]): object => {
    const array: unknown[] = [...items];
    array.length += longer;
    for (const [key, value] of Object.entries(extra)) if (key !== 'length') define(array, key, value);
    return array;
  });

/** Objects that fast-check does not make, and that are data. */
export const leaves: fc.Arbitrary<unknown> = fc.oneof(
  fc.date({ noInvalidDate: false }),
  bytes.map((content) => Buffer.from(content)),
  bytes.map((content) => Uint8Array.from(content).buffer),
  windows,
  errors,
  arraysWithNames,
  fc.webUrl({ withQueryParameters: true, withFragments: true }).map((text) => new URL(text)),
  fc.array(fc.tuple(anyText, anyText), { maxLength: 4 }).map((pairs) => new URLSearchParams(pairs)),
  fc
    .array(fc.tuple(fc.stringMatching(/^[a-z-]{1,8}$/), fc.stringMatching(/^[ -~]{0,8}$/)), { maxLength: 4 })
    .map((pairs) => new Headers(pairs)),
  fc
    .tuple(anyText, fc.constantFrom('', 'g', 'iu', 'dgimsuy', 'v'))
    .map(([text, flags]) => new RegExp(escaped(text), flags)),
  fc.oneof(anyText, fc.double(), fc.boolean(), fc.bigInt()).map((primitive): unknown => Object(primitive)),
  fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }),
  anyText,
  fc.double(),
  fc.constantFrom(undefined, null, -0, NaN, Infinity, -Infinity, ''),
);

/** Any data, to a few levels. */
export const data: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    leaves,
    anything,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(anyText, tie('value'), { maxKeys: 5 }),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(tie('value'), { maxLength: 4 }).map((members) => new Set(members)),
    fc.array(tie('value'), { maxLength: 3 }).map((causes) => placed(new AggregateError(causes, 'all failed'))),
  ),
})).value;

const NODES = ['object', 'bare', 'array', 'map', 'set', 'error', 'date', 'bytes'] as const;

interface NodeSpec {
  readonly kind: (typeof NODES)[number];
  readonly edges: readonly number[];
}

/** Data in which objects are in several places and in themselves, through containers of every kind. */
export const graphs: fc.Arbitrary<unknown> = fc
  .array(fc.record({ kind: fc.constantFrom(...NODES), edges: fc.array(fc.nat(11), { maxLength: 4 }) }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((specs) => {
    const nodes = specs.map(({ kind }) => make[kind]());
    for (const [index, spec] of specs.entries()) link(nodes[index] ?? {}, spec, nodes);
    return nodes[0];
  });

const make: { readonly [K in NodeSpec['kind']]: () => object } = {
  object: () => ({}),
  bare: () => Object.create(null) as object,
  array: () => [],
  map: () => new Map(),
  set: () => new Set(),
  error: () => placed(new RangeError('a node')),
  date: () => new Date(42),
  bytes: () => Buffer.from('node'),
};

function link(node: object, { kind, edges }: NodeSpec, nodes: readonly object[]): void {
  for (const [order, edge] of edges.entries()) {
    const target = nodes[edge % nodes.length];
    if (node instanceof Map) node.set(order % 2 === 0 ? target : order, target);
    else if (node instanceof Set) node.add(target);
    else if (node instanceof Error && order === 0) node.cause = target;
    else if (kind !== 'date' && kind !== 'bytes') define(node, String(order * 2), target);
  }
}

function escaped(text: string): string {
  return text.replace(/[^A-Za-z0-9\u00a0-\ud7ff]/g, '.');
}

/** Gives an error a stack; the test runner takes long to make one. */
function placed<E extends Error>(error: E): E {
  error.stack = `${error.name}\n    at somewhere (there.js:1:2)`;
  return error;
}

function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

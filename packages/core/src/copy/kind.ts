import { types } from 'node:util';
import { className } from '../errors/index.js';
import { overSharedMemory } from './refusal.js';

/** The kinds of objects that are data: what `copy` keeps and `codec` writes. Everything else is refused. */
export type Kind =
  | 'object'
  | 'bare-object'
  | 'array'
  | 'map'
  | 'set'
  | 'date'
  | 'regexp'
  | 'boxed'
  | 'error'
  | 'buffer'
  | 'typed-array'
  | 'array-buffer'
  | 'data-view'
  | 'url'
  | 'search-params'
  | 'headers';

/** A built-in class, and the test that an object is really one, whatever its prototype says. */
interface Rule {
  readonly kind: Kind;
  readonly name: string;
  readonly holds: (value: object) => boolean;
}

type Build = abstract new (...args: never) => object;

const TYPED_ARRAYS = [
  'Uint8Array',
  'Uint8ClampedArray',
  'Uint16Array',
  'Uint32Array',
  'Int8Array',
  'Int16Array',
  'Int32Array',
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
] as const;

const ERRORS = [
  'Error',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
  'AggregateError',
  'SuppressedError',
] as const;

/** A class of the language by its name, or undefined in a version of Node that does not have it yet. */
export function builtIn(name: string): Build | undefined {
  const found: unknown = Reflect.get(globalThis, name);
  return typeof found === 'function' ? (found as Build) : undefined;
}

const boxed = (name: string, holds: Rule['holds']): Rule => ({ kind: 'boxed', name, holds });

/** The built-in classes that may come from another realm (a `vm` context); their name tells them there. */
const rules: readonly Rule[] = [
  { kind: 'map', name: 'Map', holds: types.isMap },
  { kind: 'set', name: 'Set', holds: types.isSet },
  { kind: 'date', name: 'Date', holds: types.isDate },
  { kind: 'regexp', name: 'RegExp', holds: types.isRegExp },
  boxed('Number', types.isNumberObject),
  boxed('String', types.isStringObject),
  boxed('Boolean', types.isBooleanObject),
  boxed('BigInt', types.isBigIntObject),
  { kind: 'array-buffer', name: 'ArrayBuffer', holds: types.isArrayBuffer },
  { kind: 'data-view', name: 'DataView', holds: (value) => types.isDataView(value) && !overSharedMemory(value) },
  ...TYPED_ARRAYS.map((name): Rule => ({ kind: 'typed-array', name, holds: isOwnBytes })),
  ...ERRORS.map((name): Rule => ({ kind: 'error', name, holds: types.isNativeError })),
];

const byName: ReadonlyMap<string, Rule> = new Map(rules.map((rule) => [rule.name, rule]));

const byPrototype: ReadonlyMap<unknown, Rule> = new Map<unknown, Rule>([
  ...rules.map((rule): [unknown, Rule] => [builtIn(rule.name)?.prototype, rule]),
  [Buffer.prototype, { kind: 'buffer', name: 'Buffer', holds: isOwnBytes }],
  [URL.prototype, { kind: 'url', name: 'URL', holds: () => true }],
  [URLSearchParams.prototype, { kind: 'search-params', name: 'URLSearchParams', holds: () => true }],
]);

function isOwnBytes(value: object): boolean {
  return types.isTypedArray(value) && !overSharedMemory(value);
}

/** The kind of an object; undefined when it is none of data. */
export function kindOf(value: object): Kind | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value)) {
    return prototype === Array.prototype || isForeign(prototype, 'Array') ? 'array' : undefined;
  }
  if (prototype === Object.prototype) return 'object';
  if (prototype === null) return types.isModuleNamespaceObject(value) ? undefined : 'bare-object';
  return classKind(value, prototype as object);
}

/** Whether the objects that have this prototype are data, without a codec. */
export function isDataPrototype(prototype: object): boolean {
  if (prototype === Object.prototype || prototype === Array.prototype) return true;
  return byPrototype.has(prototype) || isHeaders(prototype);
}

/** The name of the nearest class above a prototype whose instances hold more than fields; undefined for none. */
export function nativeBase(prototype: object): string | undefined {
  let at: object | null = prototype;
  for (; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at) as object | null) {
    if (isDataPrototype(at)) return className(at);
    const name = nativeName(at);
    if (name !== '') return name === 'Object' ? undefined : name;
  }
  return undefined;
}

function classKind(value: object, prototype: object): Kind | undefined {
  const rule = byPrototype.get(prototype);
  if (rule !== undefined) return rule.holds(value) ? rule.kind : undefined;
  if (isBare(prototype)) return 'bare-object';
  const name = nativeName(prototype);
  if (name === 'Object') return 'object';
  const foreign = byName.get(name);
  if (foreign !== undefined) return foreign.holds(value) ? foreign.kind : undefined;
  if (isReplacedDate(value, prototype)) return 'date';
  return isHeaders(prototype) ? 'headers' : undefined;
}

/** Test runners with fake timers put a subclass of their own in the place of Date; its instances are Dates to all. */
function isReplacedDate(value: object, prototype: object): boolean {
  return types.isDate(value) && prototype === Date.prototype;
}

/** Routers and query parsers make objects "without a prototype" by a class whose prototype is empty. */
function isBare(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && Reflect.ownKeys(prototype).length === 0;
}

/** Asked by name first, since looking at the global `Headers` loads all of fetch. */
function isHeaders(prototype: object): boolean {
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof constructor === 'function' && constructor.name === 'Headers' && prototype === Headers.prototype;
}

function isForeign(prototype: unknown, name: string): boolean {
  return typeof prototype === 'object' && prototype !== null && nativeName(prototype) === name;
}

/** The name of the class whose prototype this is, when the engine itself made it, in whatever realm; else ''. */
function nativeName(prototype: object): string {
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  if (typeof constructor !== 'function' || constructor.prototype !== prototype) return '';
  const text = Function.prototype.toString.call(constructor);
  return /^function (\w+)\(\) \{ \[native code\] \}$/.exec(text)?.[1] ?? '';
}

/** The name of the class of a typed array, such as `Float64Array`; that of a Buffer is `Uint8Array`. */
export function typedArrayName(value: NodeJS.TypedArray): string {
  return value[Symbol.toStringTag];
}

/** The name of the language's class of an error, such as `RangeError`. */
export function errorName(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  const rule = byPrototype.get(prototype);
  return rule?.name ?? nativeName(prototype as object);
}

/** Whether a text names an error of the language. */
export function isErrorName(name: string): boolean {
  return byName.get(name)?.kind === 'error';
}

/** Whether a text names a typed array. */
export function isTypedArrayName(name: string): boolean {
  return byName.get(name)?.kind === 'typed-array';
}

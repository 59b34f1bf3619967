import { types } from 'node:util';
import { copyArrayBuffer, copyBuffer, copyView } from './binary.js';
import type { Kind } from './kind.js';
import { refuseExtras } from './read.js';
import { binaryBytes, BOX_BYTES, DATE_BYTES, primitiveBytes, SMALL_BYTES, stringBytes } from './weigh.js';

/** The kinds without children: their content is text, a number or bytes. */
export type LeafKind = Exclude<Kind, 'object' | 'bare-object' | 'array' | 'map' | 'set' | 'error'>;

/** What is done with one kind of leaf. */
interface Leaf<T extends object> {
  /** What it is called in messages. */
  readonly name: string;
  /** A copy made of what it holds, and not of what it says of itself. */
  readonly copy: (source: T) => object;
  /** Its estimated bytes. */
  readonly bytes: (leaf: T) => number;
  /** How many enumerable properties it has by nature; undefined where more cannot be told from its content. */
  readonly properties?: (source: T) => number;
}

const none = (): number => 0;
const size = (value: ArrayBufferView | ArrayBuffer): number => binaryBytes(value.byteLength);

/** Date as it was when this was loaded: what test runners put in its place for a while must not stay in a master. */
const NativeDate = Date;

const date: Leaf<Date> = {
  name: 'a Date',
  copy: copyDate,
  bytes: () => DATE_BYTES,
  properties: none,
};

const regexp: Leaf<RegExp> = {
  name: 'a RegExp',
  copy: (source) => new RegExp(source.source, source.flags),
  bytes: (leaf) => SMALL_BYTES + stringBytes(leaf.source),
  properties: none,
};

const boxed: Leaf<object> = {
  name: 'a boxed primitive',
  copy: (source) => Object(unboxed(source)) as object,
  bytes: (leaf) => BOX_BYTES + primitiveBytes(unboxed(leaf)),
  properties: (source) => (types.isStringObject(source) ? String(unboxed(source)).length : 0),
};

const url: Leaf<URL> = {
  name: 'a URL',
  copy: (source) => new URL(source.href),
  bytes: (leaf) => SMALL_BYTES + stringBytes(leaf.href),
};

const searchParams: Leaf<URLSearchParams> = {
  name: 'a URLSearchParams',
  copy: (source) => new URLSearchParams([...source.entries()]),
  bytes: (leaf) => SMALL_BYTES + pairsBytes(leaf.entries()),
};

const headers: Leaf<Headers> = {
  name: 'a Headers object',
  copy: (source) => headersOf(source.entries()),
  bytes: (leaf) => SMALL_BYTES + pairsBytes(leaf.entries()),
};

const leaves: { readonly [K in LeafKind]: Leaf<never> } = {
  date,
  regexp,
  boxed,
  url,
  'search-params': searchParams,
  headers,
  buffer: { name: 'a Buffer', copy: copyBuffer, bytes: size },
  'typed-array': { name: 'a typed array', copy: copyView, bytes: size },
  'data-view': { name: 'a DataView', copy: copyView, bytes: size, properties: none },
  'array-buffer': { name: 'an ArrayBuffer', copy: copyArrayBuffer, bytes: size, properties: none },
};

/** Whether a kind has no children. */
export function isLeaf(kind: Kind): kind is LeafKind {
  return Object.hasOwn(leaves, kind);
}

/** A copy of an object without children, made of what it holds and not of what it says of itself. */
export function copyLeaf(source: object, kind: LeafKind): object {
  return leaves[kind].copy(source as never);
}

/** The estimated bytes of a leaf. */
export function leafBytes(leaf: object, kind: LeafKind): number {
  return leaves[kind].bytes(leaf as never);
}

/** What a leaf is called in messages: `a Date`. */
export function leafName(kind: LeafKind): string {
  return leaves[kind].name;
}

/** Refuses a leaf with properties that its copy would lose. */
export function checkLeaf(source: object, kind: LeafKind): void {
  const { properties } = leaves[kind];
  if (properties !== undefined) refuseExtras(source, properties(source as never));
}

/**
 * Headers of these pairs. Empty values that were appended are the ", " at the end of the whole, which the constructor
 * would cut off as blanks; so they are appended again.
 */
export function headersOf(pairs: Iterable<readonly [string, string]>): Headers {
  const headers = new Headers();
  for (const [name, value] of pairs) {
    let end = value.length;
    while (value.endsWith(', ', end)) end -= 2;
    headers.append(name, value.slice(0, end));
    for (; end < value.length; end += 2) headers.append(name, '');
  }
  return headers;
}

/** Whether this is the prototype of Dates. */
export function isDatePrototype(prototype: unknown): boolean {
  return prototype === NativeDate.prototype;
}

/** Whether an object is a Date, and none of a subclass. */
export function isDate(object: object): boolean {
  if (!isDatePrototype(Object.getPrototypeOf(object))) return false;
  try {
    // Throws for all others, and is compiled in: asking `types.isDate` takes half as long as a copy does.
    instantOf(object);
    return true;
  } catch {
    return false;
  }
}

/** A copy of a Date. */
export function copyDate(source: object): Date {
  return dateAt(instantOf(source));
}

/** A Date of so many milliseconds since 1970; NaN for an invalid one. */
export function dateAt(milliseconds: number): Date {
  return new NativeDate(milliseconds);
}

/** The milliseconds of a Date, NaN for an invalid one. */
export function instantOf(source: object): number {
  return NativeDate.prototype.getTime.call(source);
}

/** The primitive in a Number, String, Boolean or BigInt object, whatever its own `valueOf` says. */
export function unboxed(source: object): number | string | boolean | bigint {
  if (types.isNumberObject(source)) return Number.prototype.valueOf.call(source);
  if (types.isStringObject(source)) return String.prototype.valueOf.call(source);
  if (types.isBooleanObject(source)) return Boolean.prototype.valueOf.call(source);
  return BigInt.prototype.valueOf.call(source);
}

/** Names and values, each pair in an object of its own. */
function pairsBytes(pairs: Iterable<readonly [string, string]>): number {
  let bytes = 0;
  for (const [name, value] of pairs) bytes += BOX_BYTES + stringBytes(name) + stringBytes(value);
  return bytes;
}

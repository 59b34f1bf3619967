import { growable, viewOver } from '../copy/binary.js';
import { dateAt } from '../copy/leaf.js';
import type { Fields } from '../copy/read.js';
import { memoryFrom, viewFrom } from './bytes.js';
import { unspelled } from './names.js';
import { SPELLED } from './tags.js';

/* What tags and heads say, each on its own. All of these throw an Error for what they do not say. */

/** The tags of objects that are written as one string. */
export const leaves: { readonly [letter: string]: ((body: string) => object) | undefined } = {
  D: dateFrom,
  X: regexpFrom,
  L: (body) => new URL(body),
  B: memoryFrom,
  b: (body) => Buffer.from(memoryFrom(body)),
  V: (body) => viewOver('DataView', memoryFrom(body)),
  T: typedArrayFrom,
};

/** A whole number, in decimal. */
export function wholeNumber(text: string): number {
  if (!/^-?\d{1,16}$/.test(text)) throw new Error('a number that is none');
  return Number(text);
}

/** A bigint, in hexadecimal. */
export function bigintFrom(body: string): bigint {
  const negative = body.startsWith('-');
  const digits = negative ? body.slice(1) : body;
  // Hexadecimal is read in linear time, and nothing but digits may reach BigInt, which takes blanks as 0.
  if (!/^[0-9a-f]+$/.test(digits)) throw new Error('a bigint that is none');
  const value = BigInt(`0x${digits}`);
  return negative ? -value : value;
}

function dateFrom(body: string): Date {
  const date = dateAt(body === '' ? NaN : wholeNumber(body));
  if (body !== '' && Number.isNaN(date.getTime())) throw new Error('a Date beyond all Dates');
  return date;
}

function regexpFrom(body: string): RegExp {
  const slash = body.indexOf('/');
  if (slash < 0) throw new Error('a RegExp without flags');
  return new RegExp(body.slice(slash + 1), body.slice(0, slash));
}

function typedArrayFrom(body: string): ArrayBufferView {
  const colon = body.indexOf(':');
  if (colon < 0) throw new Error('a typed array without a kind');
  return viewFrom(body.slice(0, colon), body.slice(colon + 1));
}

/** The box of one primitive. */
export function boxed(items: readonly unknown[]): object {
  const [primitive] = items;
  if (items.length !== 1 || primitive === undefined) throw new Error('a box of nothing');
  return Object(primitive) as object;
}

/** A resizable ArrayBuffer, of its bytes and its limit. */
export function growableFrom([text, limit, ...rest]: readonly unknown[]): ArrayBuffer {
  if (typeof text !== 'string' || typeof limit !== 'number' || rest.length > 0) throw new Error('bytes that are none');
  return growable(new Uint8Array(memoryFrom(text)), limit);
}

/** Names and values that came in turn. */
export function pairs(items: readonly unknown[]): [string, string][] {
  const found: [string, string][] = [];
  for (let index = 0; index < items.length; index += 2) {
    const [name, value] = [items[index], items[index + 1]];
    if (typeof name !== 'string' || typeof value !== 'string') throw new Error('a name without a value');
    found.push([name, value]);
  }
  return found;
}

/** The object at an index of a headed array of so many items. */
export function fieldsAt(nodes: readonly unknown[], index: number, length: number): Fields {
  const fields = nodes[index];
  if (nodes.length !== length || typeof fields !== 'object' || fields === null) {
    throw new Error('an object without its properties');
  }
  if (!Array.isArray(fields)) return fields as Fields;
  if (fields[0] !== SPELLED) throw new Error('an object without its properties');
  return unspelled(fields);
}

import type { Fields } from '../copy/read.js';
import type { Json } from './json.js';
import { ANY, INSTANT, PLAIN, ROWS, TAG_CODE } from './tags.js';

/** What the properties of the rows of one array hold, by name. */
interface Shape {
  readonly [name: string]: typeof PLAIN | typeof ANY | typeof INSTANT | Shape;
}

/** The tag of a valid Date. */
const DATE = /^~D(-?\d+)$/;

/** Names of which an object of a shape could not be made like the others. */
const PROTO = '__proto__';

/**
 * Writes arrays of objects of one shape as their leaves, in the tree of a value that holds no object twice: names stand in
 * the text once, and its reader makes the objects of one mould. Changes the tree, which is its own.
 */
export class Flattening {
  /** Whether there were any. */
  found = false;
  readonly #numbers = new Map<string, number>();

  /** The same tree, with rows in the place of such arrays. */
  flat(node: Json): Json {
    if (typeof node !== 'object' || node === null) return node;
    if (!Array.isArray(node)) return this.#fields(node);
    const shape = shapeOf(node);
    if (shape === undefined) return this.#items(node);
    this.found = true;
    const rows: Json[] = [ROWS, this.#named(shape)];
    for (const row of node) this.#leaves(row as Fields, shape, rows);
    return rows;
  }

  #fields(fields: Fields): Json {
    for (const key of Object.keys(fields)) {
      const value = fields[key];
      // The property is there, so that this sets it and nothing else, also when it is `__proto__`.
      if (typeof value === 'object' && value !== null) fields[key] = this.flat(value as Json);
    }
    return fields;
  }

  #items(items: Json[]): Json {
    for (let index = 0; index < items.length; index++) {
      const item = items[index];
      if (typeof item === 'object' && item !== null) items[index] = this.flat(item);
    }
    return items;
  }

  /** The shape itself the first time, then its number. */
  #named(shape: Shape): Json {
    const text = JSON.stringify(shape);
    const number = this.#numbers.get(text);
    if (number !== undefined) return number;
    this.#numbers.set(text, this.#numbers.size);
    return shape;
  }

  #leaves(row: Fields, shape: Shape, into: Json[]): void {
    for (const key of Object.keys(shape)) {
      const [kind, value] = [shape[key], row[key] as Json];
      if (typeof kind === 'object') this.#leaves(value as Fields, kind, into);
      else if (kind === INSTANT) into.push(instantOf(value));
      else into.push(kind === ANY ? this.flat(value) : value);
    }
  }
}

/** The shape of the items of an array; undefined when they are not two or more objects of one shape. */
function shapeOf(items: readonly Json[]): Shape | undefined {
  return items.length > 1 && items.every(isFields) ? shapeOfAll(items) : undefined;
}

function shapeOfAll(rows: readonly Fields[]): Shape | undefined {
  const [first = {}] = rows;
  const names = Object.keys(first);
  if (names.length === 0 || names.includes(PROTO)) return undefined;
  if (!rows.every((row) => haveNames(row, names))) return undefined;
  return Object.fromEntries(names.map((name) => [name, kindOf(rows, name)]));
}

/** Names in the same order: a row is to have its properties in the order that it had. */
function haveNames(row: Fields, names: readonly string[]): boolean {
  const own = Object.keys(row);
  return own.length === names.length && own.every((name, index) => name === names[index]);
}

function kindOf(rows: readonly Fields[], name: string): Shape[string] {
  const values = rows.map((row) => row[name]);
  if (values.every(isFields)) return shapeOfAll(values) ?? ANY;
  if (values.every(isPrimitive)) return PLAIN;
  return values.every((value) => typeof value === 'string' && DATE.test(value)) ? INSTANT : ANY;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether the tree has a primitive here that is written as it is. */
function isPrimitive(value: unknown): boolean {
  if (typeof value === 'string') return value.charCodeAt(0) !== TAG_CODE;
  return typeof value !== 'object' || value === null;
}

function instantOf(tag: Json | undefined): number {
  return typeof tag === 'string' ? Number(tag.slice(2)) : NaN;
}

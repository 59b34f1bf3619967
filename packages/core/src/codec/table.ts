import { instantOf, isDatePrototype } from '../copy/leaf.js';
import type { Fields } from '../copy/read.js';
import type { Json } from './json.js';
import { ANY, INSTANT, PLAIN } from './tags.js';

/** One column of a table. The values of `ANY` are still to be lowered. */
export type Column =
  | { readonly kind: typeof PLAIN | typeof INSTANT; readonly values: Json[] }
  | { readonly kind: typeof ANY; readonly values: unknown[] };

/** Objects of one shape: what tags.ts calls a table. */
export interface Table {
  readonly shape: Json[];
  readonly columns: readonly Column[];
}

/** A name of which an object of a shape could not be made like the others. */
const PROTO = '__proto__';

/** The items of an array in a master that is a tree, as a table; undefined when they are not two or more objects of one shape. */
export function tableOf(items: readonly unknown[]): Table | undefined {
  return items.length > 1 ? tableOfAll(items) : undefined;
}

function tableOfAll(items: readonly unknown[]): Table | undefined {
  const [first] = items;
  const names = isFields(first) ? Object.keys(first) : [];
  if (names.length === 0 || names.includes(PROTO) || !areRows(items, names)) return undefined;
  const shape: Json[] = [];
  const columns: Column[] = [];
  for (const name of names) {
    const inside = addColumn(valuesOf(items, name), columns);
    shape.push(name, inside);
  }
  return { shape, columns };
}

function areRows(items: readonly unknown[], names: readonly string[]): items is readonly Fields[] {
  for (const item of items) if (!isFields(item) || !haveNames(item, names)) return false;
  return true;
}

/** Names in the same order: a row is to have its properties in the order that it had. */
function haveNames(row: Fields, names: readonly string[]): boolean {
  const own = Object.keys(row);
  if (own.length !== names.length) return false;
  for (let index = 0; index < own.length; index++) if (own[index] !== names[index]) return false;
  return true;
}

/** Pushed one by one: JSON.stringify is slower with an array that was made at its full length. */
function valuesOf(rows: readonly Fields[], name: string): unknown[] {
  const values: unknown[] = [];
  for (const row of rows) values.push(row[name]);
  return values;
}

/** Adds the column, or the columns, of one property; what the shape says of it. */
function addColumn(values: unknown[], columns: Column[]): Json {
  if (areWritten(values)) {
    columns.push({ kind: PLAIN, values });
    return PLAIN;
  }
  const table = tableOfAll(values);
  if (table !== undefined) {
    for (const column of table.columns) columns.push(column);
    return table.shape;
  }
  const instants = stepsOf(values);
  columns.push(instants === undefined ? { kind: ANY, values } : { kind: INSTANT, values: instants });
  return instants === undefined ? ANY : INSTANT;
}

/** Dates as the steps from one to the next, which are shorter than instants; undefined when there is anything else than null. */
function stepsOf(values: readonly unknown[]): Json[] | undefined {
  const steps: Json[] = [];
  let last = 0;
  for (const value of values) {
    if (value === null) steps.push(null);
    else {
      const instant = isDate(value) ? instantOf(value) : NaN;
      // From the first Date of all to the last is more than a number can say to the millisecond.
      if (!Number.isSafeInteger(instant - last)) return undefined;
      steps.push(instant - last);
      last = instant;
    }
  }
  return steps;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isDate(value: unknown): value is Date {
  return typeof value === 'object' && value !== null && isDatePrototype(Object.getPrototypeOf(value));
}

/** Whether JSON has all of these as they are. */
function areWritten(values: unknown[]): values is Json[] {
  for (const value of values) {
    if (typeof value === 'number') {
      if (!Number.isFinite(value) || Object.is(value, -0)) return false;
    } else if (typeof value !== 'string' && typeof value !== 'boolean' && value !== null) return false;
  }
  return true;
}

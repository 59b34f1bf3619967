import type { Fields } from '../copy/read.js';
import { MAX_DEPTH } from '../copy/trail.js';
import { instants, primitive } from './columns.js';
import { compiled } from './compile-mould.js';
import { ANY, INSTANT, PLAIN } from './tags.js';

/** The values of one column, in the order of the rows. */
export type Values = readonly unknown[];

/** A column of a table, as its shape tells of it. */
export interface Leaf {
  readonly kind: typeof PLAIN | typeof ANY | typeof INSTANT;
  /** Which of the columns it is, counted from 0. */
  readonly place: number;
  /** How many levels its values are below the array of the rows. */
  readonly level: number;
}

/** One property of a shape: what its values are, or the properties of the objects that they are. */
export interface Property {
  readonly name: string;
  readonly of: Leaf | readonly Property[];
}

/**
 * Makes so many objects of columns, which are as many as the mould has leaves, each as long. Those of `ANY` are values
 * already. Throws an Error when another has what it must not have.
 */
export type Pour = (columns: readonly Values[], rows: number) => Fields[];

/** What makes objects of one shape. */
export interface Mould {
  /** Its columns, one or more. */
  readonly leaves: readonly Leaf[];
  readonly pour: Pour;
}

/** Moulds of shapes that were read, the oldest first. Bounded: what is read may have been made by anybody (hazard 52). */
const moulds = new Map<string, Mould>();
const MOST_MOULDS = 256;
/** Longer shapes are not remembered. */
const LONG = 4096;

/** The mould of a shape, as it stands in the text. Throws an Error for what is no shape. */
export function mouldOf(shape: unknown): Mould {
  const text = JSON.stringify(shape) ?? '';
  const known = moulds.get(text);
  if (known !== undefined) return known;
  const made = mould(shape);
  if (text.length > LONG) return made;
  const [oldest] = moulds.keys();
  if (oldest !== undefined && moulds.size >= MOST_MOULDS) moulds.delete(oldest);
  moulds.set(text, made);
  return made;
}

function mould(shape: unknown): Mould {
  const leaves: Leaf[] = [];
  const properties = propertiesOf(shape, 1, leaves);
  let pour = composed(properties, leaves);
  let left = UNCOMPILED;
  return {
    leaves,
    pour(columns, rows) {
      if (left > 0) {
        left -= rows;
        if (left <= 0) pour = compiled(properties, leaves.length) ?? pour;
      }
      return pour(columns, rows);
    },
  };
}

/** Shapes of fewer rows are not worth compiling. */
const UNCOMPILED = 200;

function propertiesOf(shape: unknown, level: number, leaves: Leaf[]): readonly Property[] {
  // Each object has a leaf of its own: else a short text could ask for any number of objects.
  if (!Array.isArray(shape) || shape.length === 0 || shape.length % 2 !== 0) throw new Error('a shape that is none');
  if (level > MAX_DEPTH) throw new Error(`a shape of more than ${MAX_DEPTH} levels`);
  const names = new Set<unknown>(['__proto__']);
  const properties: Property[] = [];
  for (let index = 0; index < shape.length; index += 2) {
    const [name, kind]: readonly unknown[] = [shape[index], shape[index + 1]];
    if (typeof name !== 'string' || names.has(name)) throw new Error('a shape that no row has');
    names.add(name);
    if (kind === PLAIN || kind === ANY || kind === INSTANT) {
      const leaf: Leaf = { kind, place: leaves.length, level };
      leaves.push(leaf);
      properties.push({ name, of: leaf });
    } else properties.push({ name, of: propertiesOf(kind, level + 1, leaves) });
  }
  return properties;
}

/** Makes rows without code that is made for them. */
function composed(properties: readonly Property[], leaves: readonly Leaf[]): Pour {
  const make = rowMaker(properties);
  return (columns, count) => {
    const read = leaves.map(({ kind, place }) => valuesOf(columns[place] ?? [], kind));
    const rows: Fields[] = [];
    for (let at = 0; at < count; at++) rows.push(make(read, at));
    return rows;
  };
}

function valuesOf(column: Values, kind: Leaf['kind']): Values {
  if (kind === INSTANT) return instants(column);
  if (kind === PLAIN) for (const leaf of column) primitive(leaf);
  return column;
}

/** Makes one row of the values of its columns. */
type MakeRow = (columns: readonly Values[], at: number) => Fields;

function rowMaker(properties: readonly Property[]): MakeRow {
  // Spread gives each row its properties, so that setting them asks no setter of Object.prototype.
  const blank: Fields = Object.fromEntries(properties.map(({ name }) => [name, null]));
  const fill = properties.map(({ name, of }) => ({ name, make: 'place' in of ? picker(of) : rowMaker(of) }));
  return (columns, at) => {
    const row: Fields = { ...blank };
    for (const { name, make } of fill) row[name] = make(columns, at);
    return row;
  };
}

function picker({ place }: Leaf): (columns: readonly Values[], at: number) => unknown {
  return (columns, at) => columns[place]?.[at];
}

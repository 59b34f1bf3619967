import type { Fields } from '../copy/read.js';
import { MAX_DEPTH } from '../copy/trail.js';
import { instant, plain, type Column, type Pour, type Revive } from './column.js';
import { compiled } from './compile-mould.js';
import { ANY, INSTANT, PLAIN } from './tags.js';

/** What makes objects of one shape. */
export interface Mould {
  /** How many leaves an object has, 1 or more. */
  readonly width: number;
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
  const count = { leaves: 0 };
  const columns = columnsOf(shape, 1, count);
  let pour = composed(columns);
  let seen = 0;
  return {
    width: count.leaves,
    pour(leaves, at, revive) {
      seen += 1;
      if (seen === COMPILED_AFTER) pour = compiled(columns, count.leaves) ?? pour;
      return pour(leaves, at, revive);
    },
  };
}

/** Shapes of fewer rows are not worth compiling. */
const COMPILED_AFTER = 200;

function columnsOf(shape: unknown, level: number, count: { leaves: number }): readonly Column[] {
  if (typeof shape !== 'object' || shape === null || Array.isArray(shape)) throw new Error('a shape that is none');
  if (level > MAX_DEPTH) throw new Error(`a shape of more than ${MAX_DEPTH} levels`);
  const names = Object.keys(shape);
  // Each object has a leaf of its own: else a short text could ask for any number of objects.
  if (names.length === 0 || names.includes('__proto__')) throw new Error('a shape that no row has');
  return names.map((name) => {
    const place = count.leaves;
    const kind: unknown = Reflect.get(shape, name);
    if (kind !== PLAIN && kind !== ANY && kind !== INSTANT) {
      return { name, place, level, kind: columnsOf(kind, level + 1, count) };
    }
    count.leaves += 1;
    return { name, place, level, kind };
  });
}

/** Makes rows without code that is made for them. */
function composed(columns: readonly Column[]): Pour {
  // Spread gives each row its properties, so that setting them asks no setter of Object.prototype.
  const blank: Fields = Object.fromEntries(columns.map(({ name }) => [name, null]));
  const fill = columns.map((column) => ({ name: column.name, read: reader(column) }));
  return (leaves, at, revive) => {
    const row: Fields = { ...blank };
    for (const { name, read } of fill) row[name] = read(leaves, at, revive);
    return row;
  };
}

function reader({ kind, place, level }: Column): (leaves: readonly unknown[], at: number, revive: Revive) => unknown {
  switch (kind) {
    case PLAIN:
      return (leaves, at) => plain(leaves[at + place]);
    case ANY:
      return (leaves, at, revive) => revive(leaves[at + place], level);
    case INSTANT:
      return (leaves, at) => instant(leaves[at + place]);
    default:
      return composed(kind);
  }
}

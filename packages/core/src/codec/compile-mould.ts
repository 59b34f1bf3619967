import { instant, plain, type Column, type Pour } from './column.js';
import { ANY, INSTANT, PLAIN } from './tags.js';

/*
 * Code for the rows of one shape: an object literal, several times faster than setting names one by one. Of a text nothing
 * gets into the code but the names of properties, as JSON, which is a literal of JavaScript too.
 */

/** How many shapes are compiled in one process: code is never given back as surely as data. */
const MOST = 512;
/** Wider rows gain little. */
const WIDE = 100;

let left = MOST;

/** Code for rows of these columns; undefined when they are not to be compiled, or code may not be made here. */
export function compiled(columns: readonly Column[], width: number): Pour | undefined {
  if (left === 0 || width > WIDE) return undefined;
  left -= 1;
  try {
    const source = `return (leaves, at, revive) => (${literal(columns)});`;
    // oxlint-disable-next-line no-implied-eval, no-new-func
    const make = new Function('plain', 'instant', source) as (...helpers: readonly unknown[]) => Pour;
    return make(plain, instant);
  } catch {
    // Code generation is forbidden (`--disallow-code-generation-from-strings`), and will stay so.
    left = 0;
    return undefined;
  }
}

function literal(columns: readonly Column[]): string {
  return `{${columns.map((column) => `${JSON.stringify(column.name)}:${expression(column)}`).join(',')}}`;
}

function expression({ kind, place, level }: Column): string {
  const leaf = `leaves[at+${place}]`;
  switch (kind) {
    case PLAIN:
      return `plain(${leaf})`;
    case ANY:
      return `revive(${leaf},${level})`;
    case INSTANT:
      return `instant(${leaf})`;
    default:
      return literal(kind);
  }
}

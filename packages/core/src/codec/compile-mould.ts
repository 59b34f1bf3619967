import { codeMaker } from '../made-code.js';
import { instant, plain, type Column, type Pour } from './column.js';
import { ANY, INSTANT, PLAIN } from './tags.js';

/*
 * Code for the rows of one shape: an object literal, several times faster than setting names one by one. Of a text nothing
 * gets into the code but the names of properties, as JSON.
 */

/** Wider rows gain little. */
const WIDE = 100;

const makeCode = codeMaker(512);

/** Code for rows of these columns; undefined when they are not to be compiled, or no code may be made. */
export function compiled(columns: readonly Column[], width: number): Pour | undefined {
  if (width > WIDE) return undefined;
  return makeCode(`return (leaves, at, revive) => (${literal(columns)});`, { plain, instant }) as Pour | undefined;
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

import { codeMaker } from '../made-code.js';
import { instant, noInstant, primitive } from './columns.js';
import type { Pour, Property } from './mould.js';
import { INSTANT, PLAIN } from './tags.js';

/*
 * Code for the tables of one shape: a loop around an object literal, several times faster than setting names one by one. Of a
 * text nothing gets into the code but the names of properties, as JSON.
 */

/** Wider tables gain little. */
const WIDE = 100;

const makeCode = codeMaker(512);

/** Code for rows of these properties; undefined when they are not to be compiled, or no code may be made. */
export function compiled(properties: readonly Property[], width: number): Pour | undefined {
  if (width > WIDE) return undefined;
  return makeCode(sourceOf(properties, width), { primitive, instant, noInstant }) as Pour | undefined;
}

/** Each column in a variable of its own, so that each is read in the one way in which V8 keeps its values. */
function sourceOf(properties: readonly Property[], width: number): string {
  const columns = Array.from({ length: width }, (_, place) => `c${place}=columns[${place}],t${place}=0`);
  return `return (columns, count) => {
  let step, ${columns.join(',')};
  const rows = [];
  for (let at = 0; at < count; at++) rows.push(${literal(properties)});
  return rows;
};`;
}

function literal(properties: readonly Property[]): string {
  return `{${properties.map((property) => `${JSON.stringify(property.name)}:${expression(property)}`).join(',')}}`;
}

function expression({ of }: Property): string {
  if (!('place' in of)) return literal(of);
  const { place, kind } = of;
  const leaf = `c${place}[at]`;
  if (kind === INSTANT) return `typeof (step=${leaf})==='number'?instant(t${place}+=step):noInstant(step)`;
  return kind === PLAIN ? `primitive(${leaf})` : leaf;
}

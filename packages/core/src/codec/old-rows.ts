import { MAX_DEPTH } from '../copy/trail.js';
import { mouldOf, type Leaf, type Mould, type Values } from './mould.js';
import { ANY, INSTANT } from './tags.js';

/*
 * What frames of the version 02 have in the place of tables, which are read for as long as such frames may be there:
 *
 *   ["~#R", {"id":0,"at":2,"owner":{"name":0}}, a, b, c, a, b, c, …]   the leaves of one row after those of the other
 *
 * with Dates as milliseconds since 1970, and a string that begins with ~ always under 1.
 */

/** The mould of a shape that is written as an object. Throws an Error for what is none. */
export function oldMouldOf(shape: unknown): Mould {
  return mouldOf(listed(shape, 1));
}

function listed(shape: unknown, level: number): unknown[] {
  if (typeof shape !== 'object' || shape === null || Array.isArray(shape)) throw new Error('a shape that is none');
  if (level > MAX_DEPTH) throw new Error(`a shape of more than ${MAX_DEPTH} levels`);
  return Object.entries(shape).flatMap(([name, kind]: [string, unknown]) => [
    name,
    typeof kind === 'number' ? kind : listed(kind, level + 1),
  ]);
}

/** The columns of a table of the rows whose leaves begin at an index. What may be anything is read in the order of the text. */
export function oldColumns(
  nodes: readonly unknown[],
  from: number,
  leaves: readonly Leaf[],
  read: (node: unknown, leaf: Leaf) => unknown,
): readonly Values[] {
  const length = nodes.length - from;
  if (length === 0 || length % leaves.length !== 0) throw new Error('a row without all of its leaves');
  const columns = leaves.map((leaf): unknown[] => [leaf.kind]);
  for (let at = from; at < nodes.length; at++) {
    const leaf = leaves[(at - from) % leaves.length];
    if (leaf?.kind === ANY) columns[leaf.place]?.push(read(nodes[at], leaf));
    else if (leaf !== undefined) columns[leaf.place]?.push(nodes[at]);
  }
  return columns.map(([kind, ...values]) => (kind === INSTANT ? steps(values) : values));
}

/** Instants as the steps from one to the next. A table may have null among them, these never had. */
function steps(instants: readonly unknown[]): Values {
  let last = 0;
  return instants.map((instant) => {
    if (typeof instant !== 'number') throw new Error('a Date that is none');
    const step = instant - last;
    // From the first Date of all to the last is more than a number can say to the millisecond.
    if (!Number.isSafeInteger(step)) throw new Error('Dates that are too far from each other');
    last = instant;
    return step;
  });
}

import { defineField, type Fields } from '../copy/read.js';
import type { Json } from './json.js';
import { SPELLED } from './tags.js';

/*
 * JSON.parse of Node 24 cannot be trusted with a property name that has an escape in it: where the process has made an object
 * with the same properties before it and then one named `\`, it takes '{"x":0,"\n":1}' for '{"x":0,"\\":1}' (V8 13.6). So
 * no such name is written as a name: its object is a list of names and values, which are strings like all others.
 */

/** What JSON.stringify escapes. */
// oxlint-disable-next-line no-control-regex -- they are what it is about
const ESCAPED = /["\\\u0000-\u001f\p{Surrogate}]/u;

/** The same tree, with the objects that have such names spelled; the tree itself when there are none. */
export function spelled(tree: Json): Json {
  if (typeof tree !== 'object' || tree === null) return tree;
  return Array.isArray(tree) ? spelledItems(tree) : spelledFields(tree);
}

function spelledItems(items: Json[]): Json[] {
  let changed: Json[] | undefined;
  for (const [index, item] of items.entries()) {
    const json = spelled(item);
    if (json !== item) (changed ??= items.slice())[index] = json;
  }
  return changed ?? items;
}

function spelledFields(fields: Fields): Json {
  const names = Object.keys(fields);
  let changed: Fields | undefined;
  for (const name of names) {
    const value = fields[name] as Json;
    const json = spelled(value);
    if (json !== value) (changed ??= { ...fields })[name] = json;
  }
  const all = changed ?? fields;
  if (!names.some((name) => ESCAPED.test(name))) return all;
  return [SPELLED, ...names.flatMap((name) => [name, all[name] as Json])];
}

/** The object of a list that {@link spelled} has made, its values as they stand there. Throws an Error for any other list. */
export function unspelled(nodes: readonly unknown[]): Fields {
  if (nodes.length % 2 === 0) throw new Error('a name without a value');
  const fields: Fields = {};
  for (let index = 1; index < nodes.length; index += 2) {
    const name = nodes[index];
    if (typeof name !== 'string') throw new Error('a name that is none');
    defineField(fields, name, nodes[index + 1]);
  }
  return fields;
}

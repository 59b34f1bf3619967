import type { Fields } from '../copy/read.js';

/** What JSON can say: the tree that is written in the place of a value. */
export type Json = string | number | boolean | null | Json[] | Fields;

/**
 * The JSON of a tree. Some old packages give every object a `toJSON`, which JSON.stringify would ask instead of looking at
 * the object; then it is put together here.
 */
export function jsonOf(tree: Json): string {
  return 'toJSON' in Array.prototype ? joined(tree) : JSON.stringify(tree);
}

function joined(tree: Json): string {
  if (typeof tree !== 'object' || tree === null) return JSON.stringify(tree);
  if (Array.isArray(tree)) return `[${tree.map(joined).join(',')}]`;
  const fields = Object.keys(tree).map((name) => `${JSON.stringify(name)}:${joined(tree[name] as Json)}`);
  return `{${fields.join(',')}}`;
}

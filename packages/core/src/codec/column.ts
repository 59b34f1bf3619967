import { dateAt } from '../copy/leaf.js';
import type { Fields } from '../copy/read.js';
import type { ANY, INSTANT, PLAIN } from './tags.js';

/** Revives a leaf that may be anything, so many levels below the array of the rows. */
export type Revive = (node: unknown, level: number) => unknown;

/** Makes the row whose leaves begin at an index. */
export type Pour = (leaves: readonly unknown[], at: number, revive: Revive) => Fields;

/** One property of a shape. */
export interface Column {
  readonly name: string;
  /** Where its leaf is, counted from the first of its row; of an object, where the first of its own is. */
  readonly place: number;
  /** How many levels it is below the array of the rows. */
  readonly level: number;
  readonly kind: typeof PLAIN | typeof ANY | typeof INSTANT | readonly Column[];
}

/** A leaf that is as it is. Throws when it is none: what is in an object was not looked at. */
export function plain(leaf: unknown): unknown {
  if (typeof leaf === 'object' && leaf !== null) throw new Error('an object in the place of a primitive');
  return leaf;
}

/** The Date of a leaf. Throws for what is none. */
export function instant(leaf: unknown): Date {
  if (typeof leaf !== 'number') throw new Error('a Date that is none');
  const date = dateAt(leaf);
  if (date.getTime() !== leaf) throw new Error('a Date beyond all Dates');
  return date;
}

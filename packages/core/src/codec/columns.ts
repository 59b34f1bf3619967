import { dateAt } from '../copy/leaf.js';

/* What stands in the columns of a table. All of these throw an Error for anything else. */

/** A primitive of JSON, as it is. What is in an object was not looked at. */
export function primitive(leaf: unknown): unknown {
  if (typeof leaf === 'object' && leaf !== null) throw new Error('an object in the place of a primitive');
  return leaf;
}

/** The Date of so many milliseconds. */
export function instant(milliseconds: number): Date {
  const date = dateAt(milliseconds);
  if (date.getTime() !== milliseconds) throw new Error('a Date beyond all Dates');
  return date;
}

/** Null, which may be where Dates are. */
export function noInstant(leaf: unknown): null {
  if (leaf !== null) throw new Error('a Date that is none');
  return leaf;
}

/** Dates, or null, of the steps from one to the next. */
export function instants(steps: readonly unknown[]): readonly (Date | null)[] {
  let last = 0;
  return steps.map((step) => (typeof step === 'number' ? instant((last += step)) : noInstant(step)));
}

import type { DataEntry } from './data-entry.js';
import type { DataOutcome } from './data-outcome.js';
import type { DataFunctionParts } from './data-parts.js';
import type { Read } from '../input/index.js';
import type { Flight } from '../run/flight.js';

/** Whether any entry in memory that a test is true of would have to go for the one of a flight that has read a path. */
export function wouldReplace(
  { shelf, variants }: Pick<DataFunctionParts, 'shelf' | 'variants'>,
  { key, reads }: Pick<Flight<DataOutcome>, 'key' | 'reads'>,
  path: readonly Read[],
  test: (there: DataEntry) => boolean,
): boolean {
  const keys = reads === undefined ? [key] : variants.inTheWay(reads.base, path);
  return keys.some((each) => {
    const there = shelf.get(each);
    return there !== undefined && test(there);
  });
}

import type { DataOutcome } from './data-outcome.js';
import type { DataFunctionParts } from './data-parts.js';
import type { Flight } from '../run/flight.js';

/** So many outdated flights may wait in a row, each for the next: where calls and deletes never end, some must begin. */
const MOST_IN_A_ROW = 3;
/** How many wait in a row for a flight. */
const inARow = new WeakMap<Flight<DataOutcome>, number>();

/**
 * For a flight that was outdated before its function began: what the flight gives that callers of its key join now. Its own
 * run would be a second one at the same time, might begin later than that one, and would not be kept: whoever called next
 * would be answered with something older than its callers were. Undefined when there is none that answers for it.
 */
export async function joinNewer(
  { flights, report }: Pick<DataFunctionParts, 'flights' | 'report'>,
  flight: Flight<DataOutcome>,
): Promise<DataOutcome | undefined> {
  const newer = flight.reads === undefined ? flights.find(flight.key) : undefined;
  if (newer === undefined || newer === flight || newer.reads !== undefined) return undefined;
  const row = (inARow.get(flight) ?? 0) + 1;
  if (row > MOST_IN_A_ROW || newer.reaches(flight)) return undefined;
  inARow.set(newer, Math.max(inARow.get(newer) ?? 0, row));
  const answered = newer.waitedForBy(flight, report.fn);
  try {
    const waits = { fn: report.fn, signal: undefined, limits: [], onDeserted: () => flights.desert(newer) };
    const outcome = await newer.wait(waits);
    return isForAll(newer, outcome) ? outcome : undefined;
  } finally {
    answered();
  }
}

/** Not what the store had, which may be too old for some; nor what goes to one caller alone. */
function isForAll({ changed }: Flight<DataOutcome>, outcome: DataOutcome): boolean {
  if (changed || outcome.type === 'uncacheable') return false;
  return outcome.type === 'failure' || outcome.source.type === 'run';
}

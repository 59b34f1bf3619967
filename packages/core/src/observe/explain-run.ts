import type { FlightTable } from '../run/flight-table.js';
import type { RunExplanation } from './explanation.js';

/** The run that holds a key; `outdatedSince` tells whether something was invalidated after a position of the log. */
export function explainRun<T>(
  flights: FlightTable<T>,
  key: string,
  now: number,
  outdatedSince: (position: number) => boolean = () => false,
): RunExplanation | undefined {
  const flight = flights.find(key);
  if (flight === undefined) return undefined;
  return {
    age: now - flight.startedAt,
    phase: flight.looking ? 'store' : 'function',
    waiting: flight.waiting,
    joinable: flights.holdsKey(flight, now) && !outdatedSince(flight.runPosition),
  };
}

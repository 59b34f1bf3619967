import type { FlightOptions } from '../run/flight-options.js';
import { Flight } from '../run/flight.js';

type Given = Pick<FlightOptions, 'table' | 'fn' | 'key' | 'cache' | 'clock'> &
  Partial<Pick<FlightOptions, 'run' | 'behind'>>;

/** A run of what belongs to a resource: its factory, its `validate` or its `onRelease`. It has no tags, and takes none over. */
export function newFlight<T>(given: Given): Flight<T> {
  return new Flight<T>({ run: 0, behind: false, ...given, position: 0, inherits: false });
}

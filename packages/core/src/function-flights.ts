import { parseDuration } from './duration.js';
import type { Reporter } from './reporter.js';
import { FlightTable } from './run/flight-table.js';
import { Places } from './run/places.js';
import type { FunctionScope } from './scope/index.js';
import type { AnyFunctionOptions } from './settings/index.js';

/** The flights of a function, by its options. */
export function flightTable<T>(
  options: AnyFunctionOptions,
  where: string,
  report: Reporter,
  scope: FunctionScope | undefined,
): FlightTable<T> {
  return new FlightTable<T>(flightTimeout(options, where), (key, why) => report.abandoned(key, why), scope);
}

/** After how long (milliseconds) a run of a function no longer holds its key. */
export function flightTimeout(options: AnyFunctionOptions, where: string): number {
  return parseDuration(options.flightTimeout ?? '60s', where, 'flightTimeout');
}

/** The places of its runs, where they are limited. */
export function placesOf(
  options: AnyFunctionOptions & { readonly maxConcurrent?: number | undefined },
  where: string,
): Places | undefined {
  const { maxConcurrent } = options;
  return maxConcurrent === undefined ? undefined : new Places(maxConcurrent, flightTimeout(options, where));
}

// Counts the data set anew, in plain JavaScript: nothing here is of the demo.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A flight of either file, as far as the questions go. */
export interface CountedFlight {
  readonly delay: number;
  readonly distance: number;
  readonly hour: number;
  readonly origin: string | undefined;
}

export type CountedStatistic = 'mean' | 'median' | 'p90' | 'count';

/** A group of flights: what it stands for, its number, how many it has. */
export interface Group {
  readonly start: number | string;
  readonly value: number;
  readonly flights: number;
}

interface Line {
  readonly delay: number;
  readonly distance: number;
  readonly time?: number;
  readonly date?: string;
  readonly origin?: string;
}

function read(file: string): CountedFlight[] {
  const entry = createRequire(import.meta.url).resolve('vega-datasets');
  const lines = JSON.parse(readFileSync(join(dirname(entry), '..', 'data', file), 'utf8')) as Line[];
  return lines.map(({ delay, distance, time, date, origin }) => ({
    delay,
    distance,
    hour: date === undefined ? Math.trunc(time ?? Number.NaN) : new Date(date).getHours(),
    origin,
  }));
}

/** The 200,000 flights. */
export function allFlights(): readonly CountedFlight[] {
  return read('flights-200k.json');
}

/** The 20,000 flights that name their airports. */
export function flightsWithOrigin(): readonly CountedFlight[] {
  return read('flights-20k.json');
}

/** Groups flights and takes one number of each group, in the order of the groups. */
export function countBy(
  flights: readonly CountedFlight[],
  statistic: CountedStatistic,
  startOf: (flight: CountedFlight) => number | string,
): readonly Group[] {
  const groups = new Map<number | string, number[]>();
  for (const flight of flights) {
    const start = startOf(flight);
    const group = groups.get(start);
    if (group === undefined) groups.set(start, [flight.delay]);
    else group.push(flight.delay);
  }
  return [...groups]
    .map(([start, delays]) => ({ start, value: NUMBERS[statistic](delays), flights: delays.length }))
    .sort((a, b) => (a.start < b.start ? -1 : 1));
}

const ascending = (delays: readonly number[]): number[] => delays.toSorted((a, b) => a - b);

const NUMBERS: Readonly<Record<CountedStatistic, (delays: readonly number[]) => number>> = {
  count: (delays) => delays.length,
  mean: (delays) => delays.reduce((sum, delay) => sum + delay, 0) / delays.length,
  median(delays) {
    const sorted = ascending(delays);
    const middle = sorted.length / 2;
    const pair = Number.isInteger(middle) ? [sorted[middle - 1], sorted[middle]] : [sorted[Math.floor(middle)]];
    return pair.reduce<number>((sum, delay) => sum + (delay ?? Number.NaN), 0) / pair.length;
  },
  // Nearest rank.
  p90: (delays) => ascending(delays)[Math.ceil(0.9 * delays.length) - 1] ?? Number.NaN,
};

import type { Asked } from './server.js';
import type { Bucket, FlightQuery, Outcome, Question, Statistic } from '../wire.js';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** `200,000` */
export function count(value: number): string {
  return whole.format(value);
}

/** `1 flight`, `2,000 flights` */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** `0.21 ms`, `431 ms`, `2.4 s` */
export function duration(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(milliseconds < 1 ? 2 : 1)} ms`;
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  return `${tenth.format(milliseconds / 1_000)} s`;
}

/** `just now`, `12 s ago`, `3 min ago`, `5 h ago` */
export function ago(milliseconds: number): string {
  const seconds = milliseconds / 1_000;
  if (seconds < 1.5) return 'just now';
  if (seconds < 90) return `${Math.round(seconds)} s ago`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min ago`;
  return `${Math.round(seconds / 3_600)} h ago`;
}

/** `812 B`, `3.4 kB`, `1.2 MB` */
export function bytes(value: number): string {
  if (value < 1_000) return `${value} B`;
  if (value < 1_000_000) return `${tenth.format(value / 1_000)} kB`;
  return `${tenth.format(value / 1_000_000)} MB`;
}

/** `06:00` */
export function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}

/** `+12.4 min`, `−3 min`, `1,103 flights` */
export function amount(value: number, unit: 'minutes' | 'flights'): string {
  if (unit === 'flights') return plural(value, 'flight');
  const size = Number.isInteger(value) ? whole.format(Math.abs(value)) : tenth.format(Math.abs(value));
  return `${value > 0 ? '+' : value < 0 ? '−' : ''}${size} min`;
}

const STATISTICS: Readonly<Record<Statistic, string>> = {
  mean: 'Mean delay',
  median: 'Median delay',
  p90: '90th percentile of delay',
  count: 'Number of flights',
};
const QUESTIONS: Readonly<Record<Question, string>> = {
  byHour: 'by hour of departure',
  byDistance: 'by distance',
  byOrigin: 'by airport of departure',
};

/** `Median delay by hour of departure` */
export function titleOf(question: Question, statistic: Statistic): string {
  return `${STATISTICS[statistic]} ${QUESTIONS[question]}`;
}

/** `Median by hour`: for a list that has little room. */
export function shortTitle(question: Question, statistic: Statistic): string {
  const what = { mean: 'Mean', median: 'Median', p90: '90th percentile', count: 'Flights' }[statistic];
  return `${what} by ${{ byHour: 'hour', byDistance: 'distance', byOrigin: 'airport' }[question]}`;
}

/** `Median delay, minutes`, `Flights` */
export function valueAxis(unit: 'minutes' | 'flights', statistic: Statistic): string {
  return unit === 'flights' ? 'Flights' : `${STATISTICS[statistic]}, minutes`;
}

/** What of all flights was counted. */
export function filtersOf({ minDistance, maxDistance, fromHour, toHour, origin }: FlightQuery): string {
  const parts = [
    ...(origin === null ? [] : [`from ${origin}`]),
    ...(minDistance === 0 && maxDistance === 5_000 ? [] : [`${count(minDistance)} to ${count(maxDistance)} miles`]),
    ...(fromHour === 0 && toHour === 24 ? [] : [`leaving ${clock(fromHour)} to ${clock(toHour)}`]),
  ];
  return parts.join(', ');
}

/** `Atlanta, GA (ATL): +12.4 min, 846 flights` */
export function reading(bucket: Bucket, unit: 'minutes' | 'flights'): string {
  const name = typeof bucket.start === 'string' ? `${bucket.label} (${bucket.start})` : bucket.label;
  const flights = unit === 'flights' ? '' : `, ${plural(bucket.flights, 'flight')}`;
  return `${name}: ${amount(bucket.value, unit)}${flights}`;
}

/** Why an answer took as long as it did. */
export function explain({ outcome, tier, age, answer, header }: Asked): string {
  if (outcome === 'miss') return `Computed now: SQLite counted ${plural(answer.flights, 'flight')}.`;
  if (outcome === 'join') return 'Waited for the same question, asked by somebody else.';
  if (outcome === 'stale') return 'Past its time; a new answer is being computed.';
  const spared = `Computing it took ${duration(answer.computeTime)}, ${ago(age ?? 0)}.`;
  const again = header === null ? '' : ` Its header came again: x-counted: ${header}.`;
  return `From ${tier === 'store' ? 'the disk' : 'memory'}. ${spared}${again}`;
}

/** `1 miss + 19 joins` */
export function tally(outcomes: Readonly<Record<Outcome, number>>): string {
  const parts: string[] = [];
  const names: readonly (readonly [Outcome, string, string])[] = [
    ['miss', 'miss', 'misses'],
    ['join', 'join', 'joins'],
    ['hit', 'hit', 'hits'],
    ['stale', 'stale', 'stale'],
  ];
  for (const [outcome, one, many] of names) {
    const times = outcomes[outcome];
    if (times > 0) parts.push(`${times} ${times === 1 ? one : many}`);
  }
  return parts.join(' + ');
}

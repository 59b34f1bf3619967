import { invalidOption } from './errors/index.js';

/**
 * A length of time: milliseconds as a number, or text with units such as `'250ms'`, `'30s'`, `'10m'`, `'1h30m'`,
 * `'1 day 23hr 45minutes'`, `'1.5d'`. Units: ms, s, m (minutes), h, d, w, and their English words.
 */
export type Duration = number | string;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS: ReadonlyMap<string, number> = new Map([
  ...units(1, 'ms', 'milli', 'millis', 'millisecond', 'milliseconds'),
  ...units(SECOND, 's', 'sec', 'secs', 'second', 'seconds'),
  ...units(MINUTE, 'm', 'min', 'mins', 'minute', 'minutes'),
  ...units(HOUR, 'h', 'hr', 'hrs', 'hour', 'hours'),
  ...units(DAY, 'd', 'day', 'days'),
  ...units(7 * DAY, 'w', 'wk', 'wks', 'week', 'weeks'),
]);

function units(length: number, ...names: readonly string[]): [string, number][] {
  return names.map((name) => [name, length]);
}

const ALLOWED =
  "a positive number of milliseconds, or text with units such as '30s', '10m', '1h30m' or '1 day 12 hours' " +
  "(ms, s, m, h, d, w); '30' alone has no unit, and months and years have no fixed length";

/** Whole text: one or more `number unit` pairs. Case matters: `M` is not minutes. */
const WHOLE = /^\s*(?:\d+(?:\.\d+)?\s*[a-z]+\s*,?\s*)+$/;
const PAIR = /(\d+(?:\.\d+)?)\s*([a-z]+)/g;

/**
 * Reads a duration in milliseconds.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION` when it is not positive and finite, or not a duration at all;
 *   `where` and `option` name the culprit.
 */
export function parseDuration(value: unknown, where: string, option: string): number {
  const ms = typeof value === 'string' ? parseText(value) : value;
  if (typeof ms === 'number' && Number.isFinite(ms) && ms > 0) return ms;
  throw invalidOption(where, option, value, ALLOWED);
}

function parseText(text: string): number | undefined {
  if (text.length > 100 || !WHOLE.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(PAIR)) {
    const length = UNITS.get(unit ?? '');
    if (length === undefined) return undefined;
    total += Number(amount) * length;
  }
  return total;
}

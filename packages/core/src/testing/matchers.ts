import type { FunctionStats } from '../cached.js';
import { describe, invalidOption, notCacheable } from '../errors/index.js';
import type { MillpondMatchers } from './matcher-types.js';

/** What a matcher answers, as `expect.extend` of vitest and jest wants it. */
export interface MatcherResult {
  readonly pass: boolean;
  /** What is said when the assertion fails; when `pass` is true, that is one with `.not`. */
  readonly message: () => string;
}

type Matchers = {
  readonly [K in keyof MillpondMatchers]: (
    received: unknown,
    ...expected: Parameters<MillpondMatchers[K]>
  ) => MatcherResult;
};

/** What is counted, in the order in which a message shows it. */
const COUNTERS = ['runs', 'hits', 'misses', 'joins', 'stale', 'errors'] as const satisfies (keyof FunctionStats)[];

type Counters = Pick<FunctionStats, 'name' | (typeof COUNTERS)[number]>;

const computedOnce = matcher('toHaveComputedOnce', 'runs', 'computed');

/**
 * Matchers of cached functions for `expect.extend` of vitest, of jest, and of whatever understands theirs. They read
 * `stats()`, which counts since the function was wrapped.
 *
 * @throws CacheError (each matcher) `ERR_MILLPOND_INVALID_OPTION` for what is no cached function, with and without
 *   `.not`, and for a number of times that is not whole or is below 0.
 */
export const millpondMatchers: Matchers = {
  toHaveComputed: matcher('toHaveComputed', 'runs', 'computed'),
  toHaveComputedOnce: (received) => computedOnce(received, 1),
  toHaveHit: matcher('toHaveHit', 'hits', 'hit'),
  toHaveMissed: matcher('toHaveMissed', 'misses', 'missed'),
  toHaveJoined: matcher('toHaveJoined', 'joins', 'joined'),
  toHaveServedStale: matcher('toHaveServedStale', 'stale', 'served stale'),
  toHaveFailed: matcher('toHaveFailed', 'errors', 'failed'),
};

function matcher(
  name: keyof MillpondMatchers,
  counter: (typeof COUNTERS)[number],
  did: string,
): (received: unknown, times?: number) => MatcherResult {
  return (received, times) => {
    const stats = countersOf(received, name);
    if (times !== undefined && !(Number.isInteger(times) && times >= 0)) {
      throw invalidOption(name, 'times', times, 'a whole number from 0, or left out for "at least once"');
    }
    const count = stats[counter];
    const pass = times === undefined ? count > 0 : count === times;
    const expected = `${did}${times === undefined ? (pass ? ' at all' : '') : ` ${timesOf(times)}`}`;
    const counted = COUNTERS.map((each) => `${each}: ${stats[each]}`).join(', ');
    return {
      pass,
      message: () =>
        `expected ${stats.name} ${pass ? 'not to have' : 'to have'} ${expected}, and it has ${did} ${timesOf(count)}\n\n` +
        `  ${counted}`,
    };
  };
}

function timesOf(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function countersOf(received: unknown, name: string): Counters {
  const stats: unknown = isCounting(received) ? received.stats() : undefined;
  if (isCounters(stats)) return stats;
  const cure =
    'Give `expect` what cacheData, cacheDataSync, cacheBatch, cacheStream or cacheResource returned: it is what counts.';
  throw notCacheable(name, `${describe(received)} is no cached function`, cure);
}

function isCounting(received: unknown): received is { stats(): unknown } {
  return typeof received === 'function' && 'stats' in received && typeof received.stats === 'function';
}

function isCounters(stats: unknown): stats is Counters {
  if (typeof stats !== 'object' || stats === null) return false;
  return COUNTERS.every((each) => typeof Reflect.get(stats, each) === 'number');
}

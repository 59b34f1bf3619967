import type { CacheStats } from '../cache-types.js';
import type { FunctionStats } from '../cached.js';

const SUMMED = ['hits', 'misses', 'joins', 'stale', 'errors', 'runs', 'savedMs', 'entries'] as const;

/** The counters of each function of a cache, and their sums. */
export function totalsOf(functions: readonly FunctionStats[]): Omit<CacheStats, 'bytes'> {
  const totals = { hits: 0, misses: 0, joins: 0, stale: 0, errors: 0, runs: 0, savedMs: 0, entries: 0 };
  for (const stats of functions) for (const counter of SUMMED) totals[counter] += stats[counter];
  return { functions, ...totals };
}

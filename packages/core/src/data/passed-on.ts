import { errorUntil, revalidateUntil, type DataEntry } from './data-entry.js';
import type { DataFunctionParts } from './data-parts.js';
import type { Passed } from '../run/inherited.js';

/** What an answer passes on to the run that uses it. */
export function passedOn(
  { host, settings }: Pick<DataFunctionParts, 'host' | 'settings'>,
  entry: DataEntry,
  now: number,
): Passed {
  const isFresh = now < entry.freshUntil;
  return {
    cache: host,
    tags: entry.tags,
    sources: entry.sources,
    freshFor: entry.freshUntil - now,
    revalidateFor: isFresh ? Infinity : revalidateUntil(entry, settings.policy) - now,
    errorFor: isFresh ? Infinity : errorUntil(entry, settings.policy) - now,
    trustedFor: entry.trustedUntil - now,
  };
}

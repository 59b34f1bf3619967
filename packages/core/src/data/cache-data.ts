import { buildCachedFunction, type CachedFunctionParts, type Calls } from '../cached-function.js';
import type { Built } from '../host.js';
import { DataFunction } from './data-function.js';
import type { DataFunctionParts } from './data-parts.js';

/** What the caller of a data function sees of it, where that is not what runs for one call. */
interface Seen extends Pick<CachedFunctionParts, 'original'> {
  readonly calls: Calls;
}

/** A cached data function. */
export function buildCachedData(parts: DataFunctionParts, seen?: Seen): Built {
  const original = seen?.original ?? parts.original;
  return buildCachedFunction({ ...parts, original }, seen?.calls ?? new DataFunction(parts), () => {
    parts.flights.outdateAll();
    parts.shelf.clear('close');
    return Promise.resolve([]);
  });
}

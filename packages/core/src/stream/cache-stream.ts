import { buildCachedFunction } from '../cached-function.js';
import type { Built } from '../host.js';
import { StreamFunction } from './stream-function.js';
import type { StreamParts } from './stream-parts.js';

/** A cached stream function. It stays in memory, so that there is no store. */
export function buildCachedStream(parts: StreamParts): Built {
  const { shelf, flights } = parts;
  const calls = new StreamFunction(parts);
  return buildCachedFunction({ ...parts, store: undefined }, calls, () => {
    flights.outdateAll();
    shelf.clear('close');
    calls.stopUnread();
    return Promise.resolve([]);
  });
}

import { buildCachedFunction } from '../cached-function.js';
import type { Built } from '../host.js';
import { ResourceFunction } from './resource-function.js';
import type { ResourceParts } from './resource-parts.js';

/** A cached resource. It never leaves the process, so that there is no store. */
export function buildCachedResource(parts: ResourceParts): Built {
  const calls = new ResourceFunction(parts);
  const { shelf, flights } = parts;
  parts.scope?.join({
    has: (key) => shelf.get(key) !== undefined || flights.find(key) !== undefined,
    drop(key, reason) {
      flights.outdate(key);
      shelf.removeKey(key, reason);
    },
    store: undefined,
  });
  return buildCachedFunction({ ...parts, store: undefined }, calls, (selfOf) => ({
    lease(this: unknown, ...args: readonly unknown[]): Promise<unknown> {
      return calls.lease(selfOf(this), args);
    },
  }));
}

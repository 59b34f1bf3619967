import { buildCachedFunction } from '../cached-function.js';
import type { CacheError } from '../errors.js';
import type { Built } from '../host.js';
import { ResourceFunction, type ResourceParts } from './resource-function.js';

/** A cached resource. It never leaves the process, so that there is no store. */
export function buildCachedResource(parts: ResourceParts): Built {
  const { shelf, flights, releaser } = parts;

  async function close(): Promise<readonly CacheError[]> {
    // Factories that are under way are waited for, and what they build is released.
    const building = flights.underWay();
    flights.outdateAll();
    shelf.clear('close');
    const failures = releaser.releaseAll();
    await Promise.allSettled(building);
    return [...(await failures), ...(await releaser.releaseAll())];
  }

  return buildCachedFunction({ ...parts, store: undefined }, new ResourceFunction(parts), { close });
}

import { HERE_ONLY } from '../data/cache-data.js';
import type { Invalidation } from '../cached.js';
import type { CacheError } from '../errors.js';
import type { Built } from '../host.js';
import { showKey } from '../key/index.js';
import type { CallOptions } from '../options.js';
import { callOptions } from '../settings.js';
import { ResourceFunction, type ResourceParts } from './resource-function.js';
import { dress, instanceOf } from '../wrapping.js';

/** A cached resource as its caller sees it, and as its cache owns it. */
export function buildCachedResource(parts: ResourceParts): Built {
  const { keyer, shelf, flights, report, original, releaser } = parts;
  const resources = new ResourceFunction(parts);

  function wrapper(this: unknown, ...args: readonly unknown[]): Promise<unknown> {
    return resources.call(this, args);
  }

  function clearHere(): void {
    flights.outdateAll();
    shelf.clear('clear');
  }

  const methods = {
    original,
    async delete(this: unknown, ...args: readonly unknown[]): Promise<Invalidation> {
      const key = keyer.keyOf(instanceOf(this, wrapper), args);
      flights.outdate(key);
      shelf.removeKey(key, 'delete');
      return HERE_ONLY;
    },
    async clear(): Promise<Invalidation> {
      clearHere();
      report.cleared();
      return HERE_ONLY;
    },
    refresh(this: unknown, ...args: readonly unknown[]): Promise<unknown> {
      return resources.refresh(instanceOf(this, wrapper), args);
    },
    has(this: unknown, ...args: readonly unknown[]): boolean {
      return resources.usable(instanceOf(this, wrapper), args) !== undefined;
    },
    peek(this: unknown, ...args: readonly unknown[]): unknown {
      return resources.usable(instanceOf(this, wrapper), args)?.resource;
    },
    keyOf(this: unknown, ...args: readonly unknown[]): string {
      return showKey(keyer.keyOf(instanceOf(this, wrapper), args));
    },
    stats: () => report.stats(shelf.size, shelf.bytes),
    withOptions(given: CallOptions) {
      const options = callOptions(given, `${report.fn}.withOptions`);
      return function withOptions(this: unknown, ...args: readonly unknown[]): Promise<unknown> {
        return resources.call(instanceOf(this, wrapper), args, options);
      };
    },
  };

  /** Factories that are under way are waited for, and what they build is released. */
  async function close(): Promise<readonly CacheError[]> {
    const building = flights.underWay();
    flights.outdateAll();
    shelf.clear('close');
    const failures = releaser.releaseAll();
    await Promise.allSettled(building);
    return [...(await failures), ...(await releaser.releaseAll())];
  }

  return {
    wrapper: dress(wrapper, original, methods),
    owned: { stats: methods.stats, clearHere, close },
  };
}

import type { Invalidation } from '../cached.js';
import { DataFunction } from './data-function.js';
import type { DataFunctionParts } from './data-parts.js';
import type { Built } from '../host.js';
import { showKey } from '../key/index.js';
import type { CallOptions } from '../options.js';
import { callOptions } from '../settings.js';
import { dress, instanceOf } from '../wrapping.js';

/** The invalidation of something that has no store. */
export const HERE_ONLY: Invalidation = Object.freeze({ store: 'none' });

/** A cached data function as its caller sees it, and as its cache owns it. */
export function buildCachedData(parts: DataFunctionParts): Built {
  const { keyer, shelf, flights, report, store, original } = parts;
  const data = new DataFunction(parts);

  function wrapper(this: unknown, ...args: readonly unknown[]): Promise<unknown> {
    return data.call(this, args);
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
      return store === undefined ? HERE_ONLY : { store: await store.delete(key) };
    },
    async clear(): Promise<Invalidation> {
      clearHere();
      report.cleared();
      return store === undefined ? HERE_ONLY : { store: await store.clear() };
    },
    refresh(this: unknown, ...args: readonly unknown[]): Promise<unknown> {
      return data.refresh(instanceOf(this, wrapper), args);
    },
    has(this: unknown, ...args: readonly unknown[]): boolean {
      return data.usable(instanceOf(this, wrapper), args) !== undefined;
    },
    peek(this: unknown, ...args: readonly unknown[]): unknown {
      return data.usable(instanceOf(this, wrapper), args)?.kept.copy();
    },
    keyOf(this: unknown, ...args: readonly unknown[]): string {
      return showKey(keyer.keyOf(instanceOf(this, wrapper), args));
    },
    stats: () => report.stats(shelf.size, shelf.bytes),
    withOptions(given: CallOptions) {
      const options = callOptions(given, `${report.fn}.withOptions`);
      return function withOptions(this: unknown, ...args: readonly unknown[]): Promise<unknown> {
        return data.call(instanceOf(this, wrapper), args, options);
      };
    },
  };

  return {
    wrapper: dress(wrapper, original, methods),
    owned: {
      stats: methods.stats,
      clearHere,
      close() {
        flights.outdateAll();
        shelf.clear('close');
        return Promise.resolve([]);
      },
    },
  };
}

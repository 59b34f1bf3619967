import { buildCachedFunction, type CachedFunctionParts } from '../cached-function.js';
import type { Invalidation } from '../cached.js';
import type { Built } from '../host.js';
import { someCanBeRead } from '../input/index.js';
import { DataFunction } from './data-function.js';
import type { DataFunctionParts } from './data-parts.js';

/** What the caller of a data function sees of it, where that is not what runs for one call. */
interface Seen extends Pick<CachedFunctionParts, 'original'> {
  readonly calls: DataFunction;
}

/** A cached data function. */
export function buildCachedData(
  parts: DataFunctionParts,
  { original, calls }: Seen = { original: parts.original, calls: new DataFunction(parts) },
): Built {
  const { shelf, failures, keyer, store, flights, host, variants } = parts;
  const kept = {
    get size() {
      return shelf.size;
    },
    get bytes() {
      return shelf.bytes;
    },
    removeKey(key: string, reason: 'delete' | 'clear' | 'scope'): void {
      failures?.drop(key);
      for (const each of [...variants.keysOf(key), key]) shelf.removeKey(each, reason);
    },
    clear(reason: 'clear' | 'close'): void {
      failures?.clear();
      shelf.clear(reason);
    },
  };
  parts.scope?.join({
    has: (key) =>
      shelf.get(key) !== undefined ||
      flights.find(key) !== undefined ||
      failures?.get(key, host.settings.clock.now()) !== undefined,
    drop(key, reason) {
      flights.outdate(key);
      kept.removeKey(key, reason);
    },
    store: store && { tier: store.tier, delete: (key) => store.entries.delete(key) },
  });
  const underWay = {
    outdate(key: string): void {
      flights.outdate(key);
      if (someCanBeRead()) flights.outdateVariants(key);
    },
    outdateAll: () => flights.outdateAll(),
  };
  return buildCachedFunction(
    { ...parts, original, shelf: kept, flights: underWay, store: store?.entries },
    calls,
    (selfOf) => ({
      async expire(this: unknown, ...args: readonly unknown[]): Promise<Invalidation> {
        const key = keyer.keyOf(selfOf(this), args);
        calls.expireHere(key);
        return { store: store === undefined ? 'none' : await store.entries.expire(key) };
      },
      prime(this: unknown, value: unknown, ...args: readonly unknown[]): Promise<void> {
        return calls.prime(selfOf(this), value, args);
      },
    }),
  );
}

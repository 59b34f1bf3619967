import type { Invalidation } from './cached.js';
import type { CacheError } from './errors.js';
import type { Built } from './host.js';
import { showKey, type Keyer } from './key/index.js';
import type { Shelf } from './memory/index.js';
import type { CallOptions } from './options.js';
import type { Reporter } from './reporter.js';
import type { FlightTable } from './run/flight-table.js';
import { callOptions } from './settings.js';
import type { StoreFunction } from './store/index.js';
import { dress, instanceOf, type AnyFunction } from './wrapping.js';

/** What wrappers of data and of resources are made of. */
export interface CachedFunctionParts {
  readonly original: AnyFunction;
  readonly keyer: Keyer;
  readonly shelf: Pick<Shelf<unknown>, 'size' | 'bytes' | 'removeKey' | 'clear'>;
  readonly flights: Pick<FlightTable<unknown>, 'outdate' | 'outdateAll'>;
  readonly report: Reporter;
  readonly store: StoreFunction | undefined;
}

/** The life of the calls of one function. */
export interface Calls {
  /** A promise of the result, or an iterator of the items. */
  call(self: unknown, args: readonly unknown[], options?: CallOptions): unknown;
  refresh(self: unknown, args: readonly unknown[]): unknown;
  has(self: unknown, args: readonly unknown[]): boolean;
  peek(self: unknown, args: readonly unknown[]): unknown;
}

/** The invalidation of something that has no store. */
const HERE_ONLY: Invalidation = Object.freeze({ store: 'none' });

/** A cached asynchronous function as its caller sees it, and as its cache owns it; `close` lets everything go. */
export function buildCachedFunction(
  { original, keyer, shelf, flights, report, store }: CachedFunctionParts,
  calls: Calls,
  close: () => Promise<readonly CacheError[]>,
): Built {
  function wrapper(this: unknown, ...args: readonly unknown[]): unknown {
    return calls.call(this, args);
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
    refresh(this: unknown, ...args: readonly unknown[]): unknown {
      return calls.refresh(instanceOf(this, wrapper), args);
    },
    has(this: unknown, ...args: readonly unknown[]): boolean {
      return calls.has(instanceOf(this, wrapper), args);
    },
    peek(this: unknown, ...args: readonly unknown[]): unknown {
      return calls.peek(instanceOf(this, wrapper), args);
    },
    keyOf(this: unknown, ...args: readonly unknown[]): string {
      return showKey(keyer.keyOf(instanceOf(this, wrapper), args));
    },
    stats: () => report.stats(shelf.size, shelf.bytes),
    withOptions(given: CallOptions) {
      const options = callOptions(given, `${report.fn}.withOptions`);
      return function withOptions(this: unknown, ...args: readonly unknown[]): unknown {
        return calls.call(instanceOf(this, wrapper), args, options);
      };
    },
  };

  return { wrapper: dress(wrapper, original, methods), owned: { stats: methods.stats, clearHere, close } };
}

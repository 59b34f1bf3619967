import type { Invalidation } from './cached.js';
import type { Built } from './host.js';
import { showKey, type Keyer } from './key/index.js';
import type { Entry, Shelf } from './memory/index.js';
import type { Explanation } from './observe/explanation.js';
import type { Reporter } from './reporter.js';
import type { FlightTable } from './run/flight-table.js';
import type { FunctionScope } from './scope/index.js';
import type { StoreFunction } from './store/index.js';
import { dress, instanceOf, type AnyFunction } from './wrapping.js';

/** What wrappers of data and of resources are made of. */
export interface CachedFunctionParts {
  readonly original: AnyFunction;
  readonly keyer: Keyer;
  readonly shelf: Pick<Shelf<Entry>, 'size' | 'bytes' | 'removeKey' | 'clear'>;
  readonly flights: Pick<FlightTable<unknown>, 'outdate' | 'outdateAll'>;
  readonly report: Reporter;
  readonly scope: FunctionScope | undefined;
  readonly store: StoreFunction | undefined;
}

/** The life of the calls of one function; `P` is what one call may say for itself. */
export interface Calls<P> {
  /** A promise of the result, or an iterator of the items. */
  call(self: unknown, args: readonly unknown[], policy?: P): unknown;
  /** Answers a call with one argument, where there is hardly anything to do; undefined where there is. */
  hit?(only: unknown): unknown;
  /** Reads, once, what `withOptions` was given. */
  readPolicy(given: unknown, where: string): P;
  refresh(self: unknown, args: readonly unknown[]): unknown;
  has(self: unknown, args: readonly unknown[]): boolean;
  peek(self: unknown, args: readonly unknown[]): unknown;
  explain(self: unknown, args: readonly unknown[]): Promise<Explanation>;
}

/** The invalidation of something that has no store. */
const HERE_ONLY: Invalidation = Object.freeze({ store: 'none' });

/** Methods that only one kind of function has; `selfOf` tells whom one that was called on `this` is about. */
export type OwnMethods = (selfOf: (self: unknown) => unknown) => object;

/** A cached asynchronous function as its caller sees it, and as its cache owns it. */
export function buildCachedFunction<P>(
  { original, keyer, shelf, flights, report, scope, store }: CachedFunctionParts,
  calls: Calls<P>,
  ownMethods: OwnMethods,
): Built {
  function all(this: unknown, ...args: readonly unknown[]): unknown {
    return calls.call(this, args);
  }
  /* oxlint-disable prefer-rest-params -- V8 hands these on without making a list of them. */
  function wrapper(this: unknown, only: unknown): unknown {
    const answer = arguments.length === 1 ? calls.hit?.(only) : undefined;
    return answer === undefined ? Reflect.apply(all, this, arguments) : answer;
  }
  /* oxlint-enable prefer-rest-params */

  function drop(reason: 'clear' | 'close'): void {
    flights.outdateAll();
    shelf.clear(reason);
  }

  const methods = {
    original,
    async delete(this: unknown, ...args: readonly unknown[]): Promise<Invalidation> {
      const key = keyer.keyOf(instanceOf(this, wrapper), args);
      flights.outdate(key);
      shelf.removeKey(key, 'delete');
      const sent = store?.delete(key);
      // Whoever hears of it and calls again finds nothing older, also not in the store.
      report.deleted(key);
      return sent === undefined ? HERE_ONLY : { store: await sent };
    },
    async clear(): Promise<Invalidation> {
      const here = scope?.clearHere();
      if (here !== undefined) {
        report.cleared();
        return here;
      }
      drop('clear');
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
    explain(this: unknown, ...args: readonly unknown[]): Promise<Explanation> {
      return calls.explain(instanceOf(this, wrapper), args);
    },
    keyOf(this: unknown, ...args: readonly unknown[]): string {
      return showKey(keyer.textOf(instanceOf(this, wrapper), args));
    },
    stats: () => report.stats(shelf.size, shelf.bytes),
    withOptions(given: unknown) {
      const policy = calls.readPolicy(given, `${report.fn}.withOptions`);
      return function withOptions(this: unknown, ...args: readonly unknown[]): unknown {
        return calls.call(instanceOf(this, wrapper), args, policy);
      };
    },
    ...ownMethods((self) => instanceOf(self, wrapper)),
  };

  return {
    wrapper: dress(wrapper, original, methods),
    owned: { stats: methods.stats, clearHere: () => drop('clear'), close: () => drop('close') },
  };
}

import { DataSyncFunction, type DataSyncParts } from './data-sync-function.js';
import { MORE } from './fast-lane.js';
import type { Built } from '../host.js';
import { showKey } from '../key/index.js';
import type { Explanation } from '../observe/explanation.js';
import { dress, instanceOf } from '../wrapping.js';

/** A cached synchronous function as its caller sees it, and as its cache owns it. */
export function buildCachedDataSync(parts: DataSyncParts): Built {
  const { original, keyer, shelf, report, scope } = parts;
  const calls = new DataSyncFunction(parts);
  scope?.join({
    has: (key) => calls.holds(key),
    drop: (key, reason) => calls.drop(key, reason),
    store: undefined,
  });

  function all(this: unknown, ...args: readonly unknown[]): unknown {
    return calls.call(this, args);
  }
  /* oxlint-disable prefer-rest-params -- V8 hands these on without making a list of them. */
  function wrapper(this: unknown, only: unknown): unknown {
    if (arguments.length === 1) {
      const answer = calls.hit(only);
      if (answer !== MORE) return answer;
    }
    return Reflect.apply(all, this, arguments);
  }
  /* oxlint-enable prefer-rest-params */
  const selfOf = (self: unknown): unknown => instanceOf(self, wrapper);

  const methods = {
    original,
    delete(this: unknown, ...args: readonly unknown[]): void {
      calls.delete(selfOf(this), args);
    },
    clear(): void {
      if (scope?.clearHere() === undefined) calls.clear();
      report.cleared();
    },
    expire(this: unknown, ...args: readonly unknown[]): void {
      calls.expire(selfOf(this), args);
    },
    prime(this: unknown, value: unknown, ...args: readonly unknown[]): void {
      calls.prime(selfOf(this), value, args);
    },
    refresh(this: unknown, ...args: readonly unknown[]): unknown {
      return calls.refresh(selfOf(this), args);
    },
    has(this: unknown, ...args: readonly unknown[]): boolean {
      return calls.usable(selfOf(this), args) !== undefined;
    },
    peek(this: unknown, ...args: readonly unknown[]): unknown {
      return calls.usable(selfOf(this), args)?.copy();
    },
    explain(this: unknown, ...args: readonly unknown[]): Explanation {
      return calls.explain(selfOf(this), args);
    },
    keyOf(this: unknown, ...args: readonly unknown[]): string {
      return showKey(keyer.textOf(selfOf(this), args));
    },
    stats: () => report.stats(shelf.size, shelf.bytes),
  };

  return {
    wrapper: dress(wrapper, original, methods),
    owned: {
      stats: methods.stats,
      clearHere: () => calls.clear(),
      close: () => calls.clear(),
    },
  };
}

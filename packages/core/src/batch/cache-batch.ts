import { buildCachedData } from '../data/cache-data.js';
import type { CallPolicy } from '../data/call-policy.js';
import { DataFunction } from '../data/data-function.js';
import type { DataFunctionParts } from '../data/data-parts.js';
import type { Built } from '../host.js';
import type { Keyer } from '../key/index.js';
import type { AnyFunction } from '../wrapping.js';
import { BatchRefreshes } from './batch-refreshes.js';
import type { Collector } from './collector.js';

/** What a batch function is made of: the parts of a data function of one id, and what loads the rows of many. */
export interface BatchParts extends Omit<DataFunctionParts, 'original' | 'context' | 'places' | 'runsLate'> {
  readonly load: AnyFunction;
  readonly collector: Collector;
}

/** A keyer of calls with one id, whatever else they are given: `ids.map(user)` gives places and lists as well. */
export function ofOneId(keyer: Keyer): Keyer {
  return {
    isPlain: keyer.isPlain,
    keyOf: (_self, args) => keyer.keyOf(undefined, args.slice(0, 1)),
    textOf: (_self, args) => keyer.textOf(undefined, args.slice(0, 1)),
    partsOf: (_self, args) => keyer.partsOf(undefined, args.slice(0, 1)),
  };
}

/** The calls of one id. */
class BatchFunction extends DataFunction {
  override call(_self: unknown, args: readonly unknown[], policy?: CallPolicy): Promise<unknown> {
    return super.call(undefined, args.slice(0, 1), policy);
  }

  /** The call of one id. */
  one(id: unknown, policy: CallPolicy | undefined): Promise<unknown> {
    return this.call(this, [id], policy);
  }

  override refresh(_self: unknown, args: readonly unknown[]): Promise<unknown> {
    return super.refresh(undefined, args.slice(0, 1));
  }

  override prime(_self: unknown, value: unknown, args: readonly unknown[]): Promise<void> {
    return super.prime(undefined, value, args.slice(0, 1));
  }
}

/** A cached batch function: a data function of one id, whose run waits for the load of its turn. */
export function buildCachedBatch({ load, collector, ...parts }: BatchParts): Built {
  const data: DataFunctionParts = {
    ...parts,
    original: (id: never) => collector.row(id),
    // A load has many callers, and so the context of none.
    context: 'detached',
    // It is loads that are limited, not ids.
    places: undefined,
    runsLate: true,
    refreshes: new BatchRefreshes(parts.refreshes),
  };
  const calls = new BatchFunction(data);

  /** What lists of ids need besides what one id has. */
  function manyOf(policy?: CallPolicy): (ids: readonly unknown[]) => Promise<unknown[]> {
    return async (ids) => Promise.all(ids.map((id) => calls.one(id, policy)));
  }

  const built = buildCachedData(data, { original: load, calls });
  Object.assign(built.wrapper, {
    many: manyOf(),
    withOptions(given: unknown) {
      const policy = calls.readPolicy(given, `${parts.report.fn}.withOptions`);
      const one = (id: unknown): Promise<unknown> => calls.one(id, policy);
      return Object.assign(one, { many: manyOf(policy) });
    },
  });
  return built;
}

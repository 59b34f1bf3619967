import { buildCachedData } from '../data/cache-data.js';
import { DataFunction } from '../data/data-function.js';
import type { DataFunctionParts } from '../data/data-parts.js';
import type { Built } from '../host.js';
import type { Keyer } from '../key/index.js';
import type { CallOptions } from '../options.js';
import type { Refreshes } from '../run/refresh.js';
import { callOptions } from '../settings.js';
import type { AnyFunction } from '../wrapping.js';
import { BatchFlights } from './batch-flights.js';
import { BatchRefreshes } from './batch-refreshes.js';
import type { BatchReporter } from './batch-reporter.js';
import { Collector } from './collector.js';
import type { IdOf } from './rows.js';

/** What a batch function is made of: the parts of a data function of one id, and what loads the rows of many. */
export interface BatchParts extends Omit<DataFunctionParts, 'original' | 'context' | 'flights'> {
  readonly load: AnyFunction;
  readonly idOf: IdOf | undefined;
  /** The most ids of one load. */
  readonly maxBatchSize: number;
  /** Milliseconds. */
  readonly flightTimeout: number;
  readonly refreshes: Pick<Refreshes, 'run'>;
  readonly report: BatchReporter;
}

/** The calls of one id. Whatever else they are given is left out: `ids.map(user)` gives places and lists as well. */
class BatchFunction extends DataFunction {
  override call(_self: unknown, args: readonly unknown[], options?: CallOptions): Promise<unknown> {
    return super.call(undefined, args.slice(0, 1), options);
  }

  /** The call of one id. */
  one(id: unknown, options: CallOptions | undefined): Promise<unknown> {
    return this.call(this, [id], options);
  }

  override refresh(_self: unknown, args: readonly unknown[], options?: CallOptions): Promise<unknown> {
    return super.refresh(undefined, args.slice(0, 1), options);
  }
}

/** A cached batch function: a data function of one id, whose run waits for the load of its turn. */
export function buildCachedBatch({ load, maxBatchSize, flightTimeout, ...parts }: BatchParts): Built {
  const keyer: Keyer = { keyOf: (_self, args) => parts.keyer.keyOf(undefined, args.slice(0, 1)) };
  const collector = new Collector({ ...parts, load, keyer }, maxBatchSize);
  const data: DataFunctionParts = {
    ...parts,
    keyer,
    original: (id: never) => collector.row(id),
    // A load has many callers, and so the context of none.
    context: 'detached',
    flights: new BatchFlights(flightTimeout, collector),
    refreshes: new BatchRefreshes(parts.refreshes),
  };
  const calls = new BatchFunction(data);

  /** What lists of ids need besides what one id has. */
  function manyOf(options?: CallOptions): (ids: readonly unknown[]) => Promise<unknown[]> {
    return async (ids) => Promise.all(ids.map((id) => calls.one(id, options)));
  }

  const built = buildCachedData(data, { original: load, calls });
  Object.assign(built.wrapper, {
    many: manyOf(),
    withOptions(given: CallOptions) {
      const options = callOptions(given, `${parts.report.fn}.withOptions`);
      const one = (id: unknown): Promise<unknown> => calls.one(id, options);
      return Object.assign(one, { many: manyOf(options) });
    },
  });
  return built;
}

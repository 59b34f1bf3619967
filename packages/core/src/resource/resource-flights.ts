import { inRootContext } from '../context.js';
import type { CallOptions } from '../options.js';
import type { Flight } from '../run/flight.js';
import type { Limit } from '../run/waiter.js';
import type { Holding } from './holding.js';
import { untilDeadline, type Patience } from './patience.js';
import type { ResourceEntry } from './resource-entry.js';
import type { ResourceParts } from './resource-parts.js';
import type { BuildCall, ResourceRun } from './resource-run.js';

/** One call of a resource function. */
export interface ResourceCall extends BuildCall {
  readonly options: CallOptions;
  /** When its caller has waited long enough. */
  readonly deadline: number;
  /** Beside that, when its caller may be served otherwise. */
  readonly limits: readonly Limit<never>[];
}

/** How callers wait for the runs of one resource function, and which runs nobody waits for. */
export class ResourceFlights {
  readonly #parts: ResourceParts;
  readonly #run: ResourceRun;

  constructor(parts: ResourceParts, run: ResourceRun) {
    this.#parts = parts;
    this.#run = run;
  }

  /** How long the caller of a call waits for whatever it takes. */
  patience({ options, deadline, limits }: ResourceCall): Patience {
    return { signal: options.signal, limits: [...limits, ...untilDeadline(this.#parts, deadline)] };
  }

  /** Waits for a run, as one of its callers. */
  wait(flight: Flight<Holding>, call: ResourceCall): Promise<Holding> {
    const { flights, report } = this.#parts;
    return flight.wait({ fn: report.fn, ...this.patience(call), onDeserted: () => flights.desert(flight) });
  }

  /** Builds another behind one past its ttl, unless that is under way, failed lately, or the limit is reached. */
  rebuildBehind({ key, self, args, met }: BuildCall, stale: ResourceEntry): void {
    const { host, flights, report } = this.#parts;
    const { clock, refreshCooldown } = host.settings;
    const now = clock.now();
    if (now < stale.retryAt) {
      report.refreshSkipped(key, 'cooldown');
      return;
    }
    if (flights.joinable(key, now) !== undefined) return;
    const call = { key, self, args, met, options: {}, deadline: Infinity, limits: [] };
    const late = this.#run.lateArguments(call);
    const rebuild = async (): Promise<void> => {
      try {
        // It waits as a caller does, so that it is not deserted when one who joined it leaves.
        await this.wait(this.#run.start(call, { behind: true, late }), call);
      } catch {
        // The run's own `failed` event has told of it; it is tried again after the cooldown.
        stale.retryAt = clock.now() + refreshCooldown;
      }
    };
    const runs = inRootContext(() => host.refreshes.run(rebuild, now, flights.flightTimeout));
    if (!runs) report.refreshSkipped(key, 'limit');
  }
}

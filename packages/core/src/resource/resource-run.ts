import { inRootContext } from '../context.js';
import { argumentsChanged, cacheClosed } from '../errors/index.js';
import { ValueEntry } from '../memory/index.js';
import { DESERTED, type Flight } from '../run/flight.js';
import { LateArguments, type KeyedCall } from '../run/late-arguments.js';
import { runWithin } from '../run/run-context.js';
import type { Holding } from './holding.js';
import { resourceEntry, uselessFrom, type ResourceEntry } from './resource-entry.js';
import { newFlight } from './resource-flight.js';
import type { ResourceParts } from './resource-parts.js';
import { checkResource } from './resource-value.js';

/** What a run is for: a call (with what was there before, when it is to outlive the run), or a rebuild behind a stale one. */
export interface RunPurpose {
  readonly old?: Holding | undefined;
  readonly behind?: boolean | undefined;
  /** The arguments, where the run may have to stand in line. */
  readonly late: LateArguments | undefined;
}

/** One call that may build. */
export interface BuildCall extends KeyedCall {
  /** The resources among the arguments. */
  readonly met: readonly object[];
}

/** What one flight does: runs the factory, and puts what it builds in its place. */
export class ResourceRun {
  readonly #parts: ResourceParts;

  constructor(parts: ResourceParts) {
    this.#parts = parts;
  }

  /** The arguments of a call whose run may have to stand in line, as they are now and in the caller's async context. */
  lateArguments(call: BuildCall): LateArguments | undefined {
    const { places, keyer, report } = this.#parts;
    return places === undefined ? undefined : LateArguments.of(call, keyer, report.fn);
  }

  /** Starts a flight, as the one that callers of its key join from now on. */
  start({ key, self, args, met }: BuildCall, { old, behind = false, late }: RunPurpose): Flight<Holding> {
    const { host, flights, context, owner, report } = this.#parts;
    // Nothing else of the call: a run that never ends must not hold on to what its caller said for itself.
    const call = { key, self, args, met };
    const run = host.nextRun();
    const { clock } = host.settings;
    const flight = newFlight<Holding>({ table: flights, fn: report.fn, key, cache: host, clock, run, behind });
    host.holdings.begin(flight, owner, old);
    const start = (): void => flights.start(flight, () => this.#fly(flight, call, late));
    if (context === 'detached') inRootContext(start);
    else start();
    return flight;
  }

  async #fly(flight: Flight<Holding>, call: BuildCall, late: LateArguments | undefined): Promise<Holding> {
    const { host, flights, places, report } = this.#parts;
    let started = this.#now();
    let holding: Holding;
    try {
      const wait = places?.enter(flight, report.fn);
      // Awaited only where there is a wait: what may begin begins in the turn in which it was asked for.
      const args = wait === undefined ? call.args : await this.#inLine(flight, late, wait);
      started = this.#now();
      holding = this.#settle(flight, call, await this.#make(flight, { ...call, args }), this.#now() - started);
    } catch (error) {
      // Left before it is told: whoever hears of it and asks again builds anew.
      flights.leave(flight);
      report.failed(call.key, this.#now() - started, error);
      throw error;
    } finally {
      places?.leave(flight);
      host.holdings.end(flight);
    }
    if (host.closed) throw cacheClosed(report.fn);
    return holding;
  }

  /** Waits for a place, and reads the arguments again: whoever called may have changed them. */
  async #inLine(
    flight: Flight<Holding>,
    late: LateArguments | undefined,
    wait: Promise<void>,
  ): Promise<readonly unknown[]> {
    const { host, report } = this.#parts;
    await wait;
    if (flight.deserted) throw DESERTED;
    if (host.closed) throw cacheClosed(report.fn);
    flight.run = host.nextRun();
    const args = late?.now();
    flight.changed = args === undefined;
    if (args === undefined) throw argumentsChanged(report.fn);
    return args;
  }

  async #make(flight: Flight<Holding>, { key, self, args }: KeyedCall): Promise<unknown> {
    const { original, report } = this.#parts;
    report.started(key);
    return runWithin(flight, () => Reflect.apply(original, self, args));
  }

  #settle(flight: Flight<Holding>, call: BuildCall, resource: unknown, duration: number): Holding {
    const { host, shelf, flights, report, owner, introduce } = this.#parts;
    const { key, run } = flight;
    const holding = host.holdings.hold(flight, owner, resource);
    introduce(holding, call);
    const newer = (shelf.get(key)?.value.run ?? 0) > run;
    const keeps = !flight.outdated && !host.closed && !newer;
    if (keeps) this.#keep(flight, holding, { computeMs: duration, madeOf: call.met });
    else host.holdings.letGo(holding, 'discard');
    flights.leave(flight);
    report.computed(key, duration, keeps);
    return holding;
  }

  #keep(flight: Flight<Holding>, holding: Holding, made: Pick<ResourceEntry, 'computeMs' | 'madeOf'>): void {
    const { host, shelf, flights, report, life } = this.#parts;
    const { key, run } = flight;
    try {
      checkResource(holding.resource, report.fn);
    } catch (error) {
      host.holdings.letGo(holding, 'discard');
      throw error;
    }
    flights.outdateOlder(key, (other) => other.run < run);
    const now = this.#now();
    const value = resourceEntry(holding, run, now, life, made);
    const entry = shelf.set(key, new ValueEntry(value), 0, uselessFrom(value, now));
    // Whoever was told of what it has pushed out may have invalidated.
    if (entry !== undefined && flight.outdated) shelf.remove(entry, 'discard');
  }

  #now(): number {
    return this.#parts.host.settings.clock.now();
  }
}

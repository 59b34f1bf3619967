import { stateOf, type DataEntry } from './data-entry.js';
import { DataRun, type DataOutcome } from './data-run.js';
import type { DataFunctionParts } from './data-parts.js';
import { recursiveCall } from '../errors.js';
import type { MissReason } from '../events.js';
import { inRootContext } from '../context.js';
import { Flight } from '../run/flight.js';
import { LateArguments, type KeyedCall } from '../run/late-arguments.js';
import type { CallOptions } from '../options.js';
import { currentRun } from '../run/run-context.js';

/** One call: what it is about, and what it said for itself. */
export interface DataCall extends KeyedCall {
  readonly options: CallOptions;
}

const NO_OPTIONS: CallOptions = {};

/** The life of the calls of one data function: from memory, by joining a run, or by starting one. */
export class DataFunction {
  readonly #parts: DataFunctionParts;
  readonly #run: DataRun;

  constructor(parts: DataFunctionParts) {
    this.#parts = parts;
    this.#run = new DataRun(parts);
  }

  /** Answers a call; every failure is a rejection. */
  call(self: unknown, args: readonly unknown[], options: CallOptions = NO_OPTIONS): Promise<unknown> {
    const { host, keyer } = this.#parts;
    if (!host.settings.enabled || host.closed) return this.#passThrough(self, args);
    let key: string;
    try {
      key = keyer.keyOf(self, args);
      options.signal?.throwIfAborted();
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#answer({ key, self, args, options });
  }

  /** From memory if it can; this is the hit path. */
  #answer(call: DataCall): Promise<unknown> {
    const { shelf, host, report } = this.#parts;
    const entry = shelf.get(call.key);
    if (entry === undefined) return this.#fly(call, 'cold', undefined);
    const now = host.settings.clock.now();
    const state = stateOf(entry.value, now);
    switch (state) {
      case 'fresh':
        shelf.touch(entry);
        report.hit(call.key, 'memory', now - entry.value.createdAt, call.options);
        return Promise.resolve(entry.value.kept.copy());
      case 'stale':
        shelf.touch(entry);
        report.stale(call.key, now - entry.value.createdAt, 'revalidate', call.options);
        this.#refreshBehind(call, entry.value);
        return Promise.resolve(entry.value.kept.copy());
      case 'fallback':
        return this.#fly(call, 'expired', entry.value);
      case 'expired':
        shelf.remove(entry, 'expire');
        return this.#fly(call, state, undefined);
      case 'invalidated':
        shelf.remove(entry, 'delete');
        return this.#fly(call, state, undefined);
      case 'memory-ttl':
        shelf.remove(entry, 'expire');
        return this.#fly(call, state, undefined);
    }
  }

  /** By joining the run of the key, or starting one. */
  async #fly(call: DataCall, reason: MissReason, fallback: DataEntry | undefined): Promise<unknown> {
    const { flights, generations, keyer, report } = this.#parts;
    const joined = this.#joinable(call.key);
    if (joined === undefined) return this.#lead(call, reason, fallback);
    report.join(call.key, call.options);
    const position = generations.position;
    const late = new LateArguments(call, keyer, report.fn);
    const outcome = await this.#wait(joined, call);
    const outdatedAt = outcome.outdatedAt;
    if (outcome.own || (outdatedAt !== undefined && outdatedAt <= position)) {
      // The run turned out not to be this caller's: it came after what outdated it, or had other arguments (hazard 13).
      flights.setApart(joined);
      const args = late.now();
      // Arguments that have another key now make this another call.
      return args === undefined ? this.call(call.self, call.args, call.options) : this.#answer({ ...call, args });
    }
    return this.#run.handOut(outcome);
  }

  /** By starting a run, and telling in the caller's own async context how it was answered. */
  async #lead(call: DataCall, reason: MissReason, fallback: DataEntry | undefined): Promise<unknown> {
    const { report } = this.#parts;
    const { key, options } = call;
    let outcome: DataOutcome;
    try {
      outcome = await this.#wait(this.#start(call, reason, fallback), call);
    } catch (error) {
      report.miss(key, reason, options);
      throw error;
    }
    const { source } = outcome;
    switch (source.type) {
      case 'run':
        report.miss(key, source.reason, options);
        break;
      case 'store':
        report.hit(key, 'store', source.age, options);
        break;
      case 'stale':
        report.stale(key, source.age, source.cause, options);
        if (source.cause === 'revalidate') {
          const args = source.late.now();
          if (args !== undefined) this.#refreshBehind({ ...call, args }, source.entry);
        }
        break;
    }
    return this.#run.handOut(outcome);
  }

  #joinable(key: string): Flight<DataOutcome> | undefined {
    const { flights, generations, settings } = this.#parts;
    const flight = flights.joinable(key, this.#now());
    if (flight === undefined) return undefined;
    if (generations.firstInvalidation(flight.position, settings.staticTags) === undefined) return flight;
    flights.outdate(key);
    return undefined;
  }

  #start({ key, self, args }: KeyedCall, reason: MissReason, fallback: DataEntry | undefined): Flight<DataOutcome> {
    const { flights, generations, host, context } = this.#parts;
    // Nothing else of the call: a run that never ends must not hold on to what its caller said for itself.
    const call = { key, self, args };
    const run = host.nextRun();
    const flight = new Flight<DataOutcome>({
      table: flights,
      key,
      run,
      position: generations.position,
      startedAt: this.#now(),
    });
    const start = (): void => flights.start(flight, () => this.#run.fly(flight, call, reason, fallback));
    // Nothing of a run belongs to the request that happened to start it (hazards 22 and 31).
    if (context === 'detached') inRootContext(start);
    else start();
    return flight;
  }

  #wait(flight: Flight<DataOutcome>, call: DataCall): Promise<DataOutcome> {
    const { flights, report } = this.#parts;
    return flight.wait(report.fn, call.options.signal, () => flights.desert(flight));
  }

  /** Starts one refresh behind a stale answer, unless one is under way, failed lately, or the limit is reached. */
  #refreshBehind(call: DataCall, stale: DataEntry): void {
    const { host, flights, refreshes } = this.#parts;
    if (this.#now() < stale.retryAt || flights.joinable(call.key, this.#now()) !== undefined) return;
    const refresh = async (): Promise<void> => {
      try {
        // It waits as a caller does, so that it is not deserted when one who joined it leaves.
        await this.#wait(this.#start(call, 'refresh', undefined), { ...call, options: NO_OPTIONS });
      } catch {
        // The run's own `failed` event has told of it; it is tried again after the cooldown.
        stale.retryAt = this.#now() + host.settings.refreshCooldown;
      }
    };
    inRootContext(() => refreshes.run(refresh, this.#now(), flights.flightTimeout));
  }

  /** Runs now, whatever is kept or under way, and hands out what it returns. */
  async refresh(self: unknown, args: readonly unknown[], options: CallOptions = NO_OPTIONS): Promise<unknown> {
    const { host, keyer, report } = this.#parts;
    if (!host.settings.enabled || host.closed) return this.#passThrough(self, args);
    const call = { key: keyer.keyOf(self, args), self, args, options };
    if (this.#parts.flights.runsInside(currentRun(), call.key)) throw recursiveCall(report.fn);
    return this.#lead(call, 'refresh', undefined);
  }

  /** Whether memory holds what a call would be served; nothing is counted and nobody asked. */
  has(self: unknown, args: readonly unknown[]): boolean {
    return this.#usable(self, args) !== undefined;
  }

  /** A copy of it. */
  peek(self: unknown, args: readonly unknown[]): unknown {
    return this.#usable(self, args)?.kept.copy();
  }

  #usable(self: unknown, args: readonly unknown[]): DataEntry | undefined {
    const { keyer, shelf } = this.#parts;
    const entry = shelf.get(keyer.keyOf(self, args))?.value;
    if (entry === undefined) return undefined;
    const state = stateOf(entry, this.#now());
    return state === 'fresh' || state === 'stale' ? entry : undefined;
  }

  /** What a disabled or closed cache does: it runs the function, as detached as ever, and keeps nothing. */
  async #passThrough(self: unknown, args: readonly unknown[]): Promise<unknown> {
    const { original, context, report } = this.#parts;
    report.started();
    const run = (): unknown => Reflect.apply(original, self, args);
    return context === 'detached' ? inRootContext(run) : run();
  }

  #now(): number {
    return this.#parts.host.settings.clock.now();
  }
}

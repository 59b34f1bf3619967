import type { CallPolicy } from './call-policy.js';
import { stateOf, type DataEntry } from './data-entry.js';
import { isLimited, type DataCall, type DataFlights } from './data-flights.js';
import { isInstead, type DataFailure, type DataOutcome, type Uncacheable } from './data-outcome.js';
import type { DataFunctionParts } from './data-parts.js';
import { someCanBeRead } from '../input/index.js';
import { onlyOfKey } from '../key/index.js';
import type { Flight } from '../run/flight.js';
import { LateArguments } from '../run/late-arguments.js';
import { currentRecorder } from '../run/run-context.js';
import { OTHER_INPUTS, type WaitOptions } from '../run/waiter.js';

/** Where a call goes that a run turned out not to answer. */
export interface Again {
  call(self: unknown, args: readonly unknown[], policy: CallPolicy): Promise<unknown>;
  answer(call: DataCall): Promise<unknown>;
}

/** How callers are answered by what a run has come to. */
export interface Answering {
  afterFailure(
    call: DataCall,
    flight: Flight<DataOutcome>,
    outcome: DataFailure,
    fallback: DataEntry | undefined,
  ): unknown;
  take(call: DataCall, outcome: Uncacheable): unknown;
  serveStale(call: DataCall, entry: DataEntry, cause: 'error' | 'timeout'): unknown;
  handOut(call: DataCall, entry: DataEntry): unknown;
}

/** What one who joins a run does when it is over. */
interface Joiner {
  readonly flight: Flight<DataOutcome>;
  readonly call: DataCall;
  readonly ends: (outcome: DataOutcome) => unknown;
  readonly fails: (error: unknown) => unknown;
}

/** A joiner that stands for all who call by the same single argument, while nothing is invalidated. */
interface Crowd extends Joiner {
  readonly only: unknown;
  readonly position: number;
  readonly waits: WaitOptions<DataOutcome>;
}

/** The calls of one data function that wait for a run of another caller. */
export class DataJoins {
  readonly #parts: DataFunctionParts;
  readonly #flights: DataFlights;
  readonly #answering: Answering;
  readonly #again: Again;
  #crowd: Crowd | undefined;

  constructor(parts: DataFunctionParts, flights: DataFlights, answering: Answering, again: Again) {
    this.#parts = parts;
    this.#flights = flights;
    this.#answering = answering;
    this.#again = again;
  }

  /** Joins a run. `fallback` is what memory has that may be served instead. */
  join(flight: Flight<DataOutcome>, call: DataCall, fallback: DataEntry | undefined): Promise<unknown> {
    const { keyer, report } = this.#parts;
    report.join(call.key, call.policy);
    const late = LateArguments.unlessFixed({ key: call.base, self: call.self, args: call.args }, keyer, report.fn);
    const joiner = this.#joiner(flight, call, fallback, late);
    if (late === undefined && fallback === undefined) this.#gather(joiner);
    return this.#follow(this.#flights.wait(flight, call, fallback, this.#flights.sameInputs()), joiner);
  }

  /**
   * Joins a run by the only argument of a call that memory has nothing for, where whoever joined it last differs in nothing;
   * undefined when there is more to find out. Thousands may come while one run is under way: what each of them needs is made once.
   */
  joinCrowd(only: unknown): Promise<unknown> | undefined {
    const crowd = this.#crowd;
    if (crowd === undefined || crowd.only !== only) return undefined;
    const { flight, call, waits } = crowd;
    const { generations, report } = this.#parts;
    const isAlike = crowd.position === generations.position && currentRecorder() === undefined && !someCanBeRead();
    if (!isAlike || this.#flights.joinable(call.key) !== flight) return undefined;
    report.join(call.key, call.policy);
    return this.#follow(flight.wait(waits), crowd);
  }

  /** What is invalidated is logged until this caller has been answered. (The run has seen to it so far.) */
  #follow(waiting: Promise<DataOutcome>, { ends, fails }: Joiner): Promise<unknown> {
    this.#parts.generations.enter();
    return waiting.then(ends, fails);
  }

  #joiner(
    flight: Flight<DataOutcome>,
    call: DataCall,
    fallback: DataEntry | undefined,
    late: LateArguments | undefined,
  ): Joiner {
    const { generations, flights } = this.#parts;
    const { position } = generations;
    const since = isLimited(call.policy) ? this.#now() : undefined;
    const ends = (outcome: DataOutcome): unknown => {
      this.#disperse(flight);
      try {
        if (this.#isFor(call, flight, outcome, position)) return this.#answer(flight, call, outcome, fallback);
        flights.setApart(flight);
        return this.#lookAgain(call, late, since);
      } finally {
        generations.leave();
      }
    };
    const fails = (error: unknown): unknown => {
      this.#disperse(flight);
      try {
        // What the run reads is another for this caller (hazards 23 and 55).
        if (error === OTHER_INPUTS) return this.#lookAgain(call, late, since);
        throw error;
      } finally {
        generations.leave();
      }
    };
    return { flight, call, ends, fails };
  }

  /** Lets those who call alike share a joiner, where a call is known by its only argument and says nothing for itself. */
  #gather(joiner: Joiner): void {
    const { aliases, failures, settings, generations, report, flights } = this.#parts;
    const { flight, call } = joiner;
    const { policy } = call;
    // As memory finds its entries by it: what has none by that has none by this key.
    const only = aliases === undefined ? undefined : onlyOfKey(call.key);
    const isPlain = failures === undefined && policy === settings.policy && !isLimited(policy);
    if (only === undefined || !isPlain || currentRecorder() !== undefined) return;
    const waits = { fn: report.fn, signal: undefined, limits: [], onDeserted: () => flights.desert(flight) };
    this.#crowd = { ...joiner, only, position: generations.position, waits };
  }

  /** A run is over: nobody joins it any more. */
  #disperse(flight: Flight<DataOutcome>): void {
    if (this.#crowd?.flight === flight) this.#crowd = undefined;
  }

  #answer(flight: Flight<DataOutcome>, call: DataCall, outcome: DataOutcome, fallback: DataEntry | undefined): unknown {
    switch (outcome.type) {
      case 'failure':
        return this.#answering.afterFailure(call, flight, outcome, fallback);
      case 'uncacheable':
        return this.#answering.take(call, outcome);
      case 'answer':
        if (isInstead(outcome)) return this.#answering.serveStale(call, outcome.entry, outcome.source.cause);
        this.#parts.report.joined(flight.lasted);
        return this.#answering.handOut(call, outcome.entry);
    }
  }

  /** What it waits from now on is what is left of its timeouts, if it has any, since it has begun to wait. */
  #lookAgain(call: DataCall, late: LateArguments | undefined, since: number | undefined): Promise<unknown> {
    const args = late === undefined ? call.args : late.now();
    const waited = since === undefined ? 0 : this.#now() - since;
    const policy = waited === 0 ? call.policy : { ...call.policy, waited: call.policy.waited + waited };
    // Arguments that have another key now make this another call.
    return args === undefined
      ? this.#again.call(call.self, call.args, policy)
      : this.#again.answer({ ...call, args, policy });
  }

  /**
   * Whether the outcome of a run that it joined is an answer for this call: not if what outdated it came before the call
   * (hazard 13), if it had other arguments, or if it found something that is too old for this one.
   */
  #isFor({ policy }: DataCall, flight: Flight<DataOutcome>, outcome: DataOutcome, position: number): boolean {
    if (outcome.type === 'answer' && isInstead(outcome)) return true;
    if (flight.changed) return false;
    if (outcome.type !== 'answer') return true;
    const { outdatedAt, source, entry } = outcome;
    if (outdatedAt !== undefined && outdatedAt <= position) return false;
    if (source.type === 'run') return true;
    const state = stateOf(entry, this.#now(), policy);
    return state === 'fresh' || (state === 'stale' && source.type === 'stale');
  }

  #now(): number {
    return this.#parts.host.settings.clock.now();
  }
}

import type { DataEntry } from './data-entry.js';
import type { DataCall, DataFlights } from './data-flights.js';
import { DataJoins, type Again } from './data-joins.js';
import type { DataAnswer, DataFailure, DataOutcome, Uncacheable } from './data-outcome.js';
import type { DataFunctionParts } from './data-parts.js';
import { EarlyLooks } from './early-look.js';
import type { Failure } from './failures.js';
import { passedOn } from './passed-on.js';
import type { DataRun } from './data-run.js';
import { placeIn, type Acts } from '../effect/index.js';
import type { MissReason } from '../events.js';
import { type Flight } from '../run/flight.js';
import { record } from '../run/inherited.js';
import { currentRecorder } from '../run/run-context.js';

/** Answers the calls of one data function that memory has no answer for. */
export class DataAnswers {
  readonly #parts: DataFunctionParts;
  readonly #run: DataRun;
  readonly #flights: DataFlights;
  /** How calls are answered by the runs of others. */
  readonly joins: DataJoins;
  readonly #early: EarlyLooks | undefined;

  constructor(parts: DataFunctionParts, run: DataRun, flights: DataFlights, again: Again) {
    this.#parts = parts;
    this.#run = run;
    this.#flights = flights;
    this.joins = new DataJoins(
      parts,
      flights,
      {
        afterFailure: (call, flight, outcome, fallback) => this.#afterFailure(call, flight, outcome, fallback),
        take: (call, outcome) => this.#take(call, outcome),
        serveStale: (call, entry, cause) => this.#serveStale(call, entry, cause),
        handOut: (call, entry) => this.#handOut(call, entry),
      },
      again,
    );
    this.#early = EarlyLooks.of(parts, flights, run.keeper, {
      hit: (call, entry) => this.#hitStore(call, entry),
      flown: (call, flight, waiting, reason) => this.#told(call, flight, waiting, reason, undefined),
    });
  }

  /**
   * By a failure that is kept (which it may throw), by joining the run of the key, or by starting one. Without a `reason`
   * memory has nothing of the key.
   */
  fly(call: DataCall, reason: MissReason | undefined, fallback: DataEntry | undefined): Promise<unknown> {
    const failure = this.#keptFailure(call.key, fallback);
    if (failure !== undefined) return Promise.resolve(this.#failAgain(placed(call), failure, fallback));
    const joined = this.#flights.joinable(call.key);
    if (joined !== undefined) return this.joins.join(joined, placed(call), fallback);
    if (reason !== undefined) return this.lead(call, reason, fallback);
    if (this.#early?.fits(call) === true) return this.#early.look(call);
    return this.lead(call, this.#parts.report.goneBecause(call.key) ?? 'cold', undefined);
  }

  /** By starting a run, and telling in the caller's own async context how it was answered. */
  lead(given: DataCall, reason: MissReason, fallback: DataEntry | undefined): Promise<unknown> {
    const call = placed(given);
    const late = this.#flights.lateArguments(call);
    const flight = this.#flights.start(call, { reason, freshness: call.policy, primed: undefined, late }, false);
    const waiting = this.#flights.wait(flight, call, fallback);
    // Until a caller has been answered, what is invalidated is logged: it may concern what would be served instead. (The
    // run has seen to it so far.)
    this.#parts.generations.enter();
    return this.#told(call, flight, waiting, reason, fallback);
  }

  /** Tells, in the caller's own async context, how a call was answered that has started a run. */
  #told(
    call: DataCall,
    flight: Flight<DataOutcome>,
    waiting: Promise<DataOutcome>,
    reason: MissReason,
    fallback: DataEntry | undefined,
  ): Promise<unknown> {
    return waiting.then(
      (outcome) => this.#led(call, flight, outcome, fallback),
      (error: unknown) => this.#left(call, reason, error),
    );
  }

  /** A failure that is kept, where it answers: otherwise the store may have something stale, and a flight is to find out. */
  #keptFailure(key: string, fallback: DataEntry | undefined): Failure | undefined {
    const { failures, store, settings } = this.#parts;
    const answers = fallback !== undefined || store === undefined || settings.retention === 0;
    return answers ? failures?.get(key, this.#now()) : undefined;
  }

  #failAgain(call: DataCall, failure: Failure, fallback: DataEntry | undefined): unknown {
    if (fallback !== undefined) return this.#serveStale(call, fallback, 'error');
    this.#parts.report.hit(call, 'memory', this.#now() - failure.failedAt, 0, call.policy);
    this.#act(call, failure.acts);
    throw failure.error;
  }

  #led(call: DataCall, flight: Flight<DataOutcome>, outcome: DataOutcome, fallback: DataEntry | undefined): unknown {
    const { generations, report } = this.#parts;
    try {
      switch (outcome.type) {
        case 'failure':
          return this.#afterFailure(call, flight, outcome, fallback, outcome.reason);
        case 'uncacheable':
          report.miss(call.key, outcome.reason, call.policy);
          return this.#take(call, outcome);
        case 'answer':
          return this.#tell(call, outcome);
      }
    } finally {
      generations.leave();
    }
  }

  /** The caller of a run has left before it has ended. */
  #left({ key, policy }: DataCall, reason: MissReason, error: unknown): never {
    const { generations, report } = this.#parts;
    generations.leave();
    report.miss(key, reason, policy);
    throw error;
  }

  /** Tells how the call was answered that started the run, and hands it out. */
  #tell(call: DataCall, { source, entry }: DataAnswer): unknown {
    const { report } = this.#parts;
    const { key, policy } = call;
    switch (source.type) {
      case 'run':
        report.miss(key, source.reason, policy);
        break;
      case 'store':
        report.hit(call, 'store', this.#now() - entry.createdAt, entry.computeMs, policy);
        break;
      case 'stale': {
        if (source.cause !== 'revalidate') return this.#serveStale(call, entry, source.cause);
        report.stale(key, this.#now() - entry.createdAt, entry.computeMs, source.cause, policy);
        const args = source.late.now();
        if (args !== undefined) this.#flights.refreshBehind({ ...call, ...source.variant, args });
        break;
      }
    }
    return this.#handOut(call, entry);
  }

  /** The store has answered, and there was no need for a run. */
  #hitStore(call: DataCall, entry: DataEntry): unknown {
    const { generations, report } = this.#parts;
    try {
      report.hit(call, 'store', this.#now() - entry.createdAt, entry.computeMs, call.policy);
      return this.#handOut(call, entry);
    } finally {
      generations.leave();
    }
  }

  /** Something stale if that is allowed, else the error; `missed` says why it had run, for the one who started the run. */
  #afterFailure(
    call: DataCall,
    flight: Flight<DataOutcome>,
    { error, acts, failedAt, mayBeStale }: DataFailure,
    fallback: DataEntry | undefined,
    missed?: MissReason,
  ): unknown {
    const stale = mayBeStale ? this.#run.instead(flight, fallback, call.policy, 'error') : undefined;
    if (stale !== undefined) return this.#serveStale(call, stale.entry, 'error');
    const { report } = this.#parts;
    if (missed !== undefined && failedAt === undefined) report.miss(call.key, missed, call.policy);
    else if (missed !== undefined) report.hit(call, 'memory', this.#now() - (failedAt ?? 0), 0, call.policy);
    this.#act(call, acts);
    throw error;
  }

  #serveStale(call: DataCall, entry: DataEntry, cause: 'error' | 'timeout'): unknown {
    this.#parts.report.stale(call.key, this.#now() - entry.createdAt, 0, cause, call.policy);
    return this.#handOut(call, entry);
  }

  /** One caller's copy, which passes on what it carries. */
  #handOut(call: DataCall, entry: DataEntry): unknown {
    const recorder = currentRecorder();
    if (recorder !== undefined) record(recorder, passedOn(this.#parts, entry, this.#now()));
    this.#act(call, entry.acts);
    return entry.copy();
  }

  /** A value that is no data goes to the first who takes it. */
  #take(call: DataCall, outcome: Uncacheable): unknown {
    this.#act(call, outcome.acts);
    if (outcome.taken) throw outcome.error;
    outcome.taken = true;
    return outcome.value;
  }

  /** Lets effects act for the caller of a call. */
  #act({ key, place }: DataCall, acts: Acts | undefined): void {
    const { host, report } = this.#parts;
    if (acts !== undefined) host.effects.handOut(acts, place, report.fn, key);
  }

  #now(): number {
    return this.#parts.host.settings.clock.now();
  }
}

/** A call with the place of its effects in the run that makes it, which it takes when it is made (hazard 30). */
function placed(call: DataCall): DataCall {
  const place = call.place ?? placeIn(currentRecorder());
  return place === undefined ? call : { ...call, place };
}

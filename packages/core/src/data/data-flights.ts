import type { CallPolicy } from './call-policy.js';
import type { DataEntry } from './data-entry.js';
import type { DataAnswer, DataOutcome } from './data-outcome.js';
import type { DataFunctionParts } from './data-parts.js';
import type { DataRun } from './data-run.js';
import type { Errand } from './errand.js';
import { wouldReplace } from './would-replace.js';
import { inRootContext } from '../context.js';
import type { Place } from '../effect/index.js';
import { callTimeout } from '../errors/index.js';
import { callerContext, isWithin, keyOfPath, lookHere, Reads, someCanBeRead, type Read } from '../input/index.js';
import { Flight } from '../run/flight.js';
import { type Limit } from '../run/waiter.js';
import { LateArguments, type KeyedCall } from '../run/late-arguments.js';

/** One call, and which variant of it is asked for. */
export interface LocatedCall extends KeyedCall {
  /** Its key without inputs. */
  readonly base: string;
  /** The inputs in its key, as far as they are known. */
  readonly path: readonly Read[];
}

/** One call: what it is about, and what governs it. */
export interface DataCall extends LocatedCall {
  readonly policy: CallPolicy;
  /** Where its effects belong, when a run waits for it; undefined when they act where it is answered. */
  readonly place?: Place | undefined;
}

const NO_LIMITS: readonly Limit<DataOutcome>[] = [];

/** How somebody waits who is no caller. */
export const WAITS_FOR_EVER: CallPolicy = {
  signal: undefined,
  observe: undefined,
  waited: 0,
  forceFresh: false,
  freshWithin: Infinity,
  staleWhileRevalidate: 0,
  staleIfError: 0,
  softTimeout: undefined,
  hardTimeout: undefined,
};

/** The runs of one data function: starting, joining and waiting for them. */
export class DataFlights {
  readonly #parts: DataFunctionParts;
  readonly #run: DataRun;

  constructor(parts: DataFunctionParts, run: DataRun) {
    this.#parts = parts;
    this.#run = run;
  }

  /** The flight that a call of a key may join. */
  joinable(key: string): Flight<DataOutcome> | undefined {
    const { flights, generations, settings } = this.#parts;
    // Most keys have none, and then it does not matter what time it is.
    const flight = flights.find(key) && flights.joinable(key, this.#now());
    if (flight === undefined) return undefined;
    if (generations.firstInvalidation(flight.position, settings.staticTags) === undefined) return flight;
    flights.outdate(key);
    return undefined;
  }

  /** The arguments of a call whose run will begin later than it, as they are now and in the caller's async context. */
  lateArguments({ base, self, args }: LocatedCall): LateArguments | undefined {
    const { runsLate, keyer, report } = this.#parts;
    return runsLate ? LateArguments.of({ key: base, self, args }, keyer, report.fn) : undefined;
  }

  /** Starts a run of a call; `behind` a stale answer, when it is so. */
  start(
    { key, base, path, self, args }: LocatedCall,
    { reason, freshness, primed, late, early }: Omit<Errand, 'call' | 'path'>,
    behind: boolean,
  ): Flight<DataOutcome> {
    const { flights, generations, host, context, settings, report } = this.#parts;
    const { staleWhileRevalidate, staleIfError, freshWithin } = freshness;
    const errand: Errand = {
      call: { key, self, args },
      path,
      reason,
      freshness: { staleWhileRevalidate, staleIfError, freshWithin },
      primed,
      late,
      early,
    };
    const flight = new Flight<DataOutcome>({
      table: flights,
      fn: report.fn,
      key,
      cache: host,
      clock: host.settings.clock,
      run: early?.run ?? host.nextRun(),
      position: early?.position ?? generations.position,
      startedAt: early?.startedAt,
      behind,
      inherits: settings.inherits,
      replays: true,
    });
    // What began early began when nothing could be read.
    if (early === undefined) flight.reads = this.#readsOf(flight, base, behind ? path : undefined);
    const start = (): void => flights.start(flight, () => this.#run.fly(flight, errand), late);
    // Nothing of a run belongs to the request that happened to start it (hazards 22 and 31).
    if (context === 'detached') inRootContext(start);
    else start();
    return flight;
  }

  /** What a run may read: of its caller, or what the value had read that it refreshes (hazard 25). */
  #readsOf(flight: Flight<DataOutcome>, base: string, given: readonly Read[] | undefined): Reads | undefined {
    const { flights, variants, report } = this.#parts;
    if (!someCanBeRead()) return undefined;
    const onRead = (read: Read): void => {
      // What is newer stays where it is found, though its run has read something else (hazard 16).
      if (!wouldReplace(this.#parts, flight, reads.path, (there) => there.run > flight.run)) {
        variants.branch(base, reads.path.slice(0, -1), read.input);
      }
      const key = keyOfPath(base, reads.path);
      // As it was expected: whoever waits has looked there, because it is the same for them.
      if (isWithin(flight.key, key)) return;
      flights.rekey(flight, key);
      flight.hasRead(read);
    };
    const onFailed = (): void => {
      flights.setApart(flight);
      flight.letOthersGo();
    };
    const reads: Reads = new Reads(base, report.fn, given ?? callerContext(), onRead, onFailed);
    return reads;
  }

  /** Whether what a run reads is the same for who calls now; undefined when nothing can be read. */
  sameInputs(): ((read: Read) => boolean) | undefined {
    if (!someCanBeRead()) return undefined;
    const inContext = callerContext();
    return ({ input, text }) => inContext(() => lookHere(input)?.text === text);
  }

  /** Waits for a run as its caller does; `fallback` is what memory has that may be served instead. */
  wait(
    flight: Flight<DataOutcome>,
    call: DataCall,
    fallback: DataEntry | undefined,
    isSame?: (read: Read) => boolean,
  ): Promise<DataOutcome> {
    const { flights, report } = this.#parts;
    return flight.wait({
      fn: report.fn,
      signal: call.policy.signal,
      limits: isLimited(call.policy) ? this.#limits(flight, call, fallback) : NO_LIMITS,
      isSame,
      onDeserted: () => flights.desert(flight),
    });
  }

  /** Something stale after `softTimeout`, if there is; that or an error after `hardTimeout`. */
  #limits(
    flight: Flight<DataOutcome>,
    { policy }: DataCall,
    fallback: DataEntry | undefined,
  ): readonly Limit<DataOutcome>[] {
    const { softTimeout, hardTimeout, waited } = policy;
    const stale = (): DataAnswer | undefined => this.#run.instead(flight, fallback, policy, 'timeout');
    const left = (timeout: number): number => Math.max(0, timeout - waited);
    const limits: Limit<DataOutcome>[] = [];
    if (softTimeout !== undefined) limits.push({ after: left(softTimeout), instead: stale });
    if (hardTimeout === undefined) return limits;
    const last = (): DataAnswer => {
      const answer = stale();
      if (answer === undefined) throw callTimeout(this.#parts.report.fn, hardTimeout);
      return answer;
    };
    limits.push({ after: left(hardTimeout), instead: last });
    return limits;
  }

  /** Starts one refresh behind a stale answer, unless one is under way, failed lately, or the limit is reached. */
  refreshBehind(call: DataCall): void {
    const { host, flights, settings, refreshes, report, cooldowns } = this.#parts;
    if (!cooldowns.isOver(call.key, this.#now())) {
      report.refreshSkipped(call.key, 'cooldown');
      return;
    }
    if (flights.joinable(call.key, this.#now()) !== undefined) return;
    const late = this.lateArguments(call);
    const refresh = async (): Promise<void> => {
      const errand = { reason: 'refresh', freshness: settings.policy, primed: undefined, late } as const;
      const flight = this.start(call, errand, true);
      // It waits as a caller does, so that it is not deserted when one who joined it leaves.
      const outcome = await this.wait(flight, { ...call, policy: WAITS_FOR_EVER }, undefined);
      // The run's own `failed` event has told of a failure; it is tried again after the cooldown.
      const isDiscarded = outcome.type === 'failure' || flight.reads?.hasFailed === true;
      const hasFailed = isDiscarded && !flight.outdated && !flight.changed;
      if (hasFailed) cooldowns.begin(call.key, this.#now() + host.settings.refreshCooldown);
    };
    const runs = inRootContext(() => refreshes.run(refresh, this.#now(), flights.flightTimeout));
    if (!runs) report.refreshSkipped(call.key, 'limit');
  }

  #now(): number {
    return this.#parts.host.settings.clock.now();
  }
}

/** Whether a call does not wait for whatever it takes. */
export function isLimited({ softTimeout, hardTimeout }: CallPolicy): boolean {
  return softTimeout !== undefined || hardTimeout !== undefined;
}

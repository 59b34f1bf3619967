import { keep } from '../copy/index.js';
import { callPolicy, type CallPolicy } from './call-policy.js';
import { DataAnswers } from './data-answers.js';
import { stateOf, uselessFrom, type DataEntry } from './data-entry.js';
import { DataFlights, WAITS_FOR_EVER, type DataCall } from './data-flights.js';
import type { DataFunctionParts } from './data-parts.js';
import { FastLane } from './fast-lane.js';
import { isKnownHit } from './known-hit.js';
import { passedOn } from './passed-on.js';
import { DataRun } from './data-run.js';
import { inRootContext } from '../context.js';
import { expireIn } from './expire.js';
import { placeIn } from '../effect/index.js';
import { recursiveCall } from '../errors/index.js';
import { callerContext, Reads, someCanBeRead, type Located, type Read } from '../input/index.js';
import { explainData } from '../observe/explain-data.js';
import type { Explanation } from '../observe/explanation.js';
import { Flight } from '../run/flight.js';
import { record, type Recorder } from '../run/inherited.js';
import { currentRecorder, currentRun, runWithin } from '../run/run-context.js';
import { untilAborted } from '../run/until-aborted.js';
import { inRootContextWithScopes } from '../scope/index.js';

const NO_PATH: readonly Read[] = [];
const NOTHING = (): void => undefined;

/** The life of the calls of one data function. */
export class DataFunction {
  readonly #parts: DataFunctionParts;
  readonly #flights: DataFlights;
  readonly #answers: DataAnswers;
  readonly #lane: FastLane;
  readonly #aliases: DataFunctionParts['aliases'];
  readonly #policy: CallPolicy;

  constructor(parts: DataFunctionParts) {
    this.#parts = parts;
    this.#aliases = parts.aliases;
    this.#policy = parts.settings.policy;
    this.#lane = new FastLane(parts);
    const run = new DataRun(parts);
    this.#flights = new DataFlights(parts, run);
    this.#answers = new DataAnswers(parts, run, this.#flights, {
      call: (self, args, policy) => this.call(self, args, policy),
      answer: (call) => this.#answer({ ...call, ...this.#located(call.base) }, currentRecorder()),
    });
  }

  /** Answers a call with one argument by what memory has or others wait for, where that is all; undefined when it is not. */
  hit(only: unknown): Promise<unknown> | undefined {
    const known = this.#aliases?.singles.get(only);
    if (known === undefined) return this.#answers.joins.joinCrowd(only);
    return this.#lane.takes(known) ? this.#handOut(known) : undefined;
  }

  #handOut(known: DataEntry): Promise<unknown> {
    try {
      return Promise.resolve(this.#lane.answer(known));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Answers a call; every failure is a rejection. */
  call(self: unknown, args: readonly unknown[], policy: CallPolicy = this.#policy): Promise<unknown> {
    const known = this.#aliases?.find(args);
    if (known === undefined || policy !== this.#policy || !this.#lane.takes(known)) {
      return this.#longWay(self, args, policy, known);
    }
    return this.#handOut(known);
  }

  /** The same, where there may be more to do; `known` is what an alias leads to. */
  #longWay(
    self: unknown,
    args: readonly unknown[],
    policy: CallPolicy,
    known: DataEntry | undefined,
  ): Promise<unknown> {
    const { host, keyer } = this.#parts;
    if (!host.settings.enabled || host.closed) return this.#passThrough(self, args, policy.signal);
    try {
      if (known !== undefined && isKnownHit(this.#parts, known, policy)) {
        this.#lane.admit(known);
        return this.#hit(known, host.coarse.now(), policy, currentRecorder());
      }
      const base = keyer.keyOf(self, args);
      policy.signal?.throwIfAborted();
      const recorder = currentRecorder();
      const governed = recorder?.refreshes === true ? withoutStale(policy) : policy;
      const { key, path } = this.#located(base);
      const call = { key, base, path, self, args, policy: governed };
      return policy.forceFresh ? this.#force(call) : this.#answer(call, recorder);
    } catch (error) {
      // An argument without a key, a signal, a failure that is kept, or a codec that does not decode any more.
      return Promise.reject(error);
    }
  }

  #hit(entry: DataEntry, now: number, policy: CallPolicy, recorder: Recorder | undefined): Promise<unknown> {
    const { shelf, host, report } = this.#parts;
    shelf.touch(entry);
    report.hit(entry, 'memory', Math.max(0, now - entry.createdAt), entry.computeMs, policy);
    if (recorder !== undefined) record(recorder, passedOn(this.#parts, entry, this.#now()));
    if (entry.acts !== undefined) host.effects.handOut(entry.acts, placeIn(recorder), report.fn, entry.key);
    return Promise.resolve(entry.copy());
  }

  /** Where a call is to look, by the inputs of its caller. */
  #located(base: string): Located {
    const { variants } = this.#parts;
    return variants.isEmpty ? { key: base, path: NO_PATH } : variants.locate(base);
  }

  /** What `withOptions` was given, over what the function says. What is kept from now on stays long enough for it. */
  readPolicy(given: unknown, where: string): CallPolicy {
    const { settings, context } = this.#parts;
    const policy = callPolicy(given, { policy: settings.policy, hasTtl: settings.hasTtl, context }, where);
    settings.retain(policy);
    return policy;
  }

  /** From memory if it can; this is the hit path. */
  #answer(call: DataCall, recorder: Recorder | undefined): Promise<unknown> {
    const { shelf, aliases, host, report, settings } = this.#parts;
    const entry = shelf.get(call.key);
    if (entry === undefined) return this.#answers.fly(call, undefined, undefined);
    const now = host.settings.clock.now();
    const state = stateOf(entry, now, call.policy);
    switch (state) {
      case 'fresh':
        if (call.key === call.base) aliases?.note(call.args, entry);
        return this.#hit(entry, now, call.policy, recorder);
      case 'stale':
        shelf.touch(entry);
        report.stale(call.key, now - entry.createdAt, entry.computeMs, 'revalidate', call.policy);
        if (recorder !== undefined) record(recorder, passedOn(this.#parts, entry, now));
        if (entry.acts !== undefined) host.effects.handOut(entry.acts, placeIn(recorder), report.fn, call.key);
        this.#flights.refreshBehind(call);
        return Promise.resolve(entry.copy());
      case 'fallback':
        return this.#answers.fly(call, 'expired', entry);
      case 'expired':
        // It may be of use to calls with a wider window, or a looser bound.
        if (now >= uselessFrom(entry, settings.retention)) shelf.remove(entry, 'expire');
        return this.#answers.fly(call, state, undefined);
      case 'invalidated':
        shelf.remove(entry, 'delete');
        return this.#answers.fly(call, 'tag', undefined);
      case 'memory-ttl':
        shelf.remove(entry, 'expire');
        return this.#answers.fly(call, state, undefined);
    }
  }

  /** Runs now, whatever is kept or under way, and hands out what it returns. */
  async refresh(self: unknown, args: readonly unknown[]): Promise<unknown> {
    const { host, keyer, settings } = this.#parts;
    if (!host.settings.enabled || host.closed) return this.#passThrough(self, args);
    const base = keyer.keyOf(self, args);
    return this.#force({ ...this.#located(base), base, self, args, policy: settings.policy });
  }

  async #force(call: DataCall): Promise<unknown> {
    const { flights, report } = this.#parts;
    if (flights.runsInside(currentRun(), call.key)) throw recursiveCall(report.fn);
    return this.#answers.lead(call, 'refresh', undefined);
  }

  /** Puts a value in the place of what is kept or under way, without running the function. */
  async prime(self: unknown, value: unknown, args: readonly unknown[]): Promise<void> {
    const { host, keyer, settings, keepOptions } = this.#parts;
    const key = keyer.keyOf(self, args);
    // What is given has read nothing: it takes the place of every variant.
    const call = { key, base: key, path: NO_PATH, self, args, policy: WAITS_FOR_EVER };
    const primed = keep(value, keepOptions(call.key));
    if (!host.settings.enabled || host.closed) return;
    const errand = { reason: 'refresh', freshness: settings.policy, primed, late: undefined } as const;
    if (someCanBeRead()) this.#parts.flights.outdateVariants(key);
    const flight = this.#flights.start(call, errand, false);
    const outcome = await this.#flights.wait(flight, call, undefined);
    if (outcome.type === 'failure') throw outcome.error;
  }

  /** Marks what is kept as stale: only stale windows serve it from now on. */
  expireHere(key: string): void {
    const { flights, failures, variants } = this.#parts;
    flights.outdate(key);
    flights.outdateVariants(key);
    failures?.drop(key);
    for (const each of [key, ...variants.keysOf(key)]) expireIn(this.#parts, each, this.#now());
  }

  /** What is known of a call; nothing is counted or changed. */
  explain(self: unknown, args: readonly unknown[]): Promise<Explanation> {
    return explainData(this.#parts, self, args);
  }

  /** Whether memory holds what a call would be served; nothing is counted and nobody asked. */
  has(self: unknown, args: readonly unknown[]): boolean {
    return this.#usable(self, args) !== undefined;
  }

  /** A copy of it. */
  peek(self: unknown, args: readonly unknown[]): unknown {
    return this.#usable(self, args)?.copy();
  }

  #usable(self: unknown, args: readonly unknown[]): DataEntry | undefined {
    const { keyer, shelf, settings } = this.#parts;
    const entry = shelf.get(this.#located(keyer.keyOf(self, args)).key);
    if (entry === undefined) return undefined;
    const state = stateOf(entry, this.#now(), settings.policy);
    return state === 'fresh' || state === 'stale' ? entry : undefined;
  }

  /** What a disabled or closed cache does: it runs the function, as detached as ever, and keeps nothing. */
  async #passThrough(self: unknown, args: readonly unknown[], signal?: AbortSignal): Promise<unknown> {
    const { original, context, report, host, settings, scope } = this.#parts;
    signal?.throwIfAborted();
    const { clock } = host.settings;
    const place = placeIn(currentRecorder());
    const of = { table: this, key: '', fn: report.fn, cache: host, clock, run: 0, position: 0, behind: false };
    const flight: Flight<unknown> = new Flight<unknown>({
      ...of,
      inherits: settings.inherits,
      replays: true,
      passesThrough: true,
    });
    if (someCanBeRead()) flight.reads = new Reads('', report.fn, callerContext(), NOTHING, NOTHING);
    report.started(undefined);
    const start = (): void => flight.begin(() => runWithin(flight, () => Reflect.apply(original, self, args)));
    if (context === 'caller') start();
    else if (scope === undefined) inRootContext(start);
    else inRootContextWithScopes(start);
    try {
      return await untilAborted(Promise.resolve(flight.outcome), signal);
    } finally {
      if (signal?.aborted !== true) host.effects.handOut(flight.script?.recorded(), place, report.fn, undefined);
    }
  }

  #now(): number {
    return this.#parts.host.settings.clock.now();
  }
}

/** Inside a refresh nothing stale is served (hazard 15). */
function withoutStale(policy: CallPolicy): CallPolicy {
  return { ...policy, staleWhileRevalidate: 0, staleIfError: 0 };
}

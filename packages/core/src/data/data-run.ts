import { keep, type Kept } from '../copy/index.js';
import type { Freshness } from './call-policy.js';
import { errorUntil, type DataEntry } from './data-entry.js';
import { DataKeeper } from './data-keeper.js';
import type { Errand, Plan } from './errand.js';
import type { DataAnswer, DataFailure, DataOutcome, DataSource } from './data-outcome.js';
import type { DataFunctionParts, DataStore } from './data-parts.js';
import { joinNewer } from './join-newer.js';
import { StoreSearch, type NotFound, type Searched } from './store-search.js';
import type { MissReason } from '../events.js';
import { keyOfPath, someCanBeRead } from '../input/index.js';
import { DESERTED, type Flight } from '../run/flight.js';
import type { Places } from '../run/places.js';
import { askWithin, runWithin } from '../run/run-context.js';
import type { Begun } from '../store/index.js';

/** What one flight does: asks the store, runs the function, keeps the result. */
export class DataRun {
  readonly #parts: DataFunctionParts;
  readonly keeper: DataKeeper;
  readonly #search: StoreSearch;

  constructor(parts: DataFunctionParts) {
    this.#parts = parts;
    this.keeper = new DataKeeper(parts);
    this.#search = new StoreSearch(parts, this.keeper);
  }

  /** The whole flight. It leaves the table in the very step in which it ends, so that nobody joins what is over. */
  async fly(flight: Flight<DataOutcome>, errand: Errand): Promise<DataOutcome> {
    const { flights, generations, variants } = this.#parts;
    generations.enter();
    try {
      const looking = this.#lookUp(flight, errand);
      const looked = looking === undefined ? undefined : await looking;
      if (looked !== undefined && 'found' in looked) {
        return this.#answer(flight, looked.found.entry, looked.found.source);
      }
      return await this.#steps(flight, errand, looked);
    } catch (error) {
      // What fails beside the function is told like what fails in it.
      return {
        type: 'failure',
        reason: errand.reason,
        error,
        acts: flight.script?.recorded(),
        failedAt: undefined,
        mayBeStale: false,
      };
    } finally {
      flights.leave(flight);
      if (flight.reads !== undefined) variants.tidy(flight.reads.base);
      generations.leave();
    }
  }

  /** Asks the store, where there is one and the errand is not to put something into it. */
  #lookUp(flight: Flight<DataOutcome>, errand: Errand): Promise<Searched> | undefined {
    const { store } = this.#parts;
    if (store === undefined || errand.primed !== undefined || errand.late === undefined) return undefined;
    flight.looking = true;
    return this.#search.lookUp(flight, errand, store, errand.late);
  }

  async #steps(flight: Flight<DataOutcome>, errand: Errand, asked: NotFound | undefined): Promise<DataOutcome> {
    const { places, host, store } = this.#parts;
    const { call, reason, late } = errand;
    const plan = { flight, call, args: call.args, reason, begun: undefined, primed: false, started: this.#now() };
    if (errand.primed !== undefined) return this.#prime(plan, errand.primed);
    if (late === undefined || (store === undefined && places === undefined)) return this.#compute(plan);
    flight.looking = true;
    const looked = asked ?? { reason, begun: undefined };
    const kept = this.#keptFailure(flight, looked.reason);
    if (kept !== undefined) return kept;
    const newer = flight.outdated ? await joinNewer(this.#parts, flight) : undefined;
    if (newer !== undefined) return newer;
    const wait = this.#takePlace({ ...plan, reason: looked.reason });
    // Awaited only where there is a wait: a run that may begin begins in the turn in which it was asked for.
    const refused = wait === undefined ? undefined : await wait;
    if (refused !== undefined) return refused;
    const args = late.now();
    flight.changed = args === undefined;
    // Two that begin one after the other may get the store's answers the other way round (hazard 16).
    flight.run = host.nextRun();
    flight.waitedSince = this.#now();
    flight.looking = false;
    return this.#inPlace(places, {
      ...plan,
      ...looked,
      args: args ?? call.args,
      started: this.#now(),
    });
  }

  /** A failure that is kept, in the place of a run: the store had nothing better. */
  #keptFailure(flight: Flight<DataOutcome>, reason: MissReason): DataFailure | undefined {
    const { flights, failures } = this.#parts;
    const kept = reason === 'refresh' ? undefined : failures?.get(flight.key, this.#now());
    if (kept === undefined) return undefined;
    flights.leave(flight);
    return { type: 'failure', reason, error: kept.error, acts: kept.acts, failedAt: kept.failedAt, mayBeStale: true };
  }

  /** Where runs are limited: the wait for a place, which ends with a failure when there will be none. */
  #takePlace(plan: Plan): Promise<DataFailure | undefined> | undefined {
    const { places, report } = this.#parts;
    const { flight } = plan;
    return places?.enter(flight, report.fn)?.then(
      () => {
        if (!flight.deserted) return undefined;
        places.leave(flight);
        // Nobody hears of it, and no run has failed.
        return unheard(plan, DESERTED);
      },
      (error: unknown) => this.#failed(plan, error),
    );
  }

  async #inPlace(places: Places | undefined, plan: Plan): Promise<DataOutcome> {
    try {
      return await this.#compute(plan);
    } finally {
      places?.leave(plan.flight);
    }
  }

  /** Runs the function, and keeps what it returns. */
  async #compute(plan: Plan): Promise<DataOutcome> {
    const { original, report } = this.#parts;
    const { flight, call } = plan;
    report.started(flight.key);
    let value: unknown;
    try {
      value = await runWithin(flight, () => Reflect.apply(original, call.self, plan.args));
    } catch (error) {
      this.#endReads(flight);
      this.#keepFailure(plan, error);
      return this.#failed(plan, error);
    }
    try {
      return this.#settle(plan, value);
    } catch (error) {
      return { ...this.#failed(plan, error), mayBeStale: false };
    }
  }

  /** What the function has read is known: by that, and nothing else, its result is kept (hazard 24). */
  #endReads(flight: Flight<DataOutcome>): void {
    const { reads } = flight;
    if (reads === undefined) return;
    reads.end();
    const key = keyOfPath(reads.base, reads.path);
    if (flight.key !== key) this.#parts.flights.rekey(flight, key);
  }

  /** Left before it is told: whoever hears of it and calls again starts anew. */
  #failed({ flight, reason, started }: Plan, error: unknown): DataFailure {
    const { flights, report } = this.#parts;
    flights.leave(flight);
    report.failed(flight.key, this.#now() - started, error);
    return { type: 'failure', reason, error, acts: flight.script?.recorded(), failedAt: undefined, mayBeStale: true };
  }

  #keepFailure(plan: Plan, error: unknown): void {
    const { failures, settings } = this.#parts;
    const ttl = settings.failureTtl(error);
    if (
      failures === undefined ||
      ttl === undefined ||
      plan.flight.isVariant ||
      !this.#isCurrent(plan, settings.staticTags)
    )
      return;
    const thrown = { error, acts: plan.flight.script?.recorded() };
    failures.keep(plan.flight.key, thrown, settings.staticTags, this.#now(), ttl);
  }

  /** Something stale in the place of what a flight did not give, unless it was invalidated meanwhile (hazard 14). */
  instead(
    flight: Flight<DataOutcome>,
    kept: DataEntry | undefined,
    freshness: Freshness,
    cause: 'error' | 'timeout',
  ): DataAnswer | undefined {
    const { generations, shelf } = this.#parts;
    const entry = this.#search.fallback(flight) ?? kept;
    if (entry === undefined || entry.dropped) return undefined;
    // What outdated the run may have been an `expire`: then the entry is still there, for this very case.
    if (flight.outdated && shelf.get(flight.key) !== entry) return undefined;
    // An entry that has left memory does not carry its tags any more: the log tells of them.
    if (generations.firstInvalidation(flight.position, entry.tags) !== undefined) return undefined;
    const now = this.#now();
    if (now >= entry.trustedUntil || now >= errorUntil(entry, freshness)) return undefined;
    const source = { type: 'stale', cause } as const;
    return { type: 'answer', source, entry, outdatedAt: undefined };
  }

  #settle(plan: Plan, value: unknown): DataOutcome {
    const { settings, keepOptions, report } = this.#parts;
    const { flight, args, reason } = plan;
    let kept: Kept;
    try {
      kept = keep(value, keepOptions(flight.key));
    } catch (error) {
      this.#endReads(flight);
      // What an invalidation has discarded need not be data; whoever computed it gets it as it is.
      if (!flight.outdated) throw error;
      this.#parts.flights.leave(flight);
      report.computed(flight.key, this.#now() - plan.started, false);
      return { type: 'uncacheable', reason, value, error, acts: flight.script?.recorded(), taken: false };
    }
    const [tags, ttl] = this.#said(plan, value);
    return this.#keep(plan, kept, tags, ttl, () => askWithin(flight, () => settings.wanted(value, args)));
  }

  /** What the options say of a result. An input that they read is the caller's, and the result varies by it. */
  #said({ flight, args }: Plan, value: unknown): readonly [tags: readonly string[], ttl: number | undefined] {
    const { settings } = this.#parts;
    try {
      return askWithin(flight, () => [settings.tagsOf(value, args), settings.ttlOf(value, args)]);
    } finally {
      this.#endReads(flight);
    }
  }

  async #prime(plan: Plan, kept: Kept): Promise<DataOutcome> {
    const { settings, store } = this.#parts;
    try {
      // Its callbacks get what the caller has given, not the master; and at once, before the caller can change the arguments.
      const value = kept.copy();
      const tags = settings.tagsOf(value, plan.args);
      const ttl = settings.ttlOf(value, plan.args);
      const begun = store && (await this.#beginPrime(plan.flight.key, store));
      return this.#keep({ ...plan, begun, primed: true, started: this.#now() }, kept, tags, ttl, () => true);
    } catch (error) {
      return unheard(plan, error);
    }
  }

  /**
   * The fences of a value that takes the place of every variant, also of those that other processes have stored. A store
   * that does not answer is not waited for: then the value is not stored, and what is there is deleted when that succeeds.
   */
  async #beginPrime(key: string, { entries }: DataStore): Promise<Begun> {
    const { settings } = this.#parts;
    const begun = await entries.begin(key, settings.staticTags);
    if (!someCanBeRead() || !begun.storable) return begun;
    await entries.delete(key);
    return entries.begin(key, settings.staticTags);
  }

  #keep(plan: Plan, kept: Kept, own: readonly string[], ttl: number | undefined, wanted: () => boolean): DataOutcome {
    const { flights, report, failures } = this.#parts;
    const { flight, begun, primed } = plan;
    const tags = this.keeper.tagsOf(flight, own);
    // Asked again after `when`, which may have invalidated; so may whoever is told of what the entry pushes out.
    const keeps = this.#isCurrent(plan, tags) && wanted() && this.#isCurrent(plan, tags);
    // The function has returned: that ends a failure, also when `when` refuses what it has returned.
    if (!keeps && this.#isCurrent(plan, tags)) failures?.drop(flight.key);
    const computeMs = this.#now() - plan.started;
    // What the clock alone refreshes may be undone by what the clock alone outdates.
    const replaces = primed || (plan.reason === 'refresh' && !flight.behind);
    const entry = this.keeper.keepResult(flight, begun, { kept, ttl, tags: own, computeMs, replaces }, keeps);
    const answer = this.#answer(flight, entry, { type: 'run', reason: plan.reason });
    flights.leave(flight);
    // What is put is no run.
    if (!primed) report.computed(flight.key, computeMs, keeps && this.#isThere(flight.key, entry));
    return answer;
  }

  /** Whether memory took an entry, or the store was given it: memory may be too small for it. */
  #isThere(key: string, entry: DataEntry): boolean {
    const { shelf, store } = this.#parts;
    return (store !== undefined && !entry.unstored) || shelf.get(key) === entry;
  }

  #answer(flight: Flight<DataOutcome>, entry: DataEntry, source: DataSource): DataAnswer {
    const outdatedAt = this.#parts.generations.firstInvalidation(flight.position, entry.tags);
    return { type: 'answer', source, entry, outdatedAt };
  }

  #isCurrent({ flight }: Plan, tags: readonly string[]): boolean {
    const { host, generations } = this.#parts;
    // What is made of an input that could not be read is for that caller alone, also when the function has caught it.
    if (flight.changed || flight.outdated || flight.reads?.hasFailed === true || host.closed) return false;
    return generations.firstInvalidation(flight.position, tags) === undefined;
  }

  #now(): number {
    return this.#parts.host.settings.clock.now();
  }
}

/** A failure that is no run's, and is told to those who wait alone. */
function unheard({ reason }: Plan, error: unknown): DataFailure {
  return { type: 'failure', reason, error, acts: undefined, failedAt: undefined, mayBeStale: false };
}

import { decodeValue, encodeValue } from '../codec/index.js';
import { adopt, keep, type Kept } from '../copy/index.js';
import { dataEntry, stateOf, uselessFrom, type DataEntry, type Life } from './data-entry.js';
import type { DataFunctionParts } from './data-parts.js';
import type { MissReason } from '../events.js';
import { missReason } from './miss-reason.js';
import type { Flight } from '../run/flight.js';
import { tagsOf } from '../run/generation.js';
import { LateArguments, type KeyedCall } from '../run/late-arguments.js';
import { runWithin } from '../run/run-context.js';
import type { Begun, StoredEntry, StoreFunction } from '../store/index.js';

/** Where an answer came from. */
export type DataSource =
  | { readonly type: 'run'; readonly reason: MissReason }
  | { readonly type: 'store'; readonly age: number; readonly computeMs: number }
  | { readonly type: 'stale'; readonly age: number; readonly cause: 'error' }
  | {
      readonly type: 'stale';
      readonly age: number;
      readonly cause: 'revalidate';
      readonly entry: DataEntry;
      /** What the refresh behind it is to be run with. */
      readonly late: LateArguments;
    };

/** How a flight ended, for everybody who waits for it. */
export interface DataOutcome {
  readonly source: DataSource;
  /** What is copied for each caller; undefined for a value that was outdated meanwhile and cannot be data. */
  readonly kept: Kept | undefined;
  /** That value; it goes to the first who takes it. */
  readonly uncacheable: { readonly value: unknown; readonly error: unknown; taken: boolean } | undefined;
  /** The position of the first tag invalidation that concerns it, since it began. */
  readonly outdatedAt: number | undefined;
  /** Whether it is an answer for the caller that started it alone: the arguments had changed when it ran. */
  readonly own: boolean;
}

/** What a run has to go by, beside the call itself. */
interface Plan {
  readonly flight: Flight<DataOutcome>;
  readonly call: KeyedCall;
  readonly args: readonly unknown[];
  readonly own: boolean;
  readonly reason: MissReason;
  readonly begun: Begun | undefined;
  /** What may be served when computing fails. */
  readonly fallback: DataEntry | undefined;
}

/** What one flight does: asks the store, runs the function, keeps the result. */
export class DataRun {
  readonly #parts: DataFunctionParts;

  constructor(parts: DataFunctionParts) {
    this.#parts = parts;
  }

  /** The whole flight. It leaves the table in the very step in which it ends, so that nobody joins what is over. */
  async fly(
    flight: Flight<DataOutcome>,
    call: KeyedCall,
    reason: MissReason,
    fallback: DataEntry | undefined,
  ): Promise<DataOutcome> {
    const { flights, generations, store } = this.#parts;
    generations.enter();
    try {
      const plan = { flight, call, args: call.args, own: false, reason, begun: undefined, fallback };
      return await (store === undefined ? this.#compute(plan) : this.#viaStore(plan, store));
    } finally {
      flights.leave(flight);
      generations.leave();
    }
  }

  /** One caller's copy. */
  handOut(outcome: DataOutcome): unknown {
    if (outcome.kept !== undefined) return outcome.kept.copy();
    const { uncacheable } = outcome;
    if (uncacheable === undefined || uncacheable.taken) throw uncacheable?.error;
    uncacheable.taken = true;
    return uncacheable.value;
  }

  async #viaStore(plan: Plan, store: StoreFunction): Promise<DataOutcome> {
    const { host, keyer, settings, report } = this.#parts;
    const { key } = plan.call;
    const late = new LateArguments(plan.call, keyer, report.fn);
    plan.flight.looking = true;
    const looked =
      plan.reason === 'refresh'
        ? { found: undefined, reason: plan.reason, begun: await store.begin(key, settings.staticTags) }
        : await store.lookup(key, settings.staticTags);
    const promoted = looked.found === undefined ? undefined : this.#promote(plan, looked.found, store);
    const answer = promoted === undefined ? undefined : this.#fromStore(plan, promoted, late);
    if (answer !== undefined) return answer;
    const args = late.now();
    // Two that begin one after the other may get the store's answers the other way round (hazard 16).
    plan.flight.run = host.nextRun();
    plan.flight.looking = false;
    return this.#compute({
      ...plan,
      args: args ?? plan.call.args,
      own: args === undefined,
      reason: missReason(plan.reason, looked, promoted !== undefined),
      begun: looked.begun,
      fallback: promoted === undefined ? plan.fallback : promoted.fallback,
    });
  }

  /** Turns a stored entry into one of memory, with the life that remains; undefined when its payload is not whole. */
  #promote(plan: Plan, found: StoredEntry, store: StoreFunction): Promoted | undefined {
    const { generations, settings, report } = this.#parts;
    const { flight, call } = plan;
    let kept: Kept;
    try {
      kept = adopt(decodeValue(found.payload), { fn: report.fn, mode: settings.copy });
    } catch (error) {
      store.damaged(call.key, 'its payload cannot be read', error);
      return undefined;
    }
    const { tags, age, ttl, computeMs } = found;
    const createdAt = this.#now() - age;
    const outdatedAt = generations.firstInvalidation(flight.position, tags);
    const began = createdAt - computeMs;
    const entry = this.#place(flight, kept, { ttl, createdAt, computeMs, began, tags, outdatedAt });
    return { entry, tags, age, fallback: outdatedAt === undefined ? entry : undefined };
  }

  #fromStore({ flight }: Plan, { entry, tags, age }: Promoted, late: LateArguments): DataOutcome | undefined {
    const { flights, generations } = this.#parts;
    const now = this.#now();
    if (now >= entry.freshUntil && now >= entry.revalidateUntil) return undefined;
    flights.leave(flight);
    const outdatedAt = generations.firstInvalidation(flight.position, tags);
    const shared = { kept: entry.kept, uncacheable: undefined, outdatedAt, own: false };
    if (now < entry.freshUntil) return { ...shared, source: { type: 'store', age, computeMs: entry.computeMs } };
    return { ...shared, source: { type: 'stale', age, cause: 'revalidate', entry, late } };
  }

  /** Runs the function, and keeps what it returns. */
  async #compute(plan: Plan): Promise<DataOutcome> {
    const { original, report } = this.#parts;
    const { flight, call } = plan;
    const started = this.#now();
    report.started();
    let value: unknown;
    try {
      value = await runWithin(flight, () => Reflect.apply(original, call.self, plan.args));
    } catch (error) {
      this.#failed(plan, started, error);
      const answer = this.#instead(plan);
      if (answer === undefined) throw error;
      return answer;
    }
    try {
      return this.#settle(plan, value, this.#now() - started);
    } catch (error) {
      this.#failed(plan, started, error);
      throw error;
    }
  }

  /** Left before it is told: whoever hears of it and calls again starts anew. */
  #failed({ flight, call }: Plan, started: number, error: unknown): void {
    const { flights, report } = this.#parts;
    flights.leave(flight);
    report.failed(call.key, this.#now() - started, error);
  }

  /** What is served when computing failed: a stale entry, unless it was invalidated meanwhile (hazard 14). */
  #instead({ flight, fallback }: Plan): DataOutcome | undefined {
    if (fallback === undefined || flight.outdated) return undefined;
    // An entry that has left memory does not carry its tags any more: the log tells of them.
    const tags = tagsOf(fallback.stamps);
    if (this.#parts.generations.firstInvalidation(flight.position, tags) !== undefined) return undefined;
    const now = this.#now();
    const state = stateOf(fallback, now);
    if (state === 'invalidated' || state === 'memory-ttl' || now >= fallback.errorUntil) return undefined;
    const source = { type: 'stale', age: now - fallback.createdAt, cause: 'error' } as const;
    return { source, kept: fallback.kept, uncacheable: undefined, outdatedAt: undefined, own: false };
  }

  #settle(plan: Plan, value: unknown, duration: number): DataOutcome {
    const { settings, generations, flights, report, store } = this.#parts;
    const { flight, call, args, own } = plan;
    const source = { type: 'run', reason: plan.reason } as const;
    let kept: Kept;
    try {
      kept = keep(value, { fn: report.fn, mode: settings.copy });
    } catch (error) {
      // What an invalidation has discarded need not be data; whoever computed it gets it as it is.
      if (!flight.outdated) throw error;
      flights.leave(flight);
      report.computed(call.key, duration, false);
      return { source, kept: undefined, uncacheable: { value, error, taken: false }, outdatedAt: undefined, own };
    }
    const tags = settings.tagsOf(value, args);
    const ttl = settings.ttlOf(value, args);
    // Asked again after `when`, which may have invalidated; so may whoever is told of what the entry pushes out.
    const keeps = this.#isCurrent(plan, tags) && settings.wanted(value, args) && this.#isCurrent(plan, tags);
    if (keeps) {
      const made = { ttl, createdAt: this.#now(), computeMs: duration, began: undefined, tags, outdatedAt: undefined };
      this.#place(flight, kept, made);
      this.#store(plan, store, { kept, ttl, tags, duration });
    }
    const outdatedAt = generations.firstInvalidation(flight.position, tags);
    flights.leave(flight);
    report.computed(call.key, duration, keeps);
    return { source, kept, uncacheable: undefined, outdatedAt, own };
  }

  #isCurrent({ flight, own }: Plan, tags: readonly string[]): boolean {
    const { host, generations } = this.#parts;
    if (own || flight.outdated || host.closed) return false;
    return generations.firstInvalidation(flight.position, tags) === undefined;
  }

  #store(
    { call, begun }: Plan,
    store: StoreFunction | undefined,
    value: {
      readonly kept: Kept;
      readonly ttl: number | undefined;
      readonly tags: readonly string[];
      duration: number;
    },
  ): void {
    if (store === undefined || begun === undefined || !begun.storable) return;
    const { staleWhileRevalidate, staleIfError } = this.#parts.settings;
    // Behind the answer: `keep` never rejects, and tells of its failures by events.
    void store.keep(call.key, begun, {
      encode: () => encodeValue(value.kept.master),
      ttl: value.ttl,
      staleWhileRevalidate: staleWhileRevalidate || undefined,
      staleIfError: staleIfError || undefined,
      computeMs: value.duration,
      tags: value.tags,
    });
  }

  /** Makes an entry and puts it into memory, unless what memory has is newer or this was outdated (hazard 16). */
  #place(flight: Flight<DataOutcome>, kept: Kept, made: Made): DataEntry {
    const { shelf, settings, generations, host, flights, store } = this.#parts;
    const { staleWhileRevalidate, staleIfError } = settings;
    const memoryTtl = store === undefined ? undefined : host.settings.memoryTtl;
    const life: Life = { ttl: made.ttl, staleWhileRevalidate, staleIfError, memoryTtl };
    const outdated = flight.outdated || host.closed || made.outdatedAt !== undefined;
    const held = !outdated && !this.#isOlder(flight, made);
    const stamps = held ? generations.stamp(made.tags) : [];
    const now = this.#now();
    const run = made.began === undefined ? flight.run : 0;
    const { createdAt, computeMs } = made;
    const entry = dataEntry(kept, life, { createdAt, computeMs, now, run, stamps });
    if (!held) return entry;
    const { began = Infinity } = made;
    flights.outdateOlder(flight.key, (other) => other.run < flight.run && other.startedAt < began);
    const placed = shelf.set(flight.key, entry, kept.bytes, uselessFrom(entry));
    if (placed === undefined) generations.release(stamps);
    else if (flight.outdated) shelf.remove(placed, 'delete');
    return entry;
  }

  /** Whether memory has something newer. A stored entry was computed before the flight that finds it began. */
  #isOlder(flight: Flight<DataOutcome>, made: Made): boolean {
    const there = this.#parts.shelf.get(flight.key)?.value;
    if (there === undefined) return false;
    return there.run > flight.run || (made.began !== undefined && there.createdAt >= made.createdAt);
  }

  #now(): number {
    return this.#parts.host.settings.clock.now();
  }
}

interface Made {
  readonly ttl: number | undefined;
  readonly createdAt: number;
  readonly computeMs: number;
  /** When its computation began, of what was found in the store: by that it is older or newer than a run. */
  readonly began: number | undefined;
  readonly tags: readonly string[];
  readonly outdatedAt: number | undefined;
}

interface Promoted {
  readonly entry: DataEntry;
  readonly tags: readonly string[];
  readonly age: number;
  /** The entry, when it may be served should computing fail. */
  readonly fallback: DataEntry | undefined;
}

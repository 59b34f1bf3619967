import { decodeValue, encodeValue } from '../codec/index.js';
import { adopt, keep, type Kept } from '../copy/index.js';
import type { DataCall } from './data-function.js';
import { dataEntry, stateOf, uselessFrom, type DataEntry, type Life } from './data-entry.js';
import type { DataFunctionParts } from './data-parts.js';
import type { MissReason } from '../events.js';
import type { Flight } from '../run/flight.js';
import { LateArguments } from '../run/late-arguments.js';
import { runWithin } from '../run/run-context.js';
import type { Begun, StoredEntry, StoreFunction } from '../store/index.js';

/** Where an answer came from. */
export type DataSource =
  | { readonly type: 'run'; readonly reason: MissReason }
  | { readonly type: 'store'; readonly age: number }
  | { readonly type: 'stale'; readonly age: number; readonly cause: 'revalidate' | 'error'; readonly entry: DataEntry };

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
  readonly call: DataCall;
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

  /** The whole flight. It leaves the table in the turn in which it ends, so that nobody joins what is over. */
  async fly(
    flight: Flight<DataOutcome>,
    call: DataCall,
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
    const { keyer, settings, report } = this.#parts;
    const { key, self } = plan.call;
    const late = new LateArguments(plan.call.args, report.fn);
    const looked =
      plan.reason === 'refresh'
        ? { found: undefined, reason: plan.reason, begun: await store.begin(key, settings.staticTags) }
        : await store.lookup(key, settings.staticTags);
    const promoted = looked.found === undefined ? undefined : this.#promote(plan, looked.found, store);
    const answer = promoted === undefined ? undefined : this.#fromStore(promoted);
    if (answer !== undefined) return answer;
    const args = late.for(key, (current) => keyer.keyOf(self, current));
    return this.#compute({
      ...plan,
      args: args ?? plan.call.args,
      own: args === undefined,
      reason: looked.reason,
      begun: looked.begun,
      fallback: promoted?.entry ?? plan.fallback,
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
    const outdatedAt = generations.firstInvalidation(flight.position, found.tags);
    const createdAt = this.#now() - found.age;
    const entry = this.#place(flight, kept, { ttl: found.ttl, createdAt, tags: found.tags, outdatedAt });
    return { entry, outdatedAt, age: found.age };
  }

  #fromStore({ entry, outdatedAt, age }: Promoted): DataOutcome | undefined {
    const now = this.#now();
    const shared = { kept: entry.kept, uncacheable: undefined, outdatedAt, own: false };
    if (now < entry.freshUntil) return { ...shared, source: { type: 'store', age } };
    if (now >= entry.revalidateUntil) return undefined;
    return { ...shared, source: { type: 'stale', age, cause: 'revalidate', entry } };
  }

  /** Runs the function, and keeps what it returns. */
  async #compute(plan: Plan): Promise<DataOutcome> {
    const { original, report } = this.#parts;
    const { flight, call } = plan;
    const started = this.#now();
    let value: unknown;
    try {
      value = await runWithin(flight, () => Reflect.apply(original, call.self, plan.args));
    } catch (error) {
      report.failed(call.key, this.#now() - started, error);
      const answer = this.#instead(plan);
      if (answer === undefined) throw error;
      return answer;
    }
    return this.#settle(plan, value, this.#now() - started);
  }

  /** What is served when computing failed: a stale entry, unless it was invalidated meanwhile (hazard 14). */
  #instead({ flight, fallback }: Plan): DataOutcome | undefined {
    if (fallback === undefined || flight.outdated) return undefined;
    const now = this.#now();
    const state = stateOf(fallback, now);
    if (state === 'invalidated' || state === 'memory-ttl' || now >= fallback.errorUntil) return undefined;
    const source = { type: 'stale', age: now - fallback.createdAt, cause: 'error', entry: fallback } as const;
    return { source, kept: fallback.kept, uncacheable: undefined, outdatedAt: undefined, own: false };
  }

  #settle(plan: Plan, value: unknown, duration: number): DataOutcome {
    const { host, settings, generations, report, store } = this.#parts;
    const { flight, call, args, own } = plan;
    const source = { type: 'run', reason: plan.reason } as const;
    let kept: Kept;
    try {
      kept = keep(value, { fn: report.fn, mode: settings.copy });
    } catch (error) {
      // What an invalidation has discarded need not be data; whoever computed it gets it as it is.
      if (!flight.outdated) throw error;
      return { source, kept: undefined, uncacheable: { value, error, taken: false }, outdatedAt: undefined, own };
    }
    const tags = settings.tagsOf(value, args);
    const ttl = settings.ttlOf(value, args);
    const outdatedAt = generations.firstInvalidation(flight.position, tags);
    const current = !own && !flight.outdated && !host.closed && outdatedAt === undefined;
    const keeps = current && settings.wanted(value, args);
    if (keeps) {
      this.#place(flight, kept, { ttl, createdAt: this.#now(), tags, outdatedAt });
      this.#store(plan, store, { kept, ttl, tags, duration });
    }
    report.computed(call.key, duration, keeps);
    return { source, kept, uncacheable: undefined, outdatedAt, own };
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
    const held = !flight.outdated && !host.closed && made.outdatedAt === undefined;
    const newer = (shelf.get(flight.key)?.value.run ?? 0) > flight.run;
    const stamps = held && !newer ? generations.stamp(made.tags) : [];
    const now = this.#now();
    const entry = dataEntry(kept, life, { createdAt: made.createdAt, now, run: flight.run, stamps });
    if (!held || newer) return entry;
    flights.outdateBefore(flight.key, flight.run);
    if (shelf.set(flight.key, entry, kept.bytes, uselessFrom(entry)) === undefined) generations.release(stamps);
    return entry;
  }

  #now(): number {
    return this.#parts.host.settings.clock.now();
  }
}

interface Made {
  readonly ttl: number | undefined;
  readonly createdAt: number;
  readonly tags: readonly string[];
  readonly outdatedAt: number | undefined;
}

interface Promoted {
  readonly entry: DataEntry;
  readonly outdatedAt: number | undefined;
  readonly age: number;
}

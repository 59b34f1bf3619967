import { inRootContext } from '../context.js';
import type { Lease } from '../cached.js';
import { cacheClosed, CacheError, recursiveCall, resourceAsksForItself } from '../errors/index.js';
import type { MissReason } from '../events.js';
import type { Entry } from '../memory/index.js';
import { explainResource } from '../observe/explain-resource.js';
import type { Explanation } from '../observe/explanation.js';
import type { CallOptions } from '../options.js';
import type { Flight } from '../run/flight.js';
import { LateArguments } from '../run/late-arguments.js';
import { checkResourceCallOptions } from '../settings/index.js';
import { currentRun } from '../run/run-context.js';
import { untilAborted } from '../run/until-aborted.js';
import type { Holding } from './holding.js';
import { leaseOf } from './lease.js';
import { isOutlived, stateOf, type ResourceEntry } from './resource-entry.js';
import type { ResourceParts } from './resource-parts.js';
import { ResourceRun, type BuildCall, type RunPurpose } from './resource-run.js';
import { Validation } from './validation.js';

interface ResourceCall extends BuildCall {
  readonly options: CallOptions;
}

const NO_OPTIONS: CallOptions = {};

/** The life of the calls of one resource function: use what is there if it is valid, or build it once for all. */
export class ResourceFunction {
  readonly #parts: ResourceParts;
  readonly #run: ResourceRun;
  readonly #validation: Validation | undefined;

  constructor(parts: ResourceParts) {
    this.#parts = parts;
    this.#run = new ResourceRun(parts);
    this.#validation = parts.validate === undefined ? undefined : new Validation(parts, parts.validate);
  }

  async call(self: unknown, args: readonly unknown[], options: CallOptions = NO_OPTIONS): Promise<unknown> {
    const run = currentRun();
    const holding = await this.#find(self, args, options);
    this.#parts.host.holdings.got(run, holding);
    return holding.resource;
  }

  readPolicy(given: unknown, where: string): CallOptions {
    return checkResourceCallOptions(given, where);
  }

  /** The resource of a call, which is not released before the lease has ended. */
  async lease(self: unknown, args: readonly unknown[]): Promise<Lease<unknown>> {
    const { host, report } = this.#parts;
    const holding = await this.#find(self, args, NO_OPTIONS);
    if (!host.holdings.use(holding)) throw cacheClosed(report.fn);
    return leaseOf(host.holdings, holding);
  }

  /** Builds a new one now, and puts it in the place of the old. */
  async refresh(self: unknown, args: readonly unknown[]): Promise<unknown> {
    const { host, keyer, flights, report, rebuild } = this.#parts;
    this.#checkOpen();
    const run = currentRun();
    const met: object[] = [];
    const call = { key: keyer.keyOf(self, args, met), self, args, met, options: NO_OPTIONS };
    if (flights.runsInside(run, call.key)) throw recursiveCall(report.fn);
    this.#checkNotInRelease(call.key);
    const holding = await (rebuild === 'build-first' ? this.#lead(call, 'refresh', {}) : this.#refreshExclusive(call));
    host.holdings.got(run, holding);
    return holding.resource;
  }

  /** What is known of a call; nothing is counted or changed. */
  async explain(self: unknown, args: readonly unknown[]): Promise<Explanation> {
    return explainResource(this.#parts, self, args);
  }

  /** Whether memory holds a resource that a call would be given; nothing is counted and it is not validated. */
  has(self: unknown, args: readonly unknown[]): boolean {
    return this.#usable(self, args) !== undefined;
  }

  /** The resource itself. */
  peek(self: unknown, args: readonly unknown[]): unknown {
    return this.#usable(self, args)?.resource;
  }

  #usable(self: unknown, args: readonly unknown[]): Holding | undefined {
    const { keyer, shelf } = this.#parts;
    const entry = shelf.get(keyer.keyOf(self, args))?.value;
    if (entry === undefined) return undefined;
    const state = stateOf(entry, this.#now());
    return state === 'fresh' || state === 'stale' ? entry.holding : undefined;
  }

  #find(self: unknown, args: readonly unknown[], options: CallOptions): Promise<Holding> {
    const met: object[] = [];
    const key = this.#parts.keyer.keyOf(self, args, met);
    options.signal?.throwIfAborted();
    return this.#use({ key, self, args, met, options });
  }

  async #use(call: ResourceCall): Promise<Holding> {
    const { shelf, report } = this.#parts;
    this.#checkOpen();
    this.#validation?.checkNotInside(call.key);
    this.#checkNotInRelease(call.key);
    const entry = shelf.get(call.key);
    if (entry === undefined) return this.#fly(call, report.goneBecause(call.key) ?? 'cold', undefined);
    const { holding } = entry.value;
    if (isOutlived(entry.value, call.met)) {
      shelf.remove(entry, 'invalid');
      return this.#fly(call, 'invalid', holding);
    }
    switch (stateOf(entry.value, this.#now())) {
      case 'fresh':
      case 'stale':
        shelf.touch(entry);
        holding.usedAt = this.#now();
        return this.#validation === undefined
          ? this.#hit(call, call.args, entry)
          : this.#validated(call, entry, this.#validation);
      case 'fallback':
        return this.#orStale(call, entry);
      case 'expired':
        shelf.remove(entry, 'expire');
        return this.#fly(call, 'expired', holding);
    }
  }

  /** `args` are what another is built with when this one is stale; undefined when they have changed meanwhile. */
  #hit(call: ResourceCall, args: readonly unknown[] | undefined, { value }: Entry<ResourceEntry>): Holding {
    const { report } = this.#parts;
    const now = this.#now();
    value.holding.usedAt = now;
    const age = now - value.createdAt;
    if (stateOf(value, now) === 'stale') {
      report.stale(call.key, age, value.computeMs, 'revalidate', call.options);
      if (args !== undefined) this.#rebuildBehind({ ...call, args, options: NO_OPTIONS }, value);
    } else {
      // Fresh, or it was when it began to be validated.
      report.hit(call.key, 'memory', age, value.computeMs, call.options);
    }
    return value.holding;
  }

  /** Asks `validate`; its verdict is about the instance that it saw, which may be gone by then (hazard 42). */
  async #validated(call: ResourceCall, entry: Entry<ResourceEntry>, validation: Validation): Promise<Holding> {
    const { shelf, keyer, report } = this.#parts;
    const { holding } = entry.value;
    const late = new LateArguments(call, keyer, report.fn);
    const valid = await validation.ask(call, holding.resource, call.options.signal);
    const isKept = shelf.get(call.key) === entry;
    const args = late.now();
    if (valid && (isKept || (holding.leaving === undefined && !holding.released))) {
      return this.#hit(call, args, entry);
    }
    // Arguments that have another key now make this another call.
    if (args === undefined) return this.#find(call.self, call.args, call.options);
    if (valid || !isKept) return this.#use({ ...call, args });
    shelf.remove(entry, 'invalid');
    this.#checkOpen();
    return this.#fly({ ...call, args }, 'invalid', holding);
  }

  /** Builds another; when that fails, the one that is there serves on, as long as it may. */
  async #orStale(call: ResourceCall, entry: Entry<ResourceEntry>): Promise<Holding> {
    const { host, shelf, keyer, report } = this.#parts;
    const late = new LateArguments(call, keyer, report.fn);
    const { holding, createdAt, errorUntil } = entry.value;
    const mayServe = (): boolean => shelf.get(call.key) === entry && this.#now() < errorUntil && !host.closed;
    try {
      return await this.#fly(call, 'expired', undefined);
    } catch (error) {
      const { signal } = call.options;
      const args = late.now();
      if (args === undefined || signal?.aborted === true || isRecursion(error) || !mayServe()) throw error;
      const asked = this.#validation?.ask({ ...call, args }, holding.resource, signal);
      const valid = asked === undefined || (await asked);
      if (!valid) shelf.remove(entry, 'invalid');
      if (!mayServe()) throw error;
      holding.usedAt = this.#now();
      report.stale(call.key, this.#now() - createdAt, 0, 'error', call.options);
      return holding;
    }
  }

  /** Joins the run of the key, or leads one. `old` outlives the run, unless it must be gone before. */
  async #fly(call: ResourceCall, reason: MissReason, old: Holding | undefined): Promise<Holding> {
    const { host, flights, report, rebuild, owner } = this.#parts;
    const joined = flights.joinable(call.key, this.#now());
    if (joined !== undefined) {
      report.join(call.key, call.options);
      const holding = await this.#wait(joined, call);
      report.joined(this.#now() - joined.startedAt);
      return holding;
    }
    if (rebuild === 'build-first') return this.#lead(call, reason, { old });
    const inTheWay = host.holdings.inTheWay(owner, call.key);
    return inTheWay === undefined ? this.#lead(call, reason, {}) : this.#flyAfter(inTheWay, call, reason);
  }

  async #flyAfter(inTheWay: Promise<unknown>, call: ResourceCall, reason: MissReason): Promise<Holding> {
    const { shelf, keyer, report } = this.#parts;
    const late = new LateArguments(call, keyer, report.fn);
    await untilAborted(inTheWay, call.options.signal);
    const args = late.now();
    // Arguments that have another key now make this another call.
    if (args === undefined) return this.#find(call.self, call.args, call.options);
    if (shelf.get(call.key) !== undefined) return this.#use({ ...call, args });
    this.#checkOpen();
    return this.#fly({ ...call, args }, reason, undefined);
  }

  /** What is there goes, and so does what is being built; then the next is built, by whoever comes first. */
  async #refreshExclusive(call: ResourceCall): Promise<Holding> {
    const { shelf, flights } = this.#parts;
    shelf.removeKey(call.key, 'replace');
    flights.outdate(call.key);
    return this.#fly(call, 'refresh', undefined);
  }

  async #lead(call: ResourceCall, reason: MissReason, purpose: RunPurpose): Promise<Holding> {
    const flight = this.#run.start(call, purpose);
    // Told when it can be joined: whoever hears of it and asks for the resource must not build another.
    this.#parts.report.miss(call.key, reason, call.options);
    return this.#wait(flight, call);
  }

  #wait(flight: Flight<Holding>, call: ResourceCall): Promise<Holding> {
    const { flights, report } = this.#parts;
    return flight.wait({
      fn: report.fn,
      signal: call.options.signal,
      limits: [],
      onDeserted: () => flights.desert(flight),
    });
  }

  /** Builds another behind one past its ttl, unless that is under way, failed lately, or the limit is reached. */
  #rebuildBehind(call: ResourceCall, stale: ResourceEntry): void {
    const { host, flights, report } = this.#parts;
    const now = this.#now();
    if (now < stale.retryAt) {
      report.refreshSkipped(call.key, 'cooldown');
      return;
    }
    if (flights.joinable(call.key, now) !== undefined) return;
    const rebuild = async (): Promise<void> => {
      try {
        // It waits as a caller does, so that it is not deserted when one who joined it leaves.
        await this.#wait(this.#run.start(call, { behind: true }), call);
      } catch {
        // The run's own `failed` event has told of it; it is tried again after the cooldown.
        stale.retryAt = this.#now() + host.settings.refreshCooldown;
      }
    };
    const runs = inRootContext(() => host.refreshes.run(rebuild, now, flights.flightTimeout));
    if (!runs) report.refreshSkipped(call.key, 'limit');
  }

  /** What must be gone before the next is built cannot ask for the next while it goes. */
  #checkNotInRelease(key: string): void {
    const { rebuild, owner, report } = this.#parts;
    if (rebuild === 'build-first') return;
    for (let run = currentRun(); run !== undefined; run = run.startedBy) {
      if (run.table === owner && run.key === key) throw resourceAsksForItself(report.fn, 'onRelease');
    }
  }

  #checkOpen(): void {
    if (this.#parts.host.closed) throw cacheClosed(this.#parts.report.fn);
  }

  #now(): number {
    return this.#parts.host.settings.clock.now();
  }
}

function isRecursion(error: unknown): boolean {
  return error instanceof CacheError && error.code === 'ERR_MILLPOND_RECURSIVE_CALL';
}

import type { Lease } from '../cached.js';
import { cacheClosed, CacheError, recursiveCall, resourceAsksForItself } from '../errors/index.js';
import type { MissReason } from '../events.js';
import type { ValueEntry } from '../memory/index.js';
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
import { deadlineOf, TOO_SLOW, untilTooSlow } from './patience.js';
import { isOutlived, stateOf, type ResourceEntry } from './resource-entry.js';
import type { ResourceParts } from './resource-parts.js';
import { ResourceFlights, type ResourceCall } from './resource-flights.js';
import { ResourceRun, type RunPurpose } from './resource-run.js';
import { Validation } from './validation.js';

const NO_OPTIONS: CallOptions = {};

/** The life of the calls of one resource function: use what is there if it is valid, or build it once for all. */
export class ResourceFunction {
  readonly #parts: ResourceParts;
  readonly #run: ResourceRun;
  readonly #flights: ResourceFlights;
  readonly #validation: Validation | undefined;

  constructor(parts: ResourceParts) {
    this.#parts = parts;
    this.#run = new ResourceRun(parts);
    this.#flights = new ResourceFlights(parts, this.#run);
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
    const key = keyer.keyOf(self, args, met);
    const call = { key, self, args, met, options: NO_OPTIONS, deadline: deadlineOf(this.#parts), limits: [] };
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

  #find(
    self: unknown,
    args: readonly unknown[],
    options: CallOptions,
    deadline = deadlineOf(this.#parts),
  ): Promise<Holding> {
    const met: object[] = [];
    const key = this.#parts.keyer.keyOf(self, args, met);
    options.signal?.throwIfAborted();
    return this.#use({ key, self, args, met, options, deadline, limits: [] });
  }

  /** Arguments that have another key now make a call another call. */
  #again({ self, args, options, deadline }: ResourceCall): Promise<Holding> {
    return this.#find(self, args, options, deadline);
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
  #hit(call: ResourceCall, args: readonly unknown[] | undefined, { value }: ValueEntry<ResourceEntry>): Holding {
    const { report } = this.#parts;
    const now = this.#now();
    value.holding.usedAt = now;
    const age = now - value.createdAt;
    if (stateOf(value, now) === 'stale') {
      report.stale(call.key, age, value.computeMs, 'revalidate', call.options);
      if (args !== undefined) this.#flights.rebuildBehind({ ...call, args }, value);
    } else {
      // Fresh, or it was when it began to be validated.
      report.hit(call, 'memory', age, value.computeMs, call.options);
    }
    return value.holding;
  }

  /** Asks `validate`; its verdict is about the instance that it saw, which may be gone by then (hazard 42). */
  async #validated(call: ResourceCall, entry: ValueEntry<ResourceEntry>, validation: Validation): Promise<Holding> {
    const { shelf, keyer, report } = this.#parts;
    const { holding } = entry.value;
    const late = LateArguments.of(call, keyer, report.fn);
    const valid = await validation.ask(call, holding.resource, this.#flights.patience(call));
    const isKept = shelf.get(call.key) === entry;
    const args = late.now();
    if (valid && (isKept || (holding.leaving === undefined && !holding.released))) {
      return this.#hit(call, args, entry);
    }
    if (args === undefined) return this.#again(call);
    if (valid || !isKept) return this.#use({ ...call, args });
    shelf.remove(entry, 'invalid');
    this.#checkOpen();
    return this.#fly({ ...call, args }, 'invalid', holding);
  }

  /** Builds another; when that fails, the one that is there serves on, as long as it may. */
  async #orStale(call: ResourceCall, entry: ValueEntry<ResourceEntry>): Promise<Holding> {
    const { host, shelf, keyer, report } = this.#parts;
    const late = LateArguments.of(call, keyer, report.fn);
    const { errorUntil } = entry.value;
    const mayServe = (): boolean => shelf.get(call.key) === entry && this.#now() < errorUntil && !host.closed;
    try {
      return await this.#fly({ ...call, limits: untilTooSlow(this.#parts) }, 'expired', undefined);
    } catch (error) {
      const args = late.now();
      const wants = args !== undefined && call.options.signal?.aborted !== true && !hasCode(error, 'RECURSIVE_CALL');
      if (wants && (await this.#stillGood({ ...call, args }, entry, mayServe)))
        return this.#serveStale(call, entry, error);
      if (error !== TOO_SLOW) throw error;
      return args === undefined ? this.#again(call) : this.#use({ ...call, args });
    }
  }

  async #stillGood(call: ResourceCall, entry: ValueEntry<ResourceEntry>, mayServe: () => boolean): Promise<boolean> {
    if (!mayServe()) return false;
    const asked = this.#validation?.ask(call, entry.value.holding.resource, this.#flights.patience(call));
    const valid = asked === undefined || (await asked);
    if (!valid) this.#parts.shelf.remove(entry, 'invalid');
    return mayServe();
  }

  #serveStale({ key, options }: ResourceCall, { value }: ValueEntry<ResourceEntry>, why: unknown): Holding {
    const now = this.#now();
    value.holding.usedAt = now;
    const cause = why === TOO_SLOW || hasCode(why, 'TIMEOUT') ? 'timeout' : 'error';
    this.#parts.report.stale(key, now - value.createdAt, 0, cause, options);
    return value.holding;
  }

  /** Joins the run of the key, or leads one. `old` outlives the run, unless it must be gone before. */
  async #fly(call: ResourceCall, reason: MissReason, old: Holding | undefined): Promise<Holding> {
    const { host, flights, report, rebuild, owner } = this.#parts;
    const joined = flights.joinable(call.key, this.#now());
    if (joined !== undefined) {
      report.join(call.key, call.options);
      return this.#joined(joined, call);
    }
    if (rebuild === 'build-first') return this.#lead(call, reason, { old });
    const inTheWay = host.holdings.inTheWay(owner, call.key);
    return inTheWay === undefined ? this.#lead(call, reason, {}) : this.#flyAfter(inTheWay, call, reason);
  }

  async #joined(flight: Flight<Holding>, call: ResourceCall): Promise<Holding> {
    try {
      const holding = await this.#flights.wait(flight, call);
      this.#parts.report.joined(flight.lasted);
      return holding;
    } catch (error) {
      // What the first caller did to their arguments is no concern of this one.
      if (flight.changed) return this.#again(call);
      throw error;
    }
  }

  async #flyAfter(inTheWay: Promise<unknown>, call: ResourceCall, reason: MissReason): Promise<Holding> {
    const { shelf, keyer, report } = this.#parts;
    const late = LateArguments.of(call, keyer, report.fn);
    await untilAborted(inTheWay, call.options.signal);
    const args = late.now();
    if (args === undefined) return this.#again(call);
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

  async #lead(call: ResourceCall, reason: MissReason, purpose: Pick<RunPurpose, 'old'>): Promise<Holding> {
    const flight = this.#run.start(call, { ...purpose, late: this.#run.lateArguments(call) });
    // Told when it can be joined: whoever hears of it and asks for the resource must not build another.
    this.#parts.report.miss(call.key, reason, call.options);
    return this.#flights.wait(flight, call);
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

function hasCode(error: unknown, code: 'RECURSIVE_CALL' | 'TIMEOUT'): boolean {
  return error instanceof CacheError && error.code === `ERR_MILLPOND_${code}`;
}

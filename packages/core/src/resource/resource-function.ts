import { inRootContext } from '../context.js';
import { cacheClosed, recursiveCall } from '../errors.js';
import type { MissReason } from '../events.js';
import type { FlightTable } from '../run/flight-table.js';
import { Flight } from '../run/flight.js';
import type { CacheHost } from '../host.js';
import { knownResource, type Keyer } from '../key/index.js';
import { LateArguments, type KeyedCall } from '../run/late-arguments.js';
import type { Entry, Shelf } from '../memory/index.js';
import type { CallOptions } from '../options.js';
import { checkResourceCallOptions } from '../settings.js';
import type { Introduce } from './identity.js';
import type { Holding, Releaser } from './releaser.js';
import type { Reporter } from '../reporter.js';
import { checkResource } from './resource-value.js';
import { currentRun, runWithin } from '../run/run-context.js';
import { untilAborted } from '../run/until-aborted.js';

/** A kept resource: its holding, and the run that built it. */
export interface ResourceEntry {
  readonly holding: Holding;
  readonly createdAt: number;
  readonly run: number;
  /** The resources among its arguments, of which it may be made. */
  readonly madeOf: readonly object[];
}

/** What the pieces of one resource function share; times in milliseconds. */
export interface ResourceParts {
  readonly host: CacheHost;
  readonly original: (...args: never) => unknown;
  readonly context: 'detached' | 'caller';
  readonly ttl: number;
  readonly validate: ((...args: never) => unknown) | undefined;
  readonly keyer: Keyer;
  readonly shelf: Shelf<ResourceEntry>;
  readonly flights: FlightTable<Holding>;
  readonly releaser: Releaser;
  readonly introduce: Introduce;
  readonly report: Reporter;
}

interface BuildCall extends KeyedCall {
  /** The resources among the arguments. */
  readonly met: readonly object[];
}

interface ResourceCall extends BuildCall {
  readonly options: CallOptions;
}

const NO_OPTIONS: CallOptions = {};

/** The life of the calls of one resource function: use what is there if it is valid, or build it once for all. */
export class ResourceFunction {
  readonly #parts: ResourceParts;

  constructor(parts: ResourceParts) {
    this.#parts = parts;
  }

  async call(self: unknown, args: readonly unknown[], options: CallOptions = NO_OPTIONS): Promise<unknown> {
    const met: object[] = [];
    const key = this.#parts.keyer.keyOf(self, args, met);
    options.signal?.throwIfAborted();
    return this.#use({ key, self, args, met, options });
  }

  readPolicy(given: unknown, where: string): CallOptions {
    return checkResourceCallOptions(given, where);
  }

  /** Builds a new one now, and puts it in the place of the old. */
  async refresh(self: unknown, args: readonly unknown[]): Promise<unknown> {
    const { keyer, flights, report } = this.#parts;
    this.#checkOpen();
    const met: object[] = [];
    const key = keyer.keyOf(self, args, met);
    if (flights.runsInside(currentRun(), key)) throw recursiveCall(report.fn);
    return this.#lead({ key, self, args, met, options: NO_OPTIONS }, 'refresh');
  }

  /** Whether memory holds a living resource; nothing is counted and it is not validated. */
  has(self: unknown, args: readonly unknown[]): boolean {
    return this.#usable(self, args) !== undefined;
  }

  /** The living resource itself. */
  peek(self: unknown, args: readonly unknown[]): unknown {
    return this.#usable(self, args)?.resource;
  }

  #usable(self: unknown, args: readonly unknown[]): Holding | undefined {
    const { keyer, shelf } = this.#parts;
    const entry = shelf.get(keyer.keyOf(self, args));
    return entry === undefined || entry.expiresAt <= this.#now() ? undefined : entry.value.holding;
  }

  async #use(call: ResourceCall): Promise<unknown> {
    const { shelf, validate } = this.#parts;
    this.#checkOpen();
    const entry = shelf.get(call.key);
    if (entry === undefined) return this.#fly(call, 'cold');
    if (entry.expiresAt <= this.#now()) {
      shelf.remove(entry, 'expire');
      return this.#fly(call, 'expired');
    }
    if (isOutlived(entry.value, call.met)) {
      shelf.remove(entry, 'invalid');
      return this.#fly(call, 'invalidated');
    }
    shelf.touch(entry);
    return validate === undefined ? this.#hit(call, entry) : this.#validated(call, entry, validate);
  }

  #hit(call: ResourceCall, { value }: Entry<ResourceEntry>): unknown {
    this.#parts.report.hit(call.key, 'memory', this.#now() - value.createdAt, call.options);
    return value.holding.resource;
  }

  /** Asks `validate`; its verdict is about the instance that it saw, which may be gone by then (hazard 42). */
  async #validated(
    call: ResourceCall,
    entry: Entry<ResourceEntry>,
    validate: (...args: never) => unknown,
  ): Promise<unknown> {
    const { shelf, keyer, report } = this.#parts;
    const { holding } = entry.value;
    const late = new LateArguments(call, keyer, report.fn);
    const verdict = ask(() => Reflect.apply(validate, call.self, [holding.resource, ...call.args]));
    const valid = await untilAborted(verdict, call.options.signal);
    const isKept = shelf.get(call.key) === entry;
    if (valid && (isKept || (holding.leaving === undefined && !holding.released))) return this.#hit(call, entry);
    const args = late.now();
    // Arguments that have another key now make this another call.
    if (args === undefined) return this.call(call.self, call.args, call.options);
    if (valid || !isKept) return this.#use({ ...call, args });
    shelf.remove(entry, 'invalid');
    this.#checkOpen();
    return this.#fly({ ...call, args }, 'invalidated');
  }

  async #fly(call: ResourceCall, reason: MissReason): Promise<unknown> {
    const { flights, report } = this.#parts;
    const joined = flights.joinable(call.key, this.#now());
    if (joined === undefined) return this.#lead(call, reason);
    report.join(call.key, call.options);
    return (await this.#wait(joined, call)).resource;
  }

  async #lead(call: ResourceCall, reason: MissReason): Promise<unknown> {
    const { host, flights, context, report } = this.#parts;
    const { key, self, args, met } = call;
    const flight = new Flight<Holding>({
      table: flights,
      key,
      cache: host,
      clock: host.settings.clock,
      run: host.nextRun(),
      position: 0,
      behind: false,
      inherits: false,
    });
    const start = (): void => flights.start(flight, () => this.#build(flight, { key, self, args, met }));
    if (context === 'detached') inRootContext(start);
    else start();
    // Told when it can be joined: whoever hears of it and asks for the resource must not build another.
    report.miss(key, reason, call.options);
    return (await this.#wait(flight, call)).resource;
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

  async #build(flight: Flight<Holding>, call: BuildCall): Promise<Holding> {
    const { flights, releaser, introduce } = this.#parts;
    const started = this.#now();
    try {
      const resource = await this.#make(flight, call, started);
      const holding = releaser.hold(call.key, resource);
      introduce(holding, call);
      return this.#settle(flight, holding, call.met, this.#now() - started);
    } finally {
      flights.leave(flight);
    }
  }

  async #make(flight: Flight<Holding>, call: KeyedCall, started: number): Promise<unknown> {
    const { original, flights, report } = this.#parts;
    report.started();
    try {
      return await runWithin(flight, () => Reflect.apply(original, call.self, call.args));
    } catch (error) {
      // Left before it is told: whoever hears of it and asks again builds anew.
      flights.leave(flight);
      report.failed(call.key, this.#now() - started, error);
      throw error;
    }
  }

  #settle(flight: Flight<Holding>, holding: Holding, madeOf: readonly object[], duration: number): Holding {
    const { host, shelf, flights, report, releaser } = this.#parts;
    const { key, run } = flight;
    const newer = (shelf.get(key)?.value.run ?? 0) > run;
    const keeps = !flight.outdated && !host.closed && !newer;
    if (keeps) this.#keep(flight, holding, madeOf);
    else releaser.letGo(holding, 'discard');
    flights.leave(flight);
    report.computed(key, duration, keeps);
    if (host.closed) throw cacheClosed(report.fn);
    return holding;
  }

  #keep(flight: Flight<Holding>, holding: Holding, madeOf: readonly object[]): void {
    const { shelf, flights, report, releaser, ttl } = this.#parts;
    const { key, run } = flight;
    try {
      checkResource(holding.resource, report.fn);
    } catch (error) {
      releaser.letGo(holding, 'discard');
      throw error;
    }
    flights.outdateOlder(key, (other) => other.run < run);
    const createdAt = this.#now();
    const entry = shelf.set(key, { holding, createdAt, run, madeOf }, 0, createdAt + ttl);
    // Whoever was told of what it has pushed out may have invalidated.
    if (entry !== undefined && flight.outdated) shelf.remove(entry, 'discard');
  }

  #checkOpen(): void {
    if (this.#parts.host.closed) throw cacheClosed(this.#parts.report.fn);
  }

  #now(): number {
    return this.#parts.host.settings.clock.now();
  }
}

/**
 * Whether a resource was made of another that was let go since: a rebuilt one has the same key, but what was made of the
 * old one would go on using it. Whoever passes the old one itself gets what was made of it.
 */
function isOutlived({ madeOf }: ResourceEntry, met: readonly object[]): boolean {
  return madeOf.some((part) => !met.includes(part) && knownResource(part)?.isLive() === false);
}

/** What a user's `validate` says; what it throws is a rejection. */
async function ask(validate: () => unknown): Promise<boolean> {
  return Boolean(await validate());
}

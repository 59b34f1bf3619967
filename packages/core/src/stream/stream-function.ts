import type { Calls } from '../cached-function.js';
import type { StreamIterator } from '../cached.js';
import { inRootContext } from '../context.js';
import { recursiveCall } from '../errors/index.js';
import type { MissReason } from '../events.js';
import { explainStream } from '../observe/explain-stream.js';
import type { Explanation } from '../observe/explanation.js';
import type { CallOptions } from '../options.js';
import type { FlightOptions } from '../run/flight-options.js';
import { Flight } from '../run/flight.js';
import { LateArguments, type KeyedCall } from '../run/late-arguments.js';
import { currentRun } from '../run/run-context.js';
import { checkResourceCallOptions } from '../settings/index.js';
import { beginning, itemsFrom, type Link } from './link.js';
import { iteratorOf, type Opened } from './reader.js';
import { ownerOf, passThrough, type RunCall } from './run-owner.js';
import { passedOn, uselessSince, type StreamEntry } from './stream-entry.js';
import type { StreamParts } from './stream-parts.js';
import { StreamRun, type RunOwner } from './stream-run.js';

/** One call: what it is about, what it said for itself, and its arguments as they were. */
interface StreamCall extends KeyedCall {
  readonly options: CallOptions;
  readonly late: LateArguments;
}

const NO_OPTIONS: CallOptions = {};

/** The life of the calls of one stream function: what is kept, a run under way, or a new one. */
export class StreamFunction implements Calls<CallOptions> {
  readonly #parts: StreamParts;
  /** The runs whose functions have not ended. */
  readonly #runs = new Map<Flight<void>, StreamRun>();

  constructor(parts: StreamParts) {
    this.#parts = parts;
  }

  /** Takes the key, and leaves the rest to the first `next()`. Throws when there is no key. */
  call(self: unknown, args: readonly unknown[], options: CallOptions = NO_OPTIONS): StreamIterator<unknown> {
    return this.#read({ self, args, options }, (call) => this.#open(call));
  }

  /** The same with a new run, whatever is kept or under way. */
  refresh(self: unknown, args: readonly unknown[]): StreamIterator<unknown> {
    return this.#read({ self, args, options: NO_OPTIONS }, (call) => {
      const { flights, report } = this.#parts;
      if (flights.runsInside(currentRun(), call.key)) throw recursiveCall(report.fn);
      return this.#start(call, 'refresh');
    });
  }

  #read(asked: RunCall & Pick<StreamCall, 'options'>, open: (call: StreamCall) => Opened): StreamIterator<unknown> {
    const { fn } = this.#parts.report;
    const call = this.#isOff() ? undefined : this.#keyed(asked);
    return iteratorOf({
      fn,
      signal: asked.options.signal,
      open: () => (call === undefined || this.#isOff() ? this.#passThrough(asked) : open(call)),
    });
  }

  #isOff(): boolean {
    const { host } = this.#parts;
    return !host.settings.enabled || host.closed;
  }

  #keyed({ self, args, options }: RunCall & Pick<StreamCall, 'options'>): StreamCall {
    const { keyer, report } = this.#parts;
    const keyed = { key: keyer.keyOf(self, args), self, args };
    return { ...keyed, options, late: LateArguments.of(keyed, keyer, report.fn) };
  }

  #open(call: StreamCall): Opened {
    const { host, shelf, report } = this.#parts;
    const { key, options } = call;
    const entry = shelf.get(key);
    const now = this.#now();
    const reason = entry === undefined ? (report.goneBecause(key) ?? 'cold') : uselessSince(entry.value, now);
    if (entry !== undefined && reason === undefined) {
      shelf.touch(entry);
      const { begin, createdAt, computeMs } = entry.value;
      return {
        begin,
        run: undefined,
        passes: () => passedOn(host, entry.value, this.#now()),
        tell: () => report.hit({ key }, 'memory', now - createdAt, computeMs, options),
      };
    }
    if (entry !== undefined) shelf.remove(entry, reason === 'expired' ? 'expire' : 'delete');
    return this.#join(call) ?? this.#start(call, reason ?? 'cold');
  }

  #join({ key, options }: StreamCall): Opened | undefined {
    const { report } = this.#parts;
    const run = this.#joinable(key);
    if (run?.begin === undefined) return undefined;
    // Also where the run has items enough for now: it would wait for itself in the end.
    run.flight.waitedForBy(currentRun(), report.fn)();
    return { begin: run.begin, run, passes: (isOver) => run.passes(isOver), tell: () => report.join(key, options) };
  }

  #joinable(key: string): StreamRun | undefined {
    const { flights, generations, settings } = this.#parts;
    const flight = flights.joinable(key, this.#now());
    if (flight === undefined) return undefined;
    // Those of the cached calls that it has made, too: what was read cannot be taken back.
    const tags = [...settings.staticTags, ...(flight.used?.tags ?? [])];
    if (generations.firstInvalidation(flight.position, tags) !== undefined) {
      flights.outdate(key);
      return undefined;
    }
    if (settings.hasLateTags && generations.position > flight.position) {
      // Any of the tags invalidated since it began may turn out to be its own, and what was read cannot be taken back.
      flights.setApart(flight);
      return undefined;
    }
    return this.#runs.get(flight);
  }

  #start(call: StreamCall, reason: MissReason): Opened {
    const { flights, generations, host, report } = this.#parts;
    const { key, self, options } = call;
    const args = call.late.now();
    // Arguments that have another key now make this another call.
    if (args === undefined) {
      const other = this.#keyed(call);
      return reason === 'refresh' ? this.#start(other, reason) : this.#open(other);
    }
    const { position } = generations;
    const flight = this.#flight({ table: flights, key, run: host.nextRun(), position });
    const begin = beginning();
    const owner = ownerOf(this.#parts, flight, { self, args });
    const run = begunRun(flight, begin, owner, (run) => flights.start(flight, () => this.#underWay(run)));
    report.started(key);
    return { begin, run, passes: (isOver) => run.passes(isOver), tell: () => report.miss(key, reason, options) };
  }

  async #underWay(run: StreamRun): Promise<void> {
    const { generations } = this.#parts;
    generations.enter();
    this.#runs.set(run.flight, run);
    await run.ended;
    this.#runs.delete(run.flight);
    generations.leave();
  }

  /** What a disabled or closed cache does: it runs the function, as detached as ever, and keeps nothing. */
  #passThrough({ self, args }: RunCall): Opened {
    const { report } = this.#parts;
    const flight = this.#flight({ table: this, key: '', run: 0, position: 0, passesThrough: true });
    flight.outdated = true;
    const begin = beginning();
    const owner = passThrough(this.#parts, flight, { self, args });
    const run = begunRun(flight, begin, owner, ({ ended }) => flight.begin(() => ended));
    report.started(undefined);
    return { begin, run, passes: () => undefined, tell: () => {} };
  }

  #flight(of: Pick<FlightOptions, 'table' | 'key' | 'run' | 'position' | 'passesThrough'>): Flight<void> {
    const { host, settings, report } = this.#parts;
    const { clock } = host.settings;
    return new Flight<void>({ ...of, fn: report.fn, cache: host, clock, behind: false, inherits: settings.inherits });
  }

  readPolicy(given: unknown, where: string): CallOptions {
    return checkResourceCallOptions(given, where);
  }

  /** What is known of a call; nothing is counted or changed. */
  async explain(self: unknown, args: readonly unknown[]): Promise<Explanation> {
    return explainStream(this.#parts, (flight) => this.#runs.get(flight)?.readers ?? 0, self, args);
  }

  /** Stops what nobody reads and was left for the next caller, since there will be none. */
  stopUnread(): void {
    for (const run of this.#runs.values()) run.stopUnlessRead();
  }

  has(self: unknown, args: readonly unknown[]): boolean {
    return this.#usable(self, args) !== undefined;
  }

  /** A copy of the items that are kept. */
  peek(self: unknown, args: readonly unknown[]): unknown[] | undefined {
    const entry = this.#usable(self, args);
    return entry === undefined ? undefined : itemsFrom(entry.begin);
  }

  #usable(self: unknown, args: readonly unknown[]): StreamEntry | undefined {
    const { keyer, shelf } = this.#parts;
    const entry = shelf.get(keyer.keyOf(self, args))?.value;
    return entry !== undefined && uselessSince(entry, this.#now()) === undefined ? entry : undefined;
  }

  #now(): number {
    return this.#parts.host.settings.clock.now();
  }
}

/** Nothing of a run belongs to the request that happened to start it, not even its promises (hazard 31). */
function begunRun(flight: Flight<void>, begin: Link, owner: RunOwner, start: (run: StreamRun) => void): StreamRun {
  return inRootContext(() => {
    const run = new StreamRun(flight, begin, owner);
    start(run);
    return run;
  });
}

import type { CallPolicy } from './call-policy.js';
import { DataEntry } from './data-entry.js';
import { isLimited, type DataCall, type DataFlights } from './data-flights.js';
import type { DataKeeper } from './data-keeper.js';
import type { DataOutcome } from './data-outcome.js';
import type { DataFunctionParts, DataStore } from './data-parts.js';
import type { MissReason } from '../events.js';
import { inRootContext } from '../context.js';
import { someCanBeRead } from '../input/index.js';
import type { Flight } from '../run/flight.js';
import type { Early } from '../run/flight-table.js';
import type { LateArguments } from '../run/late-arguments.js';
import { currentRecorder } from '../run/run-context.js';
import type { StoredEntry, StoreLookup } from '../store/index.js';

const NOTHING = (): void => undefined;

/** How the callers of flights are told, in their own async contexts. */
export interface Telling {
  hit(call: DataCall, entry: DataEntry): unknown;
  flown(call: DataCall, flight: Flight<DataOutcome>, waiting: Promise<DataOutcome>, reason: MissReason): unknown;
}

/**
 * Looks into the store for calls of one function without making a flight of each. Most calls that memory has nothing for are
 * answered by the store, and alone: nobody joins them, nothing is invalidated meanwhile. A flight is made as soon as
 * anything else is the matter; it goes on from what the look began with, and nobody can tell the difference.
 */
export class EarlyLooks {
  readonly #parts: DataFunctionParts;
  readonly #store: DataStore;
  readonly #flights: DataFlights;
  readonly #keeper: DataKeeper;
  readonly #tell: (look: EarlyLook) => unknown;

  constructor(parts: DataFunctionParts, store: DataStore, flights: DataFlights, keeper: DataKeeper, telling: Telling) {
    this.#parts = parts;
    this.#store = store;
    this.#flights = flights;
    this.#keeper = keeper;
    this.#tell = (look) => look.tell(telling);
  }

  /** Of one function, where its calls may be looked for like this. */
  static of(
    parts: DataFunctionParts,
    flights: DataFlights,
    keeper: DataKeeper,
    telling: Telling,
  ): EarlyLooks | undefined {
    const { store, context, scope, flights: table } = parts;
    const isPlain = store !== undefined && context === 'detached' && scope === undefined && table.takesEarly;
    return isPlain ? new EarlyLooks(parts, store, flights, keeper, telling) : undefined;
  }

  /** Whether a call needs nothing but an answer: it is of no run, nobody's input is read, and it waits without an end. */
  fits({ path, policy }: DataCall): boolean {
    return (
      path.length === 0 &&
      policy.signal === undefined &&
      !isLimited(policy) &&
      !someCanBeRead() &&
      currentRecorder() === undefined
    );
  }

  /** Looks for a call that fits, and that no flight is under way for. */
  look(call: DataCall): Promise<unknown> {
    const { flights, generations, settings } = this.#parts;
    const late = this.#flights.lateArguments(call);
    return new Promise<EarlyLook>((resolve) => {
      const look = new EarlyLook(this, call, late, this.#parts, resolve);
      this.#store.entries.glance(call.base, settings.staticTags, look);
      flights.expect(call.key, look);
      // From now on, and until its caller is answered, what is invalidated is logged.
      generations.enter();
    }).then(this.#tell);
  }

  /** What memory has from now on, if what was found is a hit and nothing more; else what a flight is to go on from. */
  taken(look: EarlyLook, looked: StoreLookup): DataEntry | StoreLookup {
    const { shelf, host } = this.#parts;
    const { policy, key, call } = look;
    const { found } = looked;
    const isPlain = found !== undefined && found.effects === undefined && isFresh(found, policy);
    if (!isPlain || host.closed || shelf.get(key) !== undefined) return looked;
    const entry = this.#keeper.promote(look, found, this.#store, call.path);
    return entry ?? { found: undefined, branch: undefined, reason: 'damaged', begun: looked.begun };
  }

  /** Makes the flight that a look turns out to need; nothing of it belongs to whoever is the cause. */
  fly(look: EarlyLook, looked: Promise<StoreLookup>): Flown {
    const { call, reason, late, policy } = look;
    return inRootContext(() => {
      const errand = { reason, freshness: policy, primed: undefined, late, early: { ...look.since, looked } };
      const flight = this.#flights.start(call, errand, false);
      return { flight, waiting: this.#flights.wait(flight, call, undefined) };
    });
  }
}

interface Flown {
  readonly flight: Flight<DataOutcome>;
  readonly waiting: Promise<DataOutcome>;
}

/** One look into the store, for the one call that waits for it. */
export class EarlyLook implements Early {
  readonly call: DataCall;
  readonly late: LateArguments | undefined;
  /** Where the log of invalidations stood, and what the number of a flight would have been. */
  readonly position: number;
  readonly run: number;
  readonly startedAt: number;
  // What a flight is asked for too: this has read nothing, and what is outdated is a flight.
  readonly reads = undefined;
  readonly outdated = false;
  readonly #looks: EarlyLooks;
  readonly #parts: DataFunctionParts;
  readonly #answer: (look: EarlyLook) => void;
  #found: DataEntry | undefined;
  #flown: Flown | undefined;
  /** Gives what the store answers to the flight that waits for it. */
  #pass: ((looked: StoreLookup | Promise<StoreLookup>) => void) | undefined;

  constructor(
    looks: EarlyLooks,
    call: DataCall,
    late: LateArguments | undefined,
    parts: DataFunctionParts,
    answer: (look: EarlyLook) => void,
  ) {
    this.#looks = looks;
    this.call = call;
    this.late = late;
    this.#parts = parts;
    this.#answer = answer;
    this.position = parts.generations.position;
    this.run = parts.host.nextRun();
    this.startedAt = parts.host.settings.clock.now();
  }

  get key(): string {
    return this.call.key;
  }

  get policy(): CallPolicy {
    return this.call.policy;
  }

  /** Why memory had nothing. */
  get reason(): MissReason {
    return this.#parts.report.goneBecause(this.key) ?? 'cold';
  }

  get since(): { readonly position: number; readonly run: number; readonly startedAt: number } {
    const { position, run, startedAt } = this;
    return { position, run, startedAt };
  }

  /** The store has answered. Never throws. */
  looked(looked: StoreLookup | Promise<StoreLookup>): void {
    if (this.#pass !== undefined) {
      this.#pass(looked);
      return;
    }
    this.#parts.flights.unexpect(this.key);
    const taken = looked instanceof Promise ? looked : this.#looks.taken(this, looked);
    if (taken instanceof DataEntry) {
      this.#found = taken;
      this.#answer(this);
    } else this.#fly()(taken);
  }

  /** Somebody asks for its key. */
  takeOff(): void {
    this.#pass = this.#fly();
  }

  #fly(): (looked: StoreLookup | Promise<StoreLookup>) => void {
    let pass: (looked: StoreLookup | Promise<StoreLookup>) => void = NOTHING;
    const looked = new Promise<StoreLookup>((resolve) => (pass = resolve));
    this.#flown = this.#looks.fly(this, looked);
    this.#answer(this);
    return pass;
  }

  /** Tells its caller, in whose async context it is called. */
  tell(telling: Telling): unknown {
    if (this.#found !== undefined) return telling.hit(this.call, this.#found);
    if (this.#flown === undefined) throw new Error('a look was over without an end');
    const { flight, waiting } = this.#flown;
    return telling.flown(this.call, flight, waiting, this.reason);
  }
}

function isFresh({ age, ttl = Infinity, expiredFor }: StoredEntry, { freshWithin }: CallPolicy): boolean {
  return expiredFor === undefined && age < ttl && age < freshWithin;
}

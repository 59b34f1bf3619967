import type { Freshness } from './call-policy.js';
import { stateOf, type DataEntry } from './data-entry.js';
import type { DataKeeper } from './data-keeper.js';
import type { DataOutcome, DataSource } from './data-outcome.js';
import type { DataFunctionParts, DataStore } from './data-parts.js';
import type { Errand } from './errand.js';
import { lookAlong, type Looked } from './look-along.js';
import { missReason } from './miss-reason.js';
import { wouldReplace } from './would-replace.js';
import type { MissReason } from '../events.js';
import { extended, isWithin, keyOfPath, type Input, type Read } from '../input/index.js';
import type { Flight } from '../run/flight.js';
import type { LateArguments } from '../run/late-arguments.js';
import type { Begun, StoreLookup } from '../store/index.js';

/** What a flight has found in the store. */
export interface Found {
  readonly entry: DataEntry;
  readonly source: DataSource;
}

/** Why the store has nothing that will do, and the fences of the run that follows. */
export interface NotFound {
  readonly reason: MissReason;
  readonly begun: Begun;
}

/** What came of asking the store. */
export type Searched = { readonly found: Found } | NotFound;

/** What the store has for the flights of one data function. */
export class StoreSearch {
  readonly #parts: DataFunctionParts;
  readonly #keeper: DataKeeper;
  /** What may be served when computing fails, and the key that it was found under. */
  readonly #fallbacks = new WeakMap<Flight<DataOutcome>, { readonly entry: DataEntry; readonly key: string }>();

  constructor(parts: DataFunctionParts, keeper: DataKeeper) {
    this.#parts = parts;
    this.#keeper = keeper;
  }

  /** What the store has, if it will do; else why not, and the fences of the run that follows. */
  lookUp(flight: Flight<DataOutcome>, errand: Errand, store: DataStore, late: LateArguments): Promise<Searched> {
    const { staticTags } = this.#parts.settings;
    const base = baseOf(flight);
    if (errand.reason === 'refresh') {
      return store.entries.begin(base, staticTags).then((begun) => ({ reason: 'refresh', begun }));
    }
    if (errand.path.length > 0) return this.#lookAlong(flight, errand, store, late);
    // Nothing is known to vary, so there is one place to look at, and most often it leads no further.
    const looking = errand.early?.looked ?? store.entries.lookup(base, staticTags, base);
    return looking.then((looked) => {
      const there = { looked, path: errand.path };
      return looked.branch === undefined
        ? this.#judge(flight, errand, store, late, there)
        : this.#follow(flight, there, store).then((end) => this.#judge(flight, errand, store, late, end));
    });
  }

  async #lookAlong(
    flight: Flight<DataOutcome>,
    errand: Errand,
    store: DataStore,
    late: LateArguments,
  ): Promise<Searched> {
    const base = baseOf(flight);
    const own = this.#parts.host.inputs.ownPart(errand.path);
    const along = await lookAlong(base, own, (key) => this.#look(key, base, store), leadsOn);
    return this.#judge(flight, errand, store, late, await this.#follow(flight, along, store));
  }

  #look(key: string, base: string, { entries }: DataStore): Promise<StoreLookup> {
    return entries.lookup(key, this.#parts.settings.staticTags, base);
  }

  #judge(
    flight: Flight<DataOutcome>,
    { call, reason, freshness }: Errand,
    store: DataStore,
    late: LateArguments,
    { looked, path }: Looked<StoreLookup>,
  ): Searched {
    const found = looked.found && this.#keeper.promote(flight, looked.found, store, path);
    const why = missReason(reason, looked, found !== undefined);
    if (found === undefined) return { reason: why, begun: looked.begun };
    // Whoever was answered with something newer must not get what is older, though it may live longer.
    const entry = this.#keeper.notOlderThan(call.key, found) ?? this.#keeper.notOlderThan(flight.key, found) ?? found;
    const source = this.#sourceOf(flight, entry, freshness, late, path);
    if (source !== undefined) return { found: { entry, source } };
    this.#fallbacks.set(flight, { entry, key: flight.key });
    return { reason: why, begun: looked.begun };
  }

  /** What may be served in the place of an error; not when the run has read something else since (hazard 24). */
  fallback(flight: Flight<DataOutcome>): DataEntry | undefined {
    const fallback = this.#fallbacks.get(flight);
    return fallback !== undefined && isWithin(flight.key, fallback.key) ? fallback.entry : undefined;
  }

  /** Reads what the store has of a call, by the inputs that it says to vary by, as they are for the caller. */
  async #follow(
    flight: Flight<DataOutcome>,
    { looked: first, path: along }: Looked<StoreLookup>,
    store: DataStore,
  ): Promise<Looked<StoreLookup>> {
    const { host, flights } = this.#parts;
    const base = baseOf(flight);
    const path = [...along];
    const key = keyOfPath(base, path);
    if (flight.key !== key) flights.rekey(flight, key);
    for (let looked = first; ; looked = await this.#look(flight.key, base, store)) {
      const input = looked.branch === undefined ? undefined : host.inputs.named(looked.branch);
      const next = input && this.#ask(flight, path, input);
      if (next === undefined) return { looked, path };
      path.push(next);
    }
  }

  /** Whoever waits, and for whom it is another, is let go, and comes back for their own (hazard 55). */
  #ask(flight: Flight<DataOutcome>, path: readonly Read[], input: Input): Read | undefined {
    const { flights, variants } = this.#parts;
    const { reads } = flight;
    // It leads in a circle, or back to what the look-up began with: what is stored is of no help.
    if (reads === undefined || path.some((read) => read.input === input)) return undefined;
    // An input that cannot be read is an error only if the function reads it.
    const read = reads.look(input);
    if (read === undefined) return undefined;
    // A hint: nothing that memory has goes for it.
    if (!wouldReplace(this.#parts, flight, path, () => true)) variants.branch(reads.base, path, input);
    flights.rekey(flight, extended(flight.key, read));
    flight.hasRead(read);
    return read;
  }

  #sourceOf(
    flight: Flight<DataOutcome>,
    entry: DataEntry,
    freshness: Freshness,
    late: LateArguments,
    path: readonly Read[],
  ): DataSource | undefined {
    const now = this.#parts.host.settings.clock.now();
    const state = stateOf(entry, now, freshness);
    if (state !== 'fresh' && state !== 'stale') return undefined;
    this.#parts.flights.leave(flight);
    if (state === 'fresh') return { type: 'store' };
    return { type: 'stale', cause: 'revalidate', late, variant: { key: flight.key, path } };
  }
}

/** Whether what is in the place of an entry leads to an input, or nothing is there that leads elsewhere. */
function leadsOn({ found, branch }: StoreLookup, input: string): boolean {
  return found === undefined && (branch ?? input) === input;
}

/** The key of a flight's call, without what it reads. */
function baseOf({ reads, key }: Flight<DataOutcome>): string {
  return reads?.base ?? key;
}

import type { Freshness } from './call-policy.js';
import { stateOf, type DataEntry } from './data-entry.js';
import type { DataKeeper } from './data-keeper.js';
import type { DataOutcome, DataSource } from './data-outcome.js';
import type { DataFunctionParts, DataStore } from './data-parts.js';
import type { Errand } from './errand.js';
import { missReason } from './miss-reason.js';
import type { MissReason } from '../events.js';
import { extended, isWithin, type Input, type Read } from '../input/index.js';
import type { Flight } from '../run/flight.js';
import type { LateArguments } from '../run/late-arguments.js';
import type { Begun, StoreLookup } from '../store/index.js';

/** What a flight has found in the store. */
export interface Found {
  readonly entry: DataEntry;
  readonly source: DataSource;
}

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
  async lookUp(
    flight: Flight<DataOutcome>,
    { reason, freshness, path }: Errand,
    store: DataStore,
    late: LateArguments,
  ): Promise<{ readonly found: Found } | { readonly reason: MissReason; readonly begun: Begun }> {
    const { settings } = this.#parts;
    if (reason === 'refresh') {
      return { reason, begun: await store.entries.begin(baseOf(flight), settings.staticTags) };
    }
    const { looked, read } = await this.#follow(flight, path, store);
    const found = looked.found && this.#keeper.promote(flight, looked.found, store, read);
    const why = missReason(reason, looked, found !== undefined);
    if (found === undefined) return { reason: why, begun: looked.begun };
    // Whoever was answered with something newer must not get what is older, though it may live longer.
    const entry = this.#keeper.notOlderThan(flight.key, found) ?? found;
    const source = this.#sourceOf(flight, entry, freshness, late, read);
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
    path: readonly Read[],
    { entries }: DataStore,
  ): Promise<{ readonly looked: StoreLookup; readonly read: readonly Read[] }> {
    const { host, settings } = this.#parts;
    const read = [...path];
    for (;;) {
      const looked = await entries.lookup(flight.key, settings.staticTags, baseOf(flight));
      const input = looked.branch === undefined ? undefined : host.inputs.named(looked.branch);
      const next = input && this.#ask(flight, read, input);
      if (next === undefined) return { looked, read };
      read.push(next);
    }
  }

  /** Whoever waits, and for whom it is another, is let go, and comes back for their own (hazard 55). */
  #ask(flight: Flight<DataOutcome>, path: readonly Read[], input: Input): Read | undefined {
    const { flights, variants } = this.#parts;
    const { reads } = flight;
    // It leads in a circle, or back to what the look-up began with: what is stored is of no help.
    if (reads === undefined || path.some((read) => read.input === input)) return undefined;
    const read = reads.ask(input);
    if (read === undefined) return undefined;
    variants.branch(reads.base, path, input);
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

/** The key of a flight's call, without what it reads. */
function baseOf({ reads, key }: Flight<DataOutcome>): string {
  return reads?.base ?? key;
}

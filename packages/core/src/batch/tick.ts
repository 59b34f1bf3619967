import { inRootContext } from '../context.js';
import type { Flight } from '../run/flight.js';
import type { Load } from './load.js';

// Taken when this module is loaded: a test's fake timers, which come later, do not keep loads from beginning.
const immediately = setImmediate;

/** Runs something when this turn of the event loop is over, outside any request. */
export function afterThisTurn(run: () => void): void {
  inRootContext(() => immediately(run));
}

/**
 * The runs that began in one turn of the event loop: what they do not find in the store is loaded together. The loads
 * begin when the turn is over and every one of these runs knows whether it needs a row. That is bounded by the store's
 * read deadline.
 */
export class Tick {
  readonly #makeLoad: () => Load;
  readonly #maxBatchSize: number;
  /** Runs that ask the store. */
  readonly #undecided = new Set<Flight<unknown>>();
  readonly #loads: Load[] = [];
  /** Where the row of a key comes from. */
  readonly #byKey = new Map<string, Load>();
  /** The loads that have room: one for the runs, one for the calls that no run stands behind. */
  readonly #filling: { runs: Load | undefined; plain: Load | undefined } = { runs: undefined, plain: undefined };
  #over = false;

  constructor(makeLoad: () => Load, maxBatchSize: number) {
    this.#makeLoad = makeLoad;
    this.#maxBatchSize = maxBatchSize;
  }

  /** A run has begun. */
  enter(flight: Flight<unknown>): void {
    this.#undecided.add(flight);
  }

  /** A run has asked for its row, or has ended without one. */
  decided(flight: Flight<unknown>): void {
    if (this.#undecided.delete(flight)) this.#beginWhenComplete();
  }

  /** The turn is over: no run begins in it any more. */
  end(): void {
    this.#over = true;
    this.#beginWhenComplete();
  }

  /** The load that brings the row of a key, to all runs of that key. */
  loadOf(key: string): Load {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const load = this.#withRoom('runs', key);
    this.#byKey.set(key, load);
    return load;
  }

  /** A load for a call whose row is not copied, and must be its own: no load brings two such callers one row. */
  loadApart(key: string): Load {
    return this.#withRoom('plain', key);
  }

  #withRoom(kind: 'runs' | 'plain', key: string): Load {
    const filling = this.#filling[kind];
    if (filling !== undefined && filling.size < this.#maxBatchSize && !filling.has(key)) return filling;
    const load = this.#makeLoad();
    this.#loads.push(load);
    this.#filling[kind] = load;
    return load;
  }

  #beginWhenComplete(): void {
    if (!this.#over || this.#undecided.size > 0) return;
    for (const load of this.#loads) load.begin();
  }
}

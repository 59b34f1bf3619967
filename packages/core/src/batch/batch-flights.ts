import type { Flight } from '../run/flight.js';
import { FlightTable } from '../run/flight-table.js';
import type { LateArguments } from '../run/late-arguments.js';
import type { Collector } from './collector.js';

/** The runs of single ids; the collector is told of each, since it calls the user's function for many at once. */
export class BatchFlights<T> extends FlightTable<T> {
  readonly #collector: Collector;

  constructor(
    flightTimeout: number,
    onAbandoned: (key: string, why: 'timeout' | 'deserted') => void,
    collector: Collector,
  ) {
    super(flightTimeout, onAbandoned);
    this.#collector = collector;
  }

  /** The collector is told of every flight before the turn is over. */
  override get takesEarly(): boolean {
    return false;
  }

  override start(flight: Flight<T>, run: () => Promise<T>, late?: LateArguments): void {
    this.#collector.began(flight, late);
    super.start(flight, () => run().finally(() => this.#collector.ended(flight)));
  }

  override desert(flight: Flight<T>): void {
    super.desert(flight);
    if (flight.deserted) this.#collector.deserted(flight);
  }

  /** A load is a run of all its ids. */
  override runsInside(run: Flight<unknown> | undefined, key: string): boolean {
    for (let outer = run; outer !== undefined; outer = outer.startedBy) {
      if (this.#collector.isLoading(outer, key)) return true;
    }
    return super.runsInside(run, key);
  }
}

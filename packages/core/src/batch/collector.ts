import type { Keyer } from '../key/index.js';
import type { Flight } from '../run/flight.js';
import { LateArguments } from '../run/late-arguments.js';
import { currentRun } from '../run/run-context.js';
import { Load, type LoadParts } from './load.js';
import { afterThisTurn, Tick } from './tick.js';

/** Where a run stands among those of its turn. */
interface Place {
  readonly tick: Tick;
  readonly order: number;
  load: Load | undefined;
  /** The id, until its load is known. */
  late: LateArguments | undefined;
}

/** Gathers the ids whose runs began in one turn of the event loop, and calls the user's function for all of them. */
export class Collector {
  readonly #keyer: Keyer;
  readonly #fn: string;
  readonly #makeTick: () => Tick;
  readonly #places = new WeakMap<Flight<unknown>, Place>();
  readonly #loads = new WeakMap<Flight<unknown>, Load>();
  #tick: Tick | undefined;
  #order = 0;

  constructor({ maxBatchSize = Infinity, ...parts }: LoadParts & { readonly maxBatchSize: number | undefined }) {
    this.#keyer = parts.keyer;
    this.#fn = parts.report.fn;
    const makeLoad = (): Load => {
      const load = new Load(parts);
      this.#loads.set(load.flight, load);
      return load;
    };
    this.#makeTick = () => new Tick(makeLoad, maxBatchSize);
  }

  /** The row of an id, for the run that asks; that of a call that passes through a disabled or closed cache has not begun here. */
  async row(id: unknown): Promise<unknown> {
    const run = currentRun();
    const begun = run && this.#places.get(run);
    const place = begun ?? this.#place(undefined);
    // The option `key` may have read what only the caller's async context has.
    const key = run === undefined || begun === undefined ? this.#keyer.keyOf(undefined, [id]) : run.key;
    const late = place.late ?? LateArguments.of({ key, self: undefined, args: [id] }, this.#keyer, this.#fn);
    place.late = undefined;
    place.load = begun === undefined ? place.tick.loadApart(key) : place.tick.loadOf(key);
    const row = place.load.row(key, late, place.order, run, begun === undefined);
    if (run !== undefined && begun !== undefined) place.tick.decided(run);
    return row;
  }

  /** The run of an id has begun; whether it needs a row is still to be seen. */
  began(run: Flight<unknown>, late: LateArguments | undefined): void {
    const place = this.#place(late?.forAnother());
    place.tick.enter(run);
    this.#places.set(run, place);
  }

  /** The run of an id has ended. */
  ended(run: Flight<unknown>): void {
    this.#places.get(run)?.tick.decided(run);
  }

  /** Nobody waits for the run of an id any more. */
  deserted(run: Flight<unknown>): void {
    this.#places.get(run)?.load?.leave(run);
  }

  /** Whether a run is a load that brings the row of a key. */
  isLoading(run: Flight<unknown>, key: string): boolean {
    return this.#loads.get(run)?.has(key) === true;
  }

  #place(late: LateArguments | undefined): Place {
    return { tick: this.#currentTick(), order: (this.#order += 1), load: undefined, late };
  }

  #currentTick(): Tick {
    if (this.#tick !== undefined) return this.#tick;
    const tick = this.#makeTick();
    this.#tick = tick;
    afterThisTurn(() => {
      this.#tick = undefined;
      tick.end();
    });
    return tick;
  }
}

import { CacheError, idChanged } from '../errors/index.js';
import type { CacheHost } from '../host.js';
import type { Keyer } from '../key/index.js';
import { DESERTED, Flight } from '../run/flight.js';
import type { LateArguments } from '../run/late-arguments.js';
import type { Places } from '../run/places.js';
import { runWithin } from '../run/run-context.js';
import type { AnyFunction } from '../wrapping.js';
import type { BatchReporter } from './batch-reporter.js';
import { readRows, rowOf, type IdOf, type LoadedId, type Rows } from './rows.js';

/** What loads are made of. */
export interface LoadParts {
  readonly host: CacheHost;
  /** The user's function: ids to rows. */
  readonly load: AnyFunction;
  readonly idOf: IdOf | undefined;
  readonly keyer: Keyer;
  /** How many loads may be under way at once, when that is limited. */
  readonly places: Places | undefined;
  /** Whether rows take over what the answers pass on that their load uses. */
  readonly inherits: boolean;
  readonly report: BatchReporter;
}

/** One id that is asked for. */
interface Asked {
  /** Smaller means asked for earlier. */
  order: number;
  /** The id, which its caller may change before the load begins. */
  readonly late: LateArguments;
}

/**
 * One call of the user's function, for the runs of several ids. It is a run itself: those of the ids wait for it, so
 * that a load that asks for a row of its own is seen to wait for itself, and one that nobody waits for is told by its signal.
 */
export class Load {
  readonly flight: Flight<Rows>;
  /** Begins it: nothing is asked of it any more. */
  readonly begin: () => void;
  readonly #parts: LoadParts;
  readonly #asked = new Map<string, Asked>();
  /** The runs of its ids, as long as somebody waits for them. */
  readonly #runs = new Set<Flight<unknown>>();
  /** Calls that no run stands behind; they cannot be left. */
  #plainCalls = 0;
  #begun = false;

  constructor(parts: LoadParts) {
    this.#parts = parts;
    let begin = (): void => undefined;
    const complete = new Promise<void>((resolve) => (begin = resolve));
    this.begin = () => begin();
    const { host, inherits, report } = parts;
    const { clock } = host.settings;
    this.flight = new Flight<Rows>({
      table: this,
      fn: report.fn,
      key: '',
      cache: host,
      clock,
      run: 0,
      position: 0,
      behind: false,
      inherits,
      replays: true,
    });
    // Before anyone waits for it. Runs of batches are detached always, so this belongs to no request (hazard 22).
    this.flight.begin(() => complete.then(() => this.#run()));
  }

  /** How many ids are asked for. */
  get size(): number {
    return this.#asked.size;
  }

  /** Whether it brings the row of a key. */
  has(key: string): boolean {
    return this.#asked.has(key);
  }

  /** The row of an id, for its run, or for a call that has none; rejects with what the row, or all of the load, fails with. */
  async row(
    key: string,
    late: LateArguments,
    order: number,
    run: Flight<unknown> | undefined,
    passesThrough: boolean,
  ): Promise<unknown> {
    const { report } = this.#parts;
    const known = this.#asked.get(key);
    // The store may have told the runs of an id in another order.
    if (known !== undefined) known.order = Math.min(known.order, order);
    else this.#asked.set(key, { order, late });
    if (passesThrough) this.#plainCalls += 1;
    else if (run !== undefined) this.#serve(run);
    const rows = await this.flight.wait({ fn: report.fn, signal: undefined, limits: [], onDeserted: () => undefined });
    if (run !== undefined) this.#passOn(run);
    return rowOf(rows, key);
  }

  #serve(run: Flight<unknown>): void {
    this.#runs.add(run);
    // Nothing stale goes into what runs behind a stale answer (hazard 15).
    if (run.refreshes) this.flight.refreshes = true;
  }

  /** What is true of a load is true of each of its rows. */
  #passOn(run: Flight<unknown>): void {
    run.used = this.flight.used;
    run.script = this.flight.script;
    // A load that has seen that it is aborted may have returned half of what there is.
    if (this.flight.outdated) run.outdated = true;
  }

  /** Nobody waits for one of the runs any more. When that was the last one, the load is told. */
  leave(run: Flight<unknown>): void {
    if (this.#runs.delete(run)) this.#abortIfDeserted();
  }

  #abortIfDeserted(): void {
    if (this.#begun && this.#runs.size === 0 && this.#plainCalls === 0 && !this.flight.done) this.flight.abort();
  }

  async #run(): Promise<Rows> {
    const { places, report } = this.#parts;
    this.#begun = true;
    this.#abortIfDeserted();
    const wait = places?.enter(this.flight, report.fn);
    if (wait !== undefined) await wait;
    try {
      if (wait !== undefined && this.flight.deserted) throw DESERTED;
      return await this.#call();
    } finally {
      places?.leave(this.flight);
    }
  }

  /** Calls the user's function as the run that those of the ids wait for, and reads whose its rows are. */
  async #call(): Promise<Rows> {
    const { host, load, report } = this.#parts;
    // It is the age of its answer that counts when two runs of an id overtake each other (hazard 16).
    for (const run of this.#runs) run.run = host.nextRun();
    const { due, changed } = this.#due();
    if (due.length === 0) return changed;
    report.loading();
    const answer = await runWithin(this.flight, () => Reflect.apply(load, undefined, [due.map(({ id }) => id)]));
    return new Map([...readRows(answer, due, { fn: report.fn, ...this.#parts }), ...changed]);
  }

  /** The key of an id outside its caller's async context, as its row is named; undefined when it has none there. */
  #named(args: readonly unknown[]): string | undefined {
    try {
      return this.#parts.keyer.keyOf(undefined, args);
    } catch (error) {
      if (error instanceof CacheError) return undefined;
      throw error;
    }
  }

  /** The ids as they were when they were asked for, in that order, and failures of those that cannot be had any more. */
  #due(): { readonly due: LoadedId[]; readonly changed: Rows } {
    const due = [];
    const changed = new Map<string, unknown>();
    const asked = [...this.#asked].toSorted(([, a], [, b]) => a.order - b.order);
    for (const [key, { late }] of asked) {
      const args = late.now();
      if (args === undefined) {
        changed.set(key, idChanged(this.#parts.report.fn));
        for (const run of this.#runs) if (run.key === key) run.changed = true;
      } else due.push({ key, id: args[0], named: this.#named(args) ?? key });
    }
    return { due, changed };
  }
}

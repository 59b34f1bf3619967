import { recursiveCall } from '../errors.js';
import { onAbort } from './on-abort.js';
import { currentRun } from './run-context.js';

/** One for all: the stack of one made where a caller leaves would hold on to that caller. */
const DESERTED = new DOMException('Nobody waits for this run any more', 'AbortError');

/** What a flight is known by. */
export interface FlightOptions {
  /** The flights of the function that it is a run of. */
  readonly table: object;
  readonly key: string;
  /** Grows with every flight of the cache: of two runs of a key, the one with the greater number began later. */
  readonly run: number;
  /** Where the log of tag invalidations stood when it began (hazard 13). */
  readonly position: number;
  /** When it began, by the cache's clock. */
  readonly startedAt: number;
}

/** One caller who waits. */
interface Waiter<T> {
  resolve(outcome: T): void;
  reject(error: unknown): void;
}

/** One run of one key, that any number of callers wait for. It belongs to none of them. */
export class Flight<T> {
  readonly table: object;
  readonly key: string;
  /** Renewed when its function begins later than itself, since it is the age of the function's answer that counts. */
  run: number;
  readonly position: number;
  readonly startedAt: number;
  /** Since when its callers wait for what it gives next; a stream gives more than once, and nobody need be waiting. */
  waitedSince: number;
  /** Whether it was left behind: it held its key for longer than `flightTimeout`, or its last caller left (hazard 18). */
  abandoned = false;
  /** The run in which it was started, while it lasts: a refresh of a key inside its own run is recursion. */
  startedBy: Flight<unknown> | undefined;
  /** The flights that the function of this run waits for, and by how many of its calls. */
  readonly #waitsFor = new Map<Flight<unknown>, number>();
  /** Whether an invalidation came while it was under way: its callers get the value, and it is not kept. */
  outdated = false;
  /** Whether it asks the store and its function has not begun: what that will return is newer than anything kept so far. */
  looking = false;
  /** Whether it has settled. */
  done = false;
  /** Made when the running function asks for its signal. */
  #abort: AbortController | undefined;
  #deserted = false;
  readonly #waiting = new Set<Waiter<T>>();
  #outcome: Promise<T> | undefined;

  constructor(options: FlightOptions) {
    this.table = options.table;
    this.key = options.key;
    this.run = options.run;
    this.position = options.position;
    this.startedAt = options.startedAt;
    this.waitedSince = options.startedAt;
    this.startedBy = currentRun();
  }

  /** The signal that the running function sees. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#deserted) this.#tell(this.#abort);
    return this.#abort.signal;
  }

  /** Begins the run. */
  begin(run: () => Promise<T>): void {
    this.#outcome = run().finally(() => {
      this.done = true;
      this.startedBy = undefined;
    });
    // Whoever waits is told of the failure; when all have left, the run's own `failed` event has told of it.
    this.#outcome.then(
      (outcome) => this.#settle((waiter) => waiter.resolve(outcome)),
      (error: unknown) => this.#settle((waiter) => waiter.reject(error)),
    );
  }

  #settle(tell: (waiter: Waiter<T>) => void): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    // What its function left running (a socket, a timer) holds on to this flight, and must not to the value.
    this.#outcome = undefined;
    for (const waiter of waiting) tell(waiter);
  }

  /** The end of the run, for whoever is no caller of it. */
  get outcome(): Promise<T> | undefined {
    return this.#outcome;
  }

  /**
   * Waits for the outcome, as one of its callers; `signal` lets this one leave, and `onDeserted` is called when it was
   * the last. Rejects with `ERR_MILLPOND_RECURSIVE_CALL` when the caller is itself waited for by this flight.
   */
  async wait(fn: string, signal: AbortSignal | undefined, onDeserted: () => void): Promise<T> {
    const caller = currentRun();
    if (this.#outcome === undefined || (caller !== undefined && this.#reaches(caller))) throw recursiveCall(fn);
    if (caller !== undefined) caller.#countWaits(this, 1);
    try {
      return await this.#wait(signal);
    } finally {
      if (caller !== undefined) caller.#countWaits(this, -1);
      if (this.#waiting.size === 0 && !this.done) onDeserted();
    }
  }

  /**
   * A caller who leaves is forgotten at once: a reaction on the outcome itself would keep the caller's request in memory
   * until the run ends, which may be never.
   */
  #wait(signal: AbortSignal | undefined): Promise<T> {
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      if (signal === undefined) {
        this.#waiting.add({ resolve, reject });
        return;
      }
      const stay = onAbort(signal, () => {
        this.#waiting.delete(waiter);
        reject(signal.reason);
      });
      const waiter: Waiter<T> = {
        resolve(outcome) {
          stay();
          resolve(outcome);
        },
        reject(error) {
          stay();
          reject(error);
        },
      };
      this.#waiting.add(waiter);
    });
  }

  /** Tells the running function that nobody waits any more. */
  abort(): void {
    this.#deserted = true;
    if (this.#abort !== undefined) this.#tell(this.#abort);
  }

  /** A function that can see that it is aborted may return half a result: it is not kept. */
  #tell(abort: AbortController): void {
    this.outdated = true;
    abort.abort(DESERTED);
  }

  /**
   * Notes that a run waits for something of this one, until the returned function is called. Throws
   * `ERR_MILLPOND_RECURSIVE_CALL` when this waits for that run (hazard 17).
   */
  waitedForBy(caller: Flight<unknown> | undefined, fn: string): () => void {
    if (caller === undefined) return () => {};
    if (this.#reaches(caller)) throw recursiveCall(fn);
    caller.#countWaits(this, 1);
    return () => caller.#countWaits(this, -1);
  }

  /** One of several calls may be left while the run still waits by another. */
  #countWaits(flight: Flight<unknown>, by: 1 | -1): void {
    const count = (this.#waitsFor.get(flight) ?? 0) + by;
    if (count > 0) this.#waitsFor.set(flight, count);
    else this.#waitsFor.delete(flight);
  }

  /** Whether this waits for `target`, through any number of runs (or is it). */
  #reaches(target: Flight<unknown>): boolean {
    const seen = new Set<Flight<unknown>>();
    const open: Flight<unknown>[] = [this];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === target) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...next.#waitsFor.keys());
    }
    return false;
  }
}

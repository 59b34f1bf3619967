import { recursiveCall } from '../errors.js';
import { currentRun } from './run-context.js';

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

/** One run of one key, that any number of callers wait for. It belongs to none of them. */
export class Flight<T> {
  readonly table: object;
  readonly key: string;
  readonly run: number;
  readonly position: number;
  readonly startedAt: number;
  /** Whether it has held its key for longer than `flightTimeout` (hazard 18). */
  abandoned = false;
  /** The run in which it was started, while it lasts: a refresh of a key inside its own run is recursion. */
  startedBy: Flight<unknown> | undefined;
  /** The flights that the function of this run waits for, by its own calls. */
  readonly waitsFor: Set<Flight<unknown>> = new Set();
  /** Whether an invalidation came while it was under way: its callers get the value, and it is not kept. */
  outdated = false;
  /** Whether it has settled. */
  done = false;
  /** Callers who wait for it. */
  waiters = 0;
  readonly #abort = new AbortController();
  #signalSeen = false;
  #outcome: Promise<T> | undefined;

  constructor(options: FlightOptions) {
    this.table = options.table;
    this.key = options.key;
    this.run = options.run;
    this.position = options.position;
    this.startedAt = options.startedAt;
    this.startedBy = currentRun();
  }

  /** The signal that the running function sees. */
  get signal(): AbortSignal {
    this.#signalSeen = true;
    this.#distrustIfAborted();
    return this.#abort.signal;
  }

  /** Begins the run. */
  begin(run: () => Promise<T>): void {
    this.#outcome = run().finally(() => {
      this.done = true;
      this.startedBy = undefined;
    });
    // Whoever waits gets the failure; when all have left, the run's own `failed` event has told of it.
    this.#outcome.catch(() => undefined);
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
    const outcome = this.#outcome;
    const caller = currentRun();
    if (outcome === undefined || (caller !== undefined && waitsFor(this, caller))) throw recursiveCall(fn);
    this.waiters += 1;
    caller?.waitsFor.add(this);
    try {
      return await (signal === undefined ? outcome : unlessAborted(outcome, signal));
    } finally {
      this.waiters -= 1;
      caller?.waitsFor.delete(this);
      if (this.waiters === 0 && !this.done) onDeserted();
    }
  }

  /** Tells the running function that nobody waits any more. */
  abort(): void {
    this.#abort.abort();
    this.#distrustIfAborted();
  }

  /** A function that could see that it was aborted may have returned half a result: it is not kept. */
  #distrustIfAborted(): void {
    if (this.#signalSeen && this.#abort.signal.aborted) this.outdated = true;
  }
}

/** Whether `from` waits for `target`, through any number of runs (or is it). */
function waitsFor(from: Flight<unknown>, target: Flight<unknown>): boolean {
  const seen = new Set<Flight<unknown>>();
  const open = [from];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === target) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...next.waitsFor);
  }
  return false;
}

async function unlessAborted<T>(outcome: Promise<T>, signal: AbortSignal): Promise<T> {
  let leave: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([outcome, aborted]);
  } finally {
    if (leave !== undefined) signal.removeEventListener('abort', leave);
  }
}

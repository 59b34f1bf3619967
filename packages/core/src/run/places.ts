import { overloaded } from '../errors/index.js';
import type { Flight } from './flight.js';

/** How many runs may wait for each that may be under way; more are refused. */
const QUEUE_FACTOR = 10;

/** Runs that have a place, of all functions with `maxConcurrent`. */
const holders = new Set<Flight<unknown>>();
/** Runs that wait for one, each with what lets it in. */
const queued = new Map<Flight<unknown>, () => void>();

/**
 * How many runs of one function are under way at once (hazard 50). More wait in line, and what does not fit into the line
 * is refused. What a run with a place waits for, through any number of runs, never stands in line: nobody who holds a
 * place waits for one, so none can wait for each other.
 */
export class Places {
  readonly #most: number;
  readonly #timeout: number;
  /** The runs that have a place, and since when; the first to get one first. */
  readonly #taken = new Map<Flight<unknown>, number>();
  readonly #line = new Set<() => void>();

  /** `timeout`: after so many milliseconds a run no longer counts, since it may never end (hazard 18). */
  constructor(most: number, timeout: number) {
    this.#most = most;
    this.#timeout = timeout;
  }

  /**
   * Resolves when a run may begin. Ended by {@link Places.leave}.
   *
   * @throws CacheError (a rejection) `ERR_MILLPOND_OVERLOADED` when the line is full.
   */
  enter(flight: Flight<unknown>, fn: string): Promise<void> | undefined {
    if (this.#taken.size >= this.#most) this.#forget(flight.now());
    if (this.#taken.size < this.#most || isAwaitedByHolder(flight) || isAwaitedByHolder(flight.startedBy)) {
      this.#take(flight);
      return undefined;
    }
    const longest = QUEUE_FACTOR * this.#most;
    if (this.#line.size >= longest) return Promise.reject(overloaded(fn, this.#most, longest));
    return new Promise((resolve) => {
      const letIn = (): void => {
        if (!this.#line.delete(letIn)) return;
        queued.delete(flight);
        this.#take(flight);
        resolve();
      };
      this.#line.add(letIn);
      queued.set(flight, letIn);
    });
  }

  #take(flight: Flight<unknown>): void {
    this.#taken.set(flight, flight.now());
    holders.add(flight);
  }

  #forget(now: number): void {
    for (const [flight, since] of this.#taken) {
      if (now - since < this.#timeout) return;
      this.leave(flight);
    }
  }

  /** A run is over: the next in line gets its place. */
  leave(flight: Flight<unknown>): void {
    if (!holders.delete(flight)) return;
    this.#taken.delete(flight);
    const [next] = this.#line;
    if (this.#taken.size < this.#most) next?.();
  }
}

/** Lets a run in that stands in line, whatever the limit says. */
export function letIn(flight: Flight<unknown>): void {
  queued.get(flight)?.();
}

/** A run has begun to wait for another: whatever of that stands in line is let in if one with a place waits for it. */
export function unblock(caller: Flight<unknown>, target: Flight<unknown>): void {
  if (queued.size === 0 || !isAwaitedByHolder(caller)) return;
  for (const flight of queued.keys()) if (target.reaches(flight)) letIn(flight);
}

/** A run that has only just been started is not waited for yet; the one that has started it is about to. */
function isAwaitedByHolder(flight: Flight<unknown> | undefined): boolean {
  if (flight === undefined) return false;
  for (const holder of holders) if (holder.reaches(flight)) return true;
  return false;
}

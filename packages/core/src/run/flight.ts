import type { Clock } from '../clock.js';
import type { Script } from '../effect/index.js';
import { recursiveCall } from '../errors/index.js';
import type { Read, Reads } from '../input/index.js';
import type { FlightOptions } from './flight-options.js';
import type { Inherited, Recorder } from './inherited.js';
import { onAbort } from './on-abort.js';
import { letIn, unblock } from './places.js';
import { currentRun } from './run-context.js';
import { differs, OTHER_INPUTS, Staying, type Limit, type Waiter, type WaitOptions } from './waiter.js';

/**
 * Why a run is told to stop, and why one that has not begun does not begin. One for all: the stack of one made where a
 * caller leaves would hold on to that caller.
 */
export const DESERTED: DOMException = new DOMException('Nobody waits for this run any more', 'AbortError');

/** One run of one key, that any number of callers wait for. It belongs to none of them. */
export class Flight<T> implements Recorder {
  readonly table: object;
  readonly fn: string;
  /** Grows by the inputs that it reads. */
  key: string;
  readonly cache: object;
  /** Renewed when its function begins later than itself, since it is the age of the function's answer that counts. */
  run: number;
  readonly position: number;
  /** The same when its function began, which may be later: by that it is judged whether what it returns is outdated. */
  runPosition: number;
  /** When it began, by the cache's clock. */
  readonly startedAt: number;
  /** Since when its callers wait for what it gives next; a stream gives more than once, and nobody need be waiting. */
  waitedSince: number;
  readonly behind: boolean;
  /** Whether it, or a run that it is inside of or works for, runs behind a stale answer. */
  refreshes: boolean;
  readonly inherits: boolean;
  used: Inherited | undefined;
  readonly replays: boolean;
  readonly passesThrough: boolean;
  reads: Reads | undefined;
  script: Script | undefined;
  /** Whether it was left behind: it held its key for longer than `flightTimeout`, or its last caller left (hazard 18). */
  abandoned = false;
  /** The run in which it was started, while it lasts: a refresh of a key inside its own run is recursion. */
  startedBy: Flight<unknown> | undefined;
  /** The flights that the function of this run waits for, and by how many of its calls. */
  #waitsFor: Map<Flight<unknown>, number> | undefined;
  /** Whether an invalidation came while it was under way: its callers get the value, and it is not kept. */
  outdated = false;
  /** Whether its arguments had changed when its function began: then it is a run for the caller who started it alone. */
  changed = false;
  /** Whether its function has not begun (it asks the store, say): what that will return is newer than anything kept so far. */
  looking = false;
  /** Whether it has settled. */
  done = false;
  #endedAt: number | undefined;
  /** Made when the running function asks for its signal. */
  #abort: AbortController | undefined;
  #deserted = false;
  /** Whether a caller has left who wants it to go on. */
  #goesOn = false;
  readonly #clock: Clock;
  readonly #waiting = new Set<Waiter<T>>();
  /** Those who wait to the end, whatever comes: one for all. */
  #staying: Staying<T> | undefined;
  #outcome: Promise<T> | undefined;

  constructor(options: FlightOptions) {
    this.table = options.table;
    this.fn = options.fn;
    this.key = options.key;
    this.cache = options.cache;
    this.run = options.run;
    this.position = options.position;
    this.runPosition = options.position;
    this.behind = options.behind;
    this.inherits = options.inherits;
    this.replays = options.replays ?? false;
    this.passesThrough = options.passesThrough ?? false;
    this.#clock = options.clock;
    this.startedAt = options.startedAt ?? this.now();
    this.waitedSince = this.startedAt;
    this.startedBy = currentRun();
    this.refreshes = options.behind || this.startedBy?.refreshes === true;
  }

  now(): number {
    return this.#clock.now();
  }

  /** How long it took to settle; how long it has taken so far, while it has not. */
  get lasted(): number {
    return (this.#endedAt ?? this.now()) - this.startedAt;
  }

  /** The signal that the running function sees. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#deserted) this.#tell(this.#abort);
    return this.#abort.signal;
  }

  /** Whether the last caller has left; the reason is that of its signal. */
  get deserted(): boolean {
    return this.#deserted;
  }

  /** Whether its key is that of a variant, by what it has read. */
  get isVariant(): boolean {
    return this.reads !== undefined && this.key !== this.reads.base;
  }

  /** How many callers wait for it. */
  get waiting(): number {
    return this.#waiting.size + (this.#staying?.count ?? 0);
  }

  /** Begins the run. */
  begin(run: () => Promise<T>): void {
    this.#outcome = run();
    // Whoever waits is told of the failure; when all have left, the run's own `failed` event has told of it.
    this.#outcome.then(
      (outcome) => this.#settle((waiter) => waiter.resolve(outcome)),
      (error: unknown) => this.#settle((waiter) => waiter.reject(error)),
    );
  }

  #settle(tell: (waiter: Waiter<T>) => void): void {
    this.done = true;
    this.#endedAt = this.now();
    this.startedBy = undefined;
    // What its function left running (a socket, a timer) holds on to this flight, and must not to the value.
    this.#outcome = undefined;
    for (const waiter of this.#waiting) tell(waiter);
    this.#waiting.clear();
    const staying = this.#staying;
    this.#staying = undefined;
    if (staying !== undefined) tell(staying);
  }

  /** The end of the run, for whoever is no caller of it. */
  get outcome(): Promise<T> | undefined {
    return this.#outcome;
  }

  /**
   * Waits for the outcome, as one of its callers; `signal` lets this one leave, and so do the limits. Rejects with
   * `ERR_MILLPOND_RECURSIVE_CALL` when the caller is itself waited for by this flight.
   */
  wait(options: WaitOptions<T>): Promise<T> {
    if (this.#outcome === undefined) return Promise.reject(recursiveCall(options.fn));
    const caller = currentRun();
    const { signal, limits, isSame } = options;
    // Who is no run, and leaves for no reason of their own, has nothing to tidy up.
    const stays = caller === undefined && signal === undefined && limits.length === 0 && isSame === undefined;
    return stays ? (this.#staying ??= new Staying()).stay() : this.#waitFor(caller, options);
  }

  async #waitFor(caller: Flight<unknown> | undefined, options: WaitOptions<T>): Promise<T> {
    const answered = this.waitedForBy(caller, options.fn);
    try {
      return await this.#wait(options);
    } finally {
      answered();
      if (this.waiting === 0 && !this.done && !this.#goesOn) options.onDeserted();
    }
  }

  /**
   * Notes that a run waits for something of this one, until the returned function is called. Throws
   * `ERR_MILLPOND_RECURSIVE_CALL` when this waits for that run (hazard 17).
   */
  waitedForBy(caller: Flight<unknown> | undefined, fn: string): () => void {
    if (caller === undefined) return () => {};
    if (this.reaches(caller)) throw recursiveCall(fn);
    caller.#countWaits(this, 1);
    unblock(caller, this);
    return () => caller.#countWaits(this, -1);
  }

  /**
   * A caller who leaves is forgotten at once: a reaction on the outcome itself would keep the caller's request in memory
   * until the run ends, which may be never.
   */
  #wait({ signal, limits, isSame }: WaitOptions<T>): Promise<T> {
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      if (signal === undefined && limits.length === 0) {
        this.#waiting.add({ resolve, reject, isSame });
        return;
      }
      const ends: (() => void)[] = [];
      const end = (): void => {
        this.#waiting.delete(waiter);
        for (const each of ends) each();
      };
      const waiter: Waiter<T> = {
        isSame,
        resolve(outcome) {
          end();
          resolve(outcome);
        },
        reject(error) {
          end();
          reject(error);
        },
      };
      this.#waiting.add(waiter);
      if (signal !== undefined) ends.push(onAbort(signal, () => waiter.reject(signal.reason)));
      for (const limit of limits) ends.push(this.#atLimit(limit, waiter));
    });
  }

  /** The run has read an input: callers for whom it is another are let go. */
  hasRead(read: Read): void {
    this.#letGo((waiter) => differs(waiter, read));
  }

  /** An input cannot be read for the caller who started it: for the others it may be another matter. */
  letOthersGo(): void {
    this.#letGo(({ isSame }) => isSame !== undefined);
  }

  #letGo(which: (waiter: Waiter<T>) => boolean): void {
    for (const waiter of this.#waiting) {
      if (!which(waiter)) continue;
      this.#waiting.delete(waiter);
      waiter.reject(OTHER_INPUTS);
    }
  }

  /** Asks for another answer when a limit is reached; judged after one poll phase, as any deadline (hazard 48). */
  #atLimit({ after, instead }: Limit<T>, waiter: Waiter<T>): () => void {
    const ask = (): void => {
      if (!this.#waiting.has(waiter)) return;
      try {
        const other = instead();
        if (other === undefined) return;
        this.#goesOn = true;
        waiter.resolve(other);
      } catch (error) {
        this.#goesOn = true;
        waiter.reject(error);
      }
    };
    const timer = this.#clock.setTimer(() => setImmediate(ask), after, 'awaited');
    return () => timer.cancel();
  }

  /** Tells the running function that nobody waits any more; one that has not begun need not begin. */
  abort(): void {
    this.#deserted = true;
    if (this.#abort !== undefined) this.#tell(this.#abort);
    letIn(this);
  }

  /** A function that can see that it is aborted may return half a result: it is not kept. */
  #tell(abort: AbortController): void {
    this.outdated = true;
    abort.abort(DESERTED);
  }

  /** One of several calls may be left while the run still waits by another. */
  #countWaits(flight: Flight<unknown>, by: 1 | -1): void {
    // Few wait for any.
    this.#waitsFor ??= new Map();
    const count = (this.#waitsFor.get(flight) ?? 0) + by;
    if (count > 0) this.#waitsFor.set(flight, count);
    else this.#waitsFor.delete(flight);
  }

  /** Whether this waits for `target`, through any number of runs (or is it). */
  reaches(target: Flight<unknown>): boolean {
    const seen = new Set<Flight<unknown>>();
    const open: Flight<unknown>[] = [this];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === target) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      if (next.#waitsFor !== undefined) open.push(...next.#waitsFor.keys());
    }
    return false;
  }
}

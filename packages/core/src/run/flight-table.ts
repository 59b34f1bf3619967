import { LastingMap } from '../lasting-map.js';
import type { Flight } from './flight.js';
import type { LateArguments } from './late-arguments.js';

/** Runs of one key that may be left behind while they last; the next one is waited for, however long it takes. */
const MOST_ABANDONED = 3;

const NONE: readonly never[] = [];

/** Is told of every flight that begins; when it answers false, nothing of the flight is kept. */
export interface Beginner {
  begins(key: string): boolean;
}

/** What becomes a flight as soon as anybody asks for its key. */
export interface Early {
  /** Starts its flight. */
  takeOff(): void;
}

/** The flights of one function: which may be joined, and which are still under way apart from that. */
export class FlightTable<T> {
  /** After so long (milliseconds) a flight no longer holds its key. */
  readonly flightTimeout: number;
  readonly #onAbandoned: (key: string, why: 'timeout' | 'deserted') => void;
  readonly #scope: Beginner | undefined;
  readonly #early = new LastingMap<string, Early>();
  readonly #joinable = new Map<string, Flight<T>>();
  /** Nobody joins these any more, but what they return may still be kept. */
  readonly #apart = new Map<string, Set<Flight<T>>>();

  constructor(
    flightTimeout: number,
    onAbandoned: (key: string, why: 'timeout' | 'deserted') => void,
    scope?: Beginner,
  ) {
    this.flightTimeout = flightTimeout;
    this.#onAbandoned = onAbandoned;
    this.#scope = scope;
  }

  /** Whether something may be expected here that is no flight yet. */
  get takesEarly(): boolean {
    return true;
  }

  /** Something may become the flight of a key that has none. */
  expect(key: string, early: Early): void {
    this.#early.set(key, early);
  }

  /** It is over, without a flight. */
  unexpect(key: string): void {
    this.#early.delete(key);
  }

  #takeOff(key: string): void {
    const early = this.#early.get(key);
    if (early === undefined) return;
    this.#early.delete(key);
    early.takeOff();
  }

  #allTakeOff(): void {
    for (const key of this.#early.keys()) this.#takeOff(key);
  }

  /** The flight that holds a key, be it too old or not; a look that changes nothing for anybody. */
  find(key: string): Flight<T> | undefined {
    this.#takeOff(key);
    return this.#joinable.get(key);
  }

  /** The flight that a caller may join. One that is too old leaves its key to the next (hazard 18). */
  joinable(key: string, now: number): Flight<T> | undefined {
    this.#takeOff(key);
    const flight = this.#joinable.get(key);
    if (flight === undefined || this.holdsKey(flight, now)) return flight;
    this.#abandon(flight, 'timeout');
    // Whoever was told of that may have called again.
    return this.#joinable.get(key);
  }

  /** Whether the flight that `find` found still holds its key; when too many were left behind, however long it takes. */
  holdsKey(flight: Flight<T>, now: number): boolean {
    // Another would stand in the same line.
    if (flight.looking) return true;
    return now - flight.waitedSince < this.flightTimeout || this.#abandoned(flight.key) >= MOST_ABANDONED;
  }

  #abandoned(key: string): number {
    let count = 0;
    for (const flight of this.#apart.get(key) ?? []) if (flight.abandoned) count += 1;
    return count;
  }

  /** Begins a flight, as the one that callers of its key join from now on. */
  start(flight: Flight<T>, run: () => Promise<T>, _late?: LateArguments): void {
    this.#takeOff(flight.key);
    const older = this.#joinable.get(flight.key);
    if (older !== undefined) this.setApart(older);
    this.#joinable.set(flight.key, flight);
    if (this.#scope?.begins(flight.key) === false) flight.outdated = true;
    flight.begin(run);
  }

  /**
   * The last caller of a flight has left: it leaves its key, and then its function is told (hazard 19). When too many
   * runs of the key were left behind already, it keeps the key instead, and the next caller joins it.
   */
  desert(flight: Flight<T>): void {
    if (this.#joinable.get(flight.key) === flight) {
      if (this.#abandoned(flight.key) >= MOST_ABANDONED) return;
      this.#abandon(flight, 'deserted');
    }
    flight.abort();
  }

  #abandon(flight: Flight<T>, why: 'timeout' | 'deserted'): void {
    flight.abandoned = true;
    this.setApart(flight);
    this.#onAbandoned(flight.key, why);
  }

  /** A flight goes under another key, where those who know as much may join it. */
  rekey(flight: Flight<T>, key: string): void {
    const isJoinable = this.#joinable.get(flight.key) === flight;
    const isApart = this.#apart.get(flight.key)?.has(flight) === true;
    this.#takeOff(key);
    this.leave(flight);
    flight.key = key;
    if (this.#scope?.begins(key) === false) flight.outdated = true;
    if (!isJoinable && !isApart) return;
    const other = this.#joinable.get(key);
    this.#joinable.set(key, flight);
    if (isApart || other !== undefined) this.setApart(flight);
    if (other !== undefined) this.#joinable.set(key, other);
  }

  /** The same as `outdate` for the flights of all variants of a call. */
  outdateVariants(base: string): void {
    this.#allTakeOff();
    for (const key of [...this.#joinable.keys(), ...this.#apart.keys()]) {
      if (key.startsWith(`${base}\u0000`)) this.outdate(key);
    }
  }

  /** Whether a flight is the one that callers of its key join. */
  holds(flight: Flight<T>): boolean {
    return this.#joinable.get(flight.key) === flight;
  }

  /** Nobody joins a flight any more; it goes on. */
  setApart(flight: Flight<T>): void {
    if (this.#joinable.get(flight.key) !== flight) return;
    this.#joinable.delete(flight.key);
    let others = this.#apart.get(flight.key);
    if (others === undefined) this.#apart.set(flight.key, (others = new Set()));
    others.add(flight);
  }

  /** Whether a run, or one of those that it was started by, is of this function and key. */
  runsInside(run: Flight<unknown> | undefined, key: string): boolean {
    for (let outer = run; outer !== undefined; outer = outer.startedBy) {
      if (outer.table === this && outer.key === key) return true;
    }
    return false;
  }

  /** The outcomes of everything that is under way and not outdated. */
  underWay(): Promise<T>[] {
    this.#allTakeOff();
    const flights = [...this.#joinable.values(), ...[...this.#apart.values()].flatMap((apart) => [...apart])];
    return flights.map(({ outcome }) => outcome).filter((outcome) => outcome !== undefined);
  }

  /** What is under way for a key is not kept and not joined. */
  outdate(key: string): void {
    for (const flight of this.#of(key)) this.#outdate(flight);
  }

  /**
   * The same for the flights of a key that are older than what is kept now (hazard 16). One whose function has not begun
   * is not joined any more, since it may find something older; what its function returns will be newer.
   */
  outdateOlder(key: string, isOlder: (flight: Flight<T>) => boolean): void {
    for (const flight of this.#of(key)) {
      if (!isOlder(flight)) continue;
      if (flight.looking) this.setApart(flight);
      else this.#outdate(flight);
    }
  }

  /** The same for what runs behind a stale answer: what it would replace has left. */
  outdateBehind(key: string): void {
    for (const flight of this.#of(key)) if (flight.behind) this.#outdate(flight);
  }

  /** The same for every flight. */
  outdateAll(): void {
    this.#allTakeOff();
    for (const key of [...this.#joinable.keys(), ...this.#apart.keys()]) this.outdate(key);
  }

  #of(key: string): readonly Flight<T>[] {
    this.#takeOff(key);
    if (this.#joinable.size === 0 && this.#apart.size === 0) return NONE;
    const joinable = this.#joinable.get(key);
    const held = joinable === undefined ? NONE : [joinable];
    const apart = this.#apart.get(key);
    return apart === undefined ? held : [...held, ...apart];
  }

  #outdate(flight: Flight<T>): void {
    flight.outdated = true;
    this.leave(flight);
  }

  /** A flight is over, or must not be found any more. */
  leave(flight: Flight<T>): void {
    if (this.#joinable.get(flight.key) === flight) this.#joinable.delete(flight.key);
    const others = this.#apart.get(flight.key);
    if (others?.delete(flight) === true && others.size === 0) this.#apart.delete(flight.key);
  }
}

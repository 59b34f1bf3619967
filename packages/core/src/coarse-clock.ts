import { systemClock, type Clock } from './clock.js';

/** How long a reading may be used, in milliseconds. */
const TICK = 25;
/** How often, so that it grows old in a loop that never waits, too. */
const READS = 64;

/** What lives at least so long may be served late by a tick: 1 % of its life. */
export const COARSE_LIFE: number = 100 * TICK;

/** Small integers, also where V8 has 31 bits for them. */
const NEVER = 2 ** 30 - 1;
const DUE = NEVER - 1;

/**
 * A clock that is read often and looked at seldom: it is late by 25 ms at most, longer only while the event loop is
 * blocked by something that asks for nothing. The clock of the machine takes longer to tell the time than a hit may take.
 * A clock of the user's own is always looked at.
 */
export class CoarseClock {
  readonly #clock: Clock;
  readonly #exact: boolean;
  /** The instant at which ticks begin: when it was first looked at. */
  #origin: number | undefined;
  /**
   * How many ticks have passed: what ends at a later one ({@link CoarseClock.tickOf}) has not ended. While the clock is to be
   * looked at again there is none later but that of what never ends; a clock of the user's own always is.
   */
  tick: number = DUE;
  #time = 0;
  #left = 0;
  #isArmed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#exact = clock !== systemClock;
  }

  /** The tick at which an instant has come. */
  tickOf(instant: number): number {
    if (instant === Infinity) return NEVER;
    const origin = (this.#origin ??= this.#clock.now());
    return Math.min(Math.max(0, Math.floor((instant - origin) / TICK)), DUE - 1);
  }

  /** Whether a tick is still to come, where it is time to look; what is 0 is not. */
  isToCome(tick: number): boolean {
    if (this.tick !== DUE || tick === 0) return false;
    this.now();
    return tick > this.tick;
  }

  /** Who goes by the tick says how often so far: now and then it is time to look again. */
  usedTick(times: number): void {
    if (times % READS === 0) this.#expire();
  }

  /** Milliseconds on the clock. */
  now(): number {
    if (this.#left === 0) return this.#look();
    this.#left -= 1;
    return this.#time;
  }

  #look(): number {
    const time = this.#clock.now();
    if (this.#exact) return time;
    this.#origin ??= time;
    this.#time = time;
    this.#left = READS;
    this.tick = this.tickOf(time);
    if (!this.#isArmed) this.#arm();
    return time;
  }

  #expire(): void {
    this.#left = 0;
    this.tick = DUE;
  }

  /** One timer while it is read, none while it is not. */
  #arm(): void {
    this.#isArmed = true;
    const onTick = (): void => {
      this.#isArmed = false;
      this.#expire();
    };
    this.#clock.setTimer(onTick, TICK, 'background');
  }
}

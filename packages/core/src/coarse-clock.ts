import { systemClock, type Clock } from './clock.js';

/** How long a reading may be used, in milliseconds. */
const TICK = 25;
/** How often, so that it grows old in a loop that never waits, too. */
const READS = 64;

/** What has at least so long to live is fresh, though the clock may be a little late. */
export const COARSE_LIFE: number = 100 * TICK;

/**
 * A clock that is read often and looked at seldom: it is late by 25 ms at most, longer only while the event loop is
 * blocked by something that asks for nothing. The clock of the machine takes longer to tell the time than a hit may take.
 * A clock of the user's own is always looked at.
 */
export class CoarseClock {
  readonly #clock: Clock;
  readonly #exact: boolean;
  #time = 0;
  #left = 0;
  #isArmed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#exact = clock !== systemClock;
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
    this.#time = time;
    this.#left = READS;
    if (!this.#isArmed) this.#arm();
    return time;
  }

  /** One timer while it is read, none while it is not. */
  #arm(): void {
    this.#isArmed = true;
    const onTick = (): void => {
      this.#isArmed = false;
      this.#left = 0;
    };
    this.#clock.setTimer(onTick, TICK, 'background');
  }
}

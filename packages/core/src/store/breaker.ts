import type { Clock } from '../clock.js';

/** Opens at this many operations within a second, half of which failed or more: by share, not by count (hazard 49). */
const LEAST_OPERATIONS = 20;
const FAILED_SHARE = 0.5;
const WINDOW = 1000;
const SLICE = 100;

/**
 * Opens as well at this many failures in a row when nothing has succeeded for as long as the window: a process that asks
 * seldom would else wait out every deadline of a dead store. A short hiccup among many successes is none of it.
 */
const MOST_IN_A_ROW = 5;

/**
 * How long a dead store is left alone before one operation tries it; doubled after each try that failed. A try costs nobody
 * a wait, so even the longest pause is short: a store that lives again is in use within two seconds.
 */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 1000;

/** Leave to ask the store once; the one who has it tells how it went. */
export interface Permit {
  /** Whether the store is taken for dead, and this one tries it: then nobody should wait for how it goes. */
  readonly isTrial: boolean;
  succeeded(): void;
  failed(): void;
  /** After it was told as failed: the store has answered all the same, so it may be worth another try at once. */
  answeredLate(): void;
}

/** Stops asking a store that does not answer, and finds out when it does again. */
export interface Breaker {
  /** True while the store is not asked, except by the one operation that tries it. */
  readonly isOpen: boolean;
  /** Leave to go ahead, or undefined: do not ask the store now. */
  admit(): Permit | undefined;
  /** Counts an operation that went ahead without asking for leave. */
  readonly uncontrolled: Permit;
  /** The store has proved by other means that it lives. */
  reset(): void;
}

/** What a breaker needs, and tells. */
export interface BreakerOptions {
  readonly clock: Clock;
  readonly onOpen: () => void;
  readonly onClose: () => void;
  /** A number from 0 up to 1: spreads the tries of many processes. */
  readonly random: () => number;
}

interface Slice {
  readonly start: number;
  all: number;
  failed: number;
}

/** Makes a closed breaker. */
export function createBreaker(options: BreakerOptions): Breaker {
  const { clock } = options;
  let slices: Slice[] = [];
  let state: 'closed' | 'open' | 'trying' = 'closed';
  let pause = FIRST_PAUSE;
  let triesAt = 0;
  let failedInARow = 0;
  // A connection that is being made is none that is dead.
  let succeededAt = clock.now();

  function count(failures: number): void {
    const now = clock.now();
    slices = slices.filter((slice) => now - slice.start < WINDOW);
    let last = slices.at(-1);
    if (last === undefined || now - last.start >= SLICE) slices.push((last = { start: now, all: 0, failed: 0 }));
    last.all += 1;
    last.failed += failures;
    failedInARow = failures === 0 ? 0 : failedInARow + 1;
    if (failures === 0) succeededAt = now;
  }

  function tooManyFailed(): boolean {
    const all = slices.reduce((sum, slice) => sum + slice.all, 0);
    const failed = slices.reduce((sum, slice) => sum + slice.failed, 0);
    return all >= LEAST_OPERATIONS && failed >= all * FAILED_SHARE;
  }

  function nothingSucceeds(): boolean {
    return failedInARow >= MOST_IN_A_ROW && clock.now() - succeededAt >= WINDOW;
  }

  function waitThenTry(): void {
    state = 'open';
    triesAt = clock.now() + pause * (0.5 + options.random());
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }

  function close(): void {
    state = 'closed';
    slices = [];
    failedInARow = 0;
    succeededAt = clock.now();
    pause = FIRST_PAUSE;
    options.onClose();
  }

  // What began before the breaker opened says nothing about the store of now, so it only counts while closed.
  const counted: Permit = {
    isTrial: false,
    succeeded() {
      if (state === 'closed') count(0);
    },
    failed() {
      if (state !== 'closed') return;
      count(1);
      if (!tooManyFailed() && !nothingSucceeds()) return;
      waitThenTry();
      options.onOpen();
    },
    // Many were under way when it opened: were each a reason to try, a slow store would be tried all the time.
    answeredLate() {},
  };

  const trial: Permit = {
    isTrial: true,
    succeeded() {
      if (state === 'trying') close();
    },
    failed() {
      if (state === 'trying') waitThenTry();
    },
    answeredLate() {
      triesAt = Math.min(triesAt, clock.now());
    },
  };

  return {
    get isOpen() {
      return state !== 'closed';
    },
    admit() {
      if (state === 'closed') return counted;
      if (state === 'trying' || clock.now() < triesAt) return undefined;
      state = 'trying';
      return trial;
    },
    uncontrolled: counted,
    reset() {
      if (state !== 'closed') close();
    },
  };
}

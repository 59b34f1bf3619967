import type { Clock } from '../clock.js';
import { inRootContext } from '../context.js';
import { parseDuration, type Duration } from '../duration.js';
import { invalidOption } from '../errors/index.js';
import { settle } from './settle.js';

/** A clock that stands still until a test moves it: give it to `createCache({ clock })`. */
export interface TestClock extends Clock {
  /**
   * Moves time on, after what is ready has run: promise reactions, and one turn of the event loop. What falls due on
   * the way fires in the order of its instants, and what it makes ready runs before the next. `0` moves nothing.
   *
   * @throws CacheError (a rejection) `ERR_MILLPOND_INVALID_OPTION` for what is no duration. What a timer throws is
   *   thrown here, and time stands at that timer.
   */
  readonly advance: (duration: Duration) => Promise<void>;
  /** How many timers wait for their time. */
  readonly pending: number;
}

interface Waiting {
  readonly at: number;
  readonly run: () => void;
}

/** When a test clock starts, unless it is told: a fixed instant, so that a test says the same on every day. */
const START = Date.UTC(2024, 0, 1);

/**
 * Makes a clock that stands still. `start` is what `wallTime` says at first: milliseconds since 1970, or a Date; by
 * default the beginning of 2024 (UTC). `now` begins at 0.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION` for an instant that is none.
 */
export function createTestClock(start: number | Date = START): TestClock {
  const startTime = Number(start);
  if (!Number.isFinite(startTime)) {
    throw invalidOption('createTestClock', 'start', start, 'a number of milliseconds since 1970, or a valid Date');
  }
  let time = 0;
  const timers = new Set<Waiting>();

  function nextDue(limit: number): Waiting | undefined {
    let first: Waiting | undefined;
    for (const timer of timers) {
      if (timer.at <= limit && (first === undefined || timer.at < first.at)) first = timer;
    }
    return first;
  }

  return {
    now: () => time,
    wallTime: () => startTime + time,
    setTimer(run, ms) {
      const timer = { at: time + Math.max(0, ms), run };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    async advance(duration) {
      const ms = duration === 0 ? 0 : parseDuration(duration, 'advance', 'duration');
      // A call that was made just now has yet to set its timers, and they count from before the move.
      await settle();
      const end = time + ms;
      for (let due = nextDue(end); due !== undefined; due = nextDue(end)) {
        timers.delete(due);
        time = Math.max(time, due.at);
        inRootContext(due.run);
        await settle();
      }
      // Another `advance` may have gone further meanwhile: a clock never goes back.
      time = Math.max(time, end);
      await settle();
    },
    get pending() {
      return timers.size;
    },
  };
}

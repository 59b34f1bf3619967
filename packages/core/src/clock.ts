import { inRootContext } from './context.js';

/** A timer that was started; `cancel` may be called at any time, also after it has fired. */
export interface Timer {
  cancel(): void;
}

/**
 * Where time comes from. Give one of your own to `createCache({ clock })` to move time by hand in tests.
 *
 * With a clock of your own, nothing expires, no deadline passes and no timer fires until it says so.
 */
export interface Clock {
  /** Milliseconds on a clock that never goes back; only differences mean anything. */
  now(): number;
  /** Milliseconds since 1970 (UTC); used only for instants that leave the process. */
  wallTime(): number;
  /**
   * Runs `run` once after `ms` milliseconds, outside any request's async context. An `'awaited'` timer keeps the
   * process alive (a caller waits on it), a `'background'` one does not.
   */
  setTimer(run: () => void, ms: number, kind: 'awaited' | 'background'): Timer;
}

/** The longest delay that Node's setTimeout takes; a longer one would fire at once. */
const LONGEST_DELAY = 2_147_483_647;

/** The clock of the machine: `performance.now` for differences, `Date.now` for instants. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  setTimer(run, ms, kind) {
    let handle: NodeJS.Timeout;
    const arm = (left: number): void => {
      const step = Math.min(left, LONGEST_DELAY);
      handle = inRootContext(() => setTimeout(() => (left > step ? arm(left - step) : run()), step));
      if (kind === 'background') handle.unref();
    };
    arm(Math.max(0, ms));
    return { cancel: () => clearTimeout(handle) };
  },
};

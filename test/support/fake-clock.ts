import type { Clock } from '@millpond/core';

interface Pending {
  readonly at: number;
  readonly run: () => void;
}

/** A clock that stands still until a test moves it. Timers fire in order of their instants. */
export interface FakeClock extends Clock {
  /** Moves time on by `ms`, firing what falls due, and lets promise reactions settle between timers. */
  advance(ms: number): Promise<void>;
  /** Timers that have not fired yet. */
  readonly pending: number;
}

/** Lets everything that is ready run: promise reactions, and one turn of the event loop. */
export async function settle(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}

/** A fake clock that starts at `start` (milliseconds since 1970). */
export function fakeClock(start = 1_700_000_000_000): FakeClock {
  let time = 0;
  const timers = new Set<Pending>();

  function nextDue(limit: number): Pending | undefined {
    let first: Pending | undefined;
    for (const timer of timers) {
      if (timer.at <= limit && (first === undefined || timer.at < first.at)) first = timer;
    }
    return first;
  }

  return {
    now: () => time,
    wallTime: () => start + time,
    setTimer(run, ms) {
      const timer = { at: time + ms, run };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    async advance(ms) {
      const end = time + ms;
      for (let due = nextDue(end); due !== undefined; due = nextDue(end)) {
        timers.delete(due);
        time = Math.max(time, due.at);
        due.run();
        await settle();
      }
      time = end;
      await settle();
    },
    get pending() {
      return timers.size;
    },
  };
}

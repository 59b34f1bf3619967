import { systemClock, type Clock, type Timer } from '../../clock.js';
import { inRootContext } from '../../context.js';
import type { LocalListener } from './local-port.js';
import type { SweepOptions, Swept } from './sweep.js';

/** When a store is swept first, and how long it is left alone after that, in milliseconds. */
const FIRST = 10_000;
const PAUSE = 600_000;
/** After so much of it was written the store is swept soon, though it was swept lately. */
const SHARE_WRITTEN = 0.05;
const SOON = 1000;
/** What was cleared goes later: until then it tells other processes why they miss. */
const CLEARED = 60_000;
/** Sweeping takes at most a 20th of the time, however much there is to go over. */
const REST = 20;

/** Sweeps a local store now and then, behind all calls. Nothing of it keeps the process alive. */
export interface Janitor {
  /** So many bytes were written by this process. */
  wrote(bytes: number): void;
  /** There is no room left: what is over is removed soon. */
  hurry(): void;
  /** The entries whose places begin so were cleared: what is there by now is of no use. */
  cleared(beginning: string): void;
  /** Ends it; resolves when nothing is being removed any more. */
  stop(): Promise<void>;
}

/** What a janitor needs. */
export interface JanitorOptions {
  readonly clock: Clock;
  readonly maxBytes: number;
  readonly hear: LocalListener;
  readonly sweep: (options: SweepOptions) => Promise<Swept>;
}

/** Starts a janitor. */
export function startJanitor({ clock, maxBytes, hear, sweep }: JanitorOptions): Janitor {
  const clearedAt = new Map<string, number>();
  let timer: Timer | undefined;
  /** When the next sweep is to begin. */
  let due = Infinity;
  let running: Promise<void> | undefined;
  let stopped = false;
  let kept = 0;
  let written = 0;
  let rest = 0;

  function sweepWithin(ms: number): void {
    // Many processes that were started together do not sweep together.
    const wait = Math.max(ms, rest) * (0.5 + Math.random() / 2);
    if (stopped || clock.now() + wait >= due) return;
    due = clock.now() + wait;
    timer?.cancel();
    timer = clock.setTimer(start, wait, 'background');
  }

  function start(): void {
    due = Infinity;
    running ??= inRootContext(run).finally(() => (running = undefined));
  }

  async function run(): Promise<void> {
    // How long it takes is the machine's affair, whatever clock the cache was given.
    const startedAt = systemClock.now();
    const cleared = new Map(clearedAt);
    written = 0;
    try {
      const swept = await sweep({ now: clock.wallTime(), maxBytes, cleared, isStopped: () => stopped });
      kept = swept.bytes;
      if (!stopped) hear.swept(swept);
      for (const [beginning, instant] of cleared) {
        if (clearedAt.get(beginning) === instant) clearedAt.delete(beginning);
      }
    } catch (error) {
      hear.failed('remove what is over', error);
    }
    rest = (systemClock.now() - startedAt) * REST;
    sweepWithin(isTooMuch() ? SOON : PAUSE);
    if (clearedAt.size > 0) sweepWithin(CLEARED);
  }

  function isTooMuch(): boolean {
    return written >= Math.max(maxBytes - kept, maxBytes * SHARE_WRITTEN);
  }

  sweepWithin(FIRST);
  return {
    wrote(bytes) {
      written += bytes;
      if (isTooMuch()) sweepWithin(SOON);
    },
    hurry: () => sweepWithin(SOON),
    cleared(beginning) {
      // Files tell when they were written by the clock of the machine, whatever clock the cache was given.
      clearedAt.set(beginning, systemClock.wallTime());
      sweepWithin(CLEARED);
    },
    async stop() {
      stopped = true;
      timer?.cancel();
      await running;
    },
  };
}

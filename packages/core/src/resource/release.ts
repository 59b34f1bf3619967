import type { Clock, Timer } from '../clock.js';
import { inRootContext } from '../context.js';
import { messageOf, releaseFailed, type CacheError } from '../errors/index.js';
import type { ReleaseReason } from '../options.js';
import type { Flight } from '../run/flight.js';
import { runWithin } from '../run/run-context.js';
import type { Holding } from './holding.js';
import { newFlight } from './resource-flight.js';

/** One release: to be begun once, and then under way. */
export interface Release {
  /** The run of `onRelease`: what it calls belongs to it. */
  readonly flight: Flight<void>;
  /** Calls `onRelease`, outside any caller's context. */
  begin(): void;
  /** Counts it as failed now, whenever it may end. */
  giveUp(): void;
}

/** What a release is made with; times in milliseconds. */
export interface ReleaseOptions {
  readonly reason: ReleaseReason;
  readonly clock: Clock;
  /** So long it is waited for; then it counts as failed. */
  readonly timeout: number;
  /** Called once: when it has ended, well or badly, or has taken too long. */
  readonly onEnd: (failure: CacheError | undefined) => void;
}

/** Makes the release of a resource. What goes wrong in it is told, and never reaches a caller. */
export function releaseOf(holding: Holding, { reason, clock, timeout, onEnd }: ReleaseOptions): Release {
  const { owner, key, resource } = holding;
  const flight = newFlight<void>({ table: owner, fn: owner.report.fn, key, cache: owner, clock });
  let timer: Timer | undefined;
  let ended = false;

  function end(failure: CacheError | undefined): void {
    if (ended) return;
    ended = true;
    timer?.cancel();
    if (failure === undefined) owner.report.released(key, reason);
    else owner.report.releaseFailed(key, reason, failure);
    onEnd(failure);
  }

  const fail = (why: string, cause: unknown): void => end(releaseFailed(owner.report.fn, reason, why, cause));
  const giveUp = (): void => fail(`it did not end within ${timeout} ms`, undefined);

  async function run(): Promise<void> {
    try {
      await runWithin(flight, () => owner.onRelease(resource, reason));
      end(undefined);
    } catch (error) {
      fail(messageOf(error), error);
    }
  }

  function begin(): void {
    timer = clock.setTimer(giveUp, timeout, 'awaited');
    inRootContext(() => flight.begin(run));
  }

  return { flight, begin, giveUp };
}

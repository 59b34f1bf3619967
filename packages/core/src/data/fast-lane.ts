import { COARSE_LIFE, type CoarseClock } from '../coarse-clock.js';
import type { Audience } from '../events.js';
import type { Counters } from '../observe/counters.js';
import { isCurrent } from '../run/generation.js';
import { nobodyRecords } from '../run/run-context.js';
import type { DataEntry } from './data-entry.js';
import type { DataFunctionParts } from './data-parts.js';

/** There is more to do for a call. */
export const MORE: unique symbol = Symbol('more');

/**
 * The way of a hit on which there is nothing to do but to count it and to copy what is kept: by far the most. It asks for
 * as little as possible, of what it holds itself; whatever else there is sends a call the long way, which finds the same
 * and does all of it.
 */
export class FastLane {
  readonly #coarse: CoarseClock;
  readonly #counters: Counters;
  readonly #hearsHits: Audience;

  constructor({ host, report }: Pick<DataFunctionParts, 'host' | 'report'>) {
    this.#coarse = host.coarse;
    this.#counters = report.counters;
    this.#hearsHits = report.hearsHits;
  }

  /** Lets an entry, which is a hit now, go this way from now on, if such as it may. */
  admit(value: DataEntry): void {
    const { acts, stamps, createdAt, freshUntil, trustedUntil } = value;
    const until = Math.min(freshUntil, trustedUntil);
    // Effects act for the caller; and what lives for a short time is looked at exactly.
    if (acts !== undefined || until - createdAt < COARSE_LIFE) return;
    const tick = this.#coarse.tickOf(until);
    value.lane = stamps.length > 0 ? -tick : tick;
  }

  /** Whether an entry, found by its arguments, goes this way to a caller who says nothing for itself. */
  takes(value: DataEntry): boolean {
    let { lane } = value;
    if (lane < 0) {
      // Somebody has invalidated a tag of it.
      if (!isCurrent(value.stamps)) return false;
      lane = -lane;
    }
    // Its time may be over; somebody is told of every hit; or it is a run that asks, and takes over what the entry carries.
    return (lane > this.#coarse.tick || this.#coarse.isToCome(lane)) && !this.#hearsHits.listens && nobodyRecords();
  }

  /** Counts the hit, and answers with what its caller gets. Throws what a codec throws. */
  answer(entry: DataEntry): unknown {
    entry.touch();
    this.#coarse.usedTick(this.#counters.memoryHit(entry.computeMicros));
    return entry.copy();
  }
}

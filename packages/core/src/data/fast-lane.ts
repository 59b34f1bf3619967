import type { Clock } from '../clock.js';
import { COARSE_LIFE, type CoarseClock } from '../coarse-clock.js';
import type { Audience } from '../events.js';
import type { Counters } from '../observe/counters.js';
import { isCurrent } from '../run/generation.js';
import { currentRecorder } from '../run/run-context.js';
import type { DataEntry } from './data-entry.js';
import type { DataFunctionParts } from './data-parts.js';

/**
 * The way of a hit on which there is nothing to do but to count it and to copy what is kept: by far the most. It asks for
 * as little as possible, of what it holds itself; whatever else there is sends a call the long way, which finds the same
 * and does all of it.
 */
export class FastLane {
  readonly #coarse: CoarseClock;
  readonly #clock: Clock;
  readonly #counters: Counters;
  readonly #hearsHits: Audience;

  constructor({ host, report }: Pick<DataFunctionParts, 'host' | 'report'>) {
    this.#coarse = host.coarse;
    this.#clock = host.settings.clock;
    this.#counters = report.counters;
    this.#hearsHits = report.hearsHits;
  }

  /** Whether an entry, found by an alias, may go this way to a caller who says nothing for itself. */
  takes({ acts, stamps, freshUntil, trustedUntil }: DataEntry): boolean {
    // Effects act for the caller.
    if (acts !== undefined) return false;
    // Somebody has invalidated a tag of it.
    if (stamps.length > 0 && !isCurrent(stamps)) return false;
    // Its time may be over; what never ends needs no clock, and what has long to live none that is exact.
    const until = freshUntil < trustedUntil ? freshUntil : trustedUntil;
    if (until !== Infinity && until - this.#coarse.now() < COARSE_LIFE && this.#clock.now() >= until) return false;
    // Somebody is told of every hit; or it is a run that asks, and takes over what the entry carries.
    return !this.#hearsHits.listens && currentRecorder() === undefined;
  }

  /** Counts the hit, and answers with what its caller gets. Throws what a codec throws. */
  answer(entry: DataEntry): unknown {
    entry.touch();
    this.#counters.hit('memory', entry.computeMs);
    return entry.copy();
  }
}

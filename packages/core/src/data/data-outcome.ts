import type { DataEntry } from './data-entry.js';
import type { Acts } from '../effect/index.js';
import type { MissReason } from '../events.js';
import type { Located } from '../input/index.js';
import type { LateArguments } from '../run/late-arguments.js';

/** Why something stale is served. */
export type StaleCause = 'revalidate' | 'error' | 'timeout';

/** Where an answer came from. */
export type DataSource =
  | { readonly type: 'run'; readonly reason: MissReason }
  | { readonly type: 'store' }
  | { readonly type: 'stale'; readonly cause: 'error' | 'timeout' }
  | {
      readonly type: 'stale';
      readonly cause: 'revalidate';
      /** What the refresh behind it is to be run with. */
      readonly late: LateArguments;
      /** Which variant was found, with the inputs that the refresh may read (hazard 25). */
      readonly variant: Located;
    };

/** What a flight found or computed. */
export interface DataAnswer {
  readonly type: 'answer';
  readonly source: DataSource;
  /** What is copied for each caller, kept or not. */
  readonly entry: DataEntry;
  /** The position of the first tag invalidation that concerns it, since it began. */
  readonly outdatedAt: number | undefined;
}

/** A value that cannot be data, and need not be, since it was outdated meanwhile. */
export interface Uncacheable {
  readonly type: 'uncacheable';
  readonly reason: MissReason;
  /** The value; it goes to the first who takes it, and the others get the error. */
  readonly value: unknown;
  readonly error: unknown;
  /** What acts when it is handed out. */
  readonly acts: Acts | undefined;
  taken: boolean;
}

/** What a flight failed with. */
export interface DataFailure {
  readonly type: 'failure';
  readonly reason: MissReason;
  readonly error: unknown;
  /** What was recorded before it failed. */
  readonly acts: Acts | undefined;
  /** When it happened, of one that was kept; undefined when the function has just failed. */
  readonly failedAt: number | undefined;
  /** Whether something stale may be served instead: computing failed, and not the keeping of what it returned. */
  readonly mayBeStale: boolean;
}

/** How a flight ended, for everybody who waits for it. */
export type DataOutcome = DataAnswer | Uncacheable | DataFailure;

/** Whether something stale took the place of what a run did not give. */
export function isInstead(
  answer: DataAnswer,
): answer is DataAnswer & { readonly source: { readonly type: 'stale'; readonly cause: 'error' | 'timeout' } } {
  return answer.source.type === 'stale' && answer.source.cause !== 'revalidate';
}

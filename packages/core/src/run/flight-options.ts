import type { Clock } from '../clock.js';

/** What a flight is known by. */
export interface FlightOptions {
  /** The flights of the function that it is a run of. */
  readonly table: object;
  /** The name of that function, for errors. */
  readonly fn: string;
  readonly key: string;
  /** The cache that it is of. */
  readonly cache: object;
  readonly clock: Clock;
  /** Grows with every flight of the cache: of two runs of a key, the one with the greater number began later. */
  readonly run: number;
  /** Where the log of tag invalidations stood when it began (hazard 13). */
  readonly position: number;
  /** When it began, by the clock; now by default. */
  readonly startedAt?: number | undefined;
  /** Whether it runs behind a stale answer. */
  readonly behind: boolean;
  /** Whether it takes over what the answers that it uses pass on. */
  readonly inherits: boolean;
  /** Whether effects inside it are recorded, to act with each hand-out. Default false: they act at once. */
  readonly replays?: boolean | undefined;
  /** Whether it is of a call that passes through a disabled or closed cache. Default false. */
  readonly passesThrough?: boolean | undefined;
}

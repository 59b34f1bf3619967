import type { Cache, CachedData, DataOptions } from '@millpond/core';
import { settle, type FakeClock } from '../../support/fake-clock.js';
import { pond } from './cache.js';
import { gate, type Gate } from './gate.js';

/** A cached function each of whose runs waits for the test. */
export interface GatedRuns {
  readonly cache: Cache;
  readonly clock: FakeClock;
  readonly load: CachedData<[_id: string], string>;
  /** Lets a run (from 1) answer; it must have begun. */
  readonly answer: (run: number, value: string) => Promise<void>;
  /** One for each run that has begun. */
  readonly doors: readonly Gate<string>[];
}

/** Makes one, in memory, on a clock of its own. */
export function gatedRuns(options: DataOptions<[_id: string], string> = {}): GatedRuns {
  const { cache, clock } = pond();
  const doors: Gate<string>[] = [];
  const load = cache.cacheData(async (_id: string) => {
    const door = gate<string>();
    doors.push(door);
    return door.passed;
  }, options);
  const answer = async (run: number, value: string): Promise<void> => {
    await settle();
    const door = doors[run - 1];
    if (door === undefined) throw new Error(`run ${run} has not begun`);
    door.open(value);
    await settle();
  };
  return { cache, clock, load, answer, doors };
}

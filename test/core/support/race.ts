import fc from 'fast-check';
import { settle } from '../../support/fake-clock.js';
import { runs } from '../../support/runs.js';
import { watch } from './gate.js';

/** Long enough for all schedules of `npm run verify` on a busy machine. */
export const PATIENCE: number = 30 * 60_000;

/**
 * Whether the next thing happens as soon as the last has (in the middle of what it has set off), or when everything that
 * it has set off is over.
 */
type Pace = 'hasty' | 'calm';

/** Turns of the event loop in which nothing happens, after which nothing will. */
const QUIET_TURNS = 10;

/** Actors that do things at once, and a schedule that says in which order they come about. */
export class Race {
  readonly #schedule: fc.Scheduler;
  readonly #pace: Pace;
  readonly #actors: { readonly name: string; readonly act: () => Promise<void> }[] = [];
  #underWay = false;

  constructor(schedule: fc.Scheduler, pace: Pace) {
    this.#schedule = schedule;
    this.#pace = pace;
  }

  /** Passes when the schedule says so; before and after the race, at once. */
  moment(what: string): Promise<void> {
    return this.#underWay ? this.#schedule.schedule(Promise.resolve(), what) : Promise.resolve();
  }

  /** Adds somebody who begins when the schedule says so. */
  actor(name: string, act: () => Promise<void>): void {
    this.#actors.push({ name, act });
  }

  /** The same, so many times; each is told its number (from 1). */
  actors(count: number, name: string, act: (number: number) => Promise<void>): void {
    for (let number = 1; number <= count; number += 1) this.actor(`${name} ${number}`, () => act(number));
  }

  /** Runs the race until every actor is done and nothing is on its way any more; fails with what an actor fails with. */
  async run(): Promise<void> {
    this.#underWay = true;
    const all = Promise.all(
      this.#actors.map(async ({ name, act }) => {
        await this.moment(`${name} begins`);
        await act();
      }),
    );
    const state = watch(all);
    for (let quiet = 0; quiet < QUIET_TURNS;) {
      const some = this.#schedule.count() > 0;
      if (some) await this.#schedule.waitOne();
      if (!some || this.#pace === 'calm') await settle();
      quiet = some ? 0 : quiet + 1;
    }
    this.#underWay = false;
    if (!state.settled) throw new Error('an actor waits for something that nobody will do');
    await all;
  }
}

/**
 * Plays a race by 1,000 schedules, each at a pace and with a plan of its own, or by 10,000 to verify. `play` sets the
 * actors up, runs the race, and checks what must hold afterwards.
 */
export async function everySchedule<T>(
  plans: fc.Arbitrary<T>,
  play: (race: Race, plan: T) => Promise<void>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.constantFrom<Pace>('hasty', 'calm'), plans, (schedule, pace, plan) =>
      play(new Race(schedule, pace), plan),
    ),
    { numRuns: runs(1000, 10_000) },
  );
}

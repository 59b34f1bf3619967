import { settle } from './fake-clock.js';
import { heldStore, type HeldStore } from './held-store.js';

/** What happens at once, and what must hold when all of it has happened. */
export interface Scenario {
  readonly actors: readonly Promise<unknown>[];
  readonly check: () => Promise<void>;
}

/** Turns of the event loop without a new operation after which none will come by itself. */
const QUIET_TURNS = 5;

/**
 * Plays a scenario once for every order in which its operations can take effect, and says how many there were. The
 * scenario gets a store of its own each time; what it asks after it has said `hold` is released one by one.
 */
export async function everyOrder(scenario: (store: HeldStore) => Promise<Scenario>): Promise<number> {
  let choices: number[] = [];
  for (let played = 1; ; played += 1) {
    const options = await play(scenario, choices);
    const taken = options.map((_, step) => choices[step] ?? 0);
    let last = taken.length - 1;
    while (last >= 0 && (taken[last] ?? 0) + 1 >= (options[last] ?? 0)) last -= 1;
    if (last < 0) return played;
    choices = [...taken.slice(0, last), (taken[last] ?? 0) + 1];
  }
}

/** Plays it once by these choices (then by the first possible); says how many were possible at each step. */
async function play(scenario: (store: HeldStore) => Promise<Scenario>, choices: readonly number[]): Promise<number[]> {
  const store = heldStore();
  const { actors, check } = await scenario(store);
  const options: number[] = [];
  let done = false;
  const all = Promise.all(actors).then(() => (done = true));
  for (await quiet(store); store.held.length > 0; await quiet(store)) {
    store.held[choices[options.length] ?? 0]?.release();
    options.push(store.held.length + 1);
  }
  if (!done) throw new Error('an actor waits for something that is not held');
  await all;
  store.hold(undefined);
  await check();
  return options;
}

async function quiet(store: HeldStore): Promise<void> {
  for (let turns = 0, asked = store.asked.length; turns < QUIET_TURNS; turns += 1) {
    await settle();
    if (store.asked.length === asked) continue;
    asked = store.asked.length;
    turns = 0;
  }
}

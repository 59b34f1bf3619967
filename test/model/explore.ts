import { createHash } from 'node:crypto';
import type { Scenario } from './steps.js';
import { World, type OpenTier, type Violation } from './world.js';

/** What an exploration came to. */
export interface Explored {
  /** Different states that were reached. */
  readonly states: number;
  /** Plays that were needed to reach them. */
  readonly plays: number;
  /** The longest play, in operations. */
  readonly depth: number;
  /** Values that were found in the store. */
  readonly hits: number;
  /** False when `mostStates` was not enough. */
  readonly complete: boolean;
  /** The first stale read. */
  readonly violation: Violation | undefined;
}

/**
 * Explores every order in which the operations of a scenario can take effect, depth first, until all states were
 * reached, or so many, or a stale read. Real code cannot be put back into an earlier state, so each branch is played
 * anew from the start; where a play comes to a state that is known, it ends.
 */
export async function explore(scenario: Scenario, open: OpenTier, mostStates: number): Promise<Explored> {
  const known = new Set<string>();
  const branches: (readonly string[])[] = [[]];
  let [plays, depth, hits] = [0, 0, 0];
  let violation: Violation | undefined;

  async function play(prefix: readonly string[]): Promise<void> {
    const world = new World(scenario, open);
    const trace: string[] = [];
    const step = async (name: string): Promise<void> => {
      const choice = world.choices().find((choice) => choice.name === name);
      if (choice === undefined) throw new Error(`not to be had again: ${name}\n${trace.join('\n')}`);
      trace.push(name);
      await world.take(choice);
    };
    await world.begin();
    for (const name of prefix) await step(name);
    for (;;) {
      const state = createHash('sha1').update(world.state()).digest('base64');
      if (known.has(state)) break;
      known.add(state);
      const [next, ...others] = world.choices();
      for (const { name } of others) branches.push([...trace, name]);
      if (next === undefined) {
        await world.end();
        break;
      }
      await step(next.name);
      if (world.violations.length > 0) break;
    }
    depth = Math.max(depth, trace.length);
    hits += world.hits;
    const [what] = world.violations;
    if (what !== undefined) violation = { what, trace };
  }

  for (let prefix = branches.pop(); prefix !== undefined; prefix = branches.pop()) {
    plays += 1;
    await play(prefix);
    if (violation !== undefined || known.size >= mostStates) break;
  }
  return {
    states: known.size,
    plays,
    depth,
    hits,
    complete: branches.length === 0 && violation === undefined,
    violation,
  };
}

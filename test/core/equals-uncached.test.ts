import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCache, type Cache, type CachedData, type CachedDataSync } from '@millpond/core';
import { fakeClock, type FakeClock } from '../support/fake-clock.js';
import { runs } from '../support/runs.js';
import { argument, lifeOf, Model, plain, spoil, steps, type Step, type Value } from './support/model.js';
import { failureOf } from './support/gate.js';

/** Long enough for all cases of `npm run verify` on a busy machine. */
const PATIENCE = 30 * 60_000;

class Down extends Error {}

/** What one sequence is played on: the cached function, and the model that says what it must answer. */
interface Play {
  readonly model: Model;
  readonly clock: FakeClock;
  cache: Cache;
  load: CachedData<[of: unknown], Value>;
  actualRuns: number;
  restart(): Promise<void>;
}

function idOf(of: unknown): number {
  if (of === undefined) return 4;
  if (Array.isArray(of)) return 2;
  if (typeof of === 'object') return 3;
  return typeof of === 'string' ? 1 : 0;
}

function play(storeData: Map<string, unknown> | undefined): Play {
  const clock = fakeClock();
  const model = new Model();
  const open = (): Pick<Play, 'cache' | 'load'> => {
    const cache = createCache({ clock, name: 'shop', store: storeData });
    const load = cache.cacheData(
      async (of: unknown): Promise<Value> => {
        state.actualRuns += 1;
        const { version, failing } = model;
        await Promise.resolve();
        if (failing) throw new Down();
        return plain(of, version);
      },
      { name: 'load', ttl: (_, of) => lifeOf(idOf(of)), jitter: 0 },
    );
    return { cache, load };
  };
  const state: Play = {
    ...open(),
    model,
    clock,
    actualRuns: 0,
    async restart() {
      await state.cache.close();
      Object.assign(state, open());
    },
  };
  return state;
}

/** The cheap comparison first: nearly all are equal, and the matcher costs more than the call that it judges. */
function expectEqual(value: Value, wanted: Value): void {
  if (!isDeepStrictEqual(value, wanted)) expect(value).toStrictEqual(wanted);
}

/** Checks an answer against the version that it must have, and spoils it as a careless caller would. */
async function check(answer: Promise<Value>, of: unknown, version: number | undefined): Promise<void> {
  if (version === undefined) {
    if (!((await failureOf(answer)) instanceof Down)) throw new Error('it failed otherwise than the function');
    return;
  }
  const value = await answer;
  expectEqual(value, plain(of, version));
  spoil(value);
}

/**
 * A call, a drop and a change in the middle of it, and a call after them. What the first call gets may be of before
 * or after the change, as its run began before or after it; the second call must get what is of after.
 */
async function race(on: Play, id: number, of: unknown): Promise<void> {
  const { model, load } = on;
  const inMemory = load.has(of);
  const early = model.fresh(id) ?? model.version;
  const before = on.actualRuns;
  const first = load(of);
  const dropped = load.delete(of);
  model.delete(id);
  model.version += 1;
  const second = load(of);
  const late = model.refresh(id);
  const answer = await first.catch((error: unknown) => error);
  if (answer instanceof Error) expect([answer.constructor, model.failing]).toEqual([Down, true]);
  else expect([plain(of, early), plain(of, model.version)]).toContainEqual(answer);
  await Promise.all([check(second, of, late), dropped]);
  const ran = on.actualRuns - before;
  expect(inMemory ? [1] : [1, 2]).toContain(ran);
  model.runs = on.actualRuns;
}

const one: Record<
  Extract<Step, { id: number }>['do'],
  (on: Play, id: number, make: () => unknown) => void | Promise<unknown>
> = {
  call: ({ model, load }, id, make) => check(load(make()), make(), model.call(id)),
  join: ({ model, load }, id, make) => {
    const answers = [load(make()), load(make())];
    const version = model.call(id);
    return Promise.all(answers.map((answer) => check(answer, make(), version)));
  },
  race: (on, id, make) => race(on, id, make()),
  refresh: ({ model, load }, id, make) => check(load.refresh(make()), make(), model.refresh(id)),
  delete: async ({ model, load }, id, make) => {
    model.delete(id);
    await load.delete(make());
  },
  peek: ({ model, load }, id, make) => {
    const fresh = model.fresh(id);
    const held = load.peek(make());
    // Memory may hold less than the store does, and never more than the model.
    if (held !== undefined) expectEqual(held, plain(make(), fresh ?? Number.NaN));
    expect(load.has(make())).toBe(held !== undefined);
    if (held !== undefined) spoil(held);
  },
};

async function step(on: Play, what: Step): Promise<void> {
  const { model, clock, cache, load } = on;
  switch (what.do) {
    case 'advance':
      model.time += what.ms;
      return clock.advance(what.ms);
    case 'clear':
    case 'clearAll':
      model.clear();
      await (what.do === 'clear' ? load.clear() : cache.clear());
      return;
    case 'change':
      model.version += 1;
      return;
    case 'fail':
      model.failing = !model.failing;
      return;
    case 'restart':
      return on.restart();
    case 'call':
    case 'join':
    case 'race':
    case 'refresh':
    case 'delete':
    case 'peek':
      await one[what.do](on, what.id, () => argument(what.id, what.respelled));
  }
}

test(
  'a cached function equals the uncached one under any sequence of calls, drops and time, in memory',
  async () => {
    await fc.assert(
      fc.asyncProperty(steps(false), async (sequence) => {
        const on = play(undefined);
        for (const what of sequence) {
          await step(on, what);
          expect(on.actualRuns).toBe(on.model.runs);
        }
      }),
      { numRuns: runs(5000, 100_000) },
    );
  },
  PATIENCE,
);

test(
  'a cached function equals the uncached one under any sequence, over a store and restarts',
  async () => {
    await fc.assert(
      fc.asyncProperty(steps(true), async (sequence) => {
        const on = play(new Map());
        for (const what of sequence) {
          await step(on, what);
          expect(on.actualRuns).toBe(on.model.runs);
        }
        await on.cache.close();
      }),
      { numRuns: runs(5000, 100_000) },
    );
  },
  PATIENCE,
);

function checkSync(call: () => Value, of: unknown, version: number | undefined): void {
  if (version === undefined) {
    expect(call).toThrow(Down);
    return;
  }
  const value = call();
  expectEqual(value, plain(of, version));
  spoil(value);
}

async function stepSync(model: Model, clock: FakeClock, load: CachedDataSync<[of: unknown], Value>, what: Step) {
  switch (what.do) {
    case 'advance':
      model.time += what.ms;
      return clock.advance(what.ms);
    case 'clear':
    case 'clearAll':
      model.clear();
      return load.clear();
    case 'change':
      model.version += 1;
      return;
    case 'fail':
      model.failing = !model.failing;
      return;
    case 'restart':
      return;
    case 'delete':
      model.delete(what.id);
      return load.delete(argument(what.id, what.respelled));
    case 'refresh':
      checkSync(() => load.refresh(argument(what.id, true)), argument(what.id, false), model.refresh(what.id));
      return;
    case 'call':
    case 'join':
    case 'race':
    case 'peek':
      checkSync(() => load(argument(what.id, what.respelled)), argument(what.id, false), model.call(what.id));
  }
}

test(
  'a cached synchronous function equals the uncached one under any sequence',
  async () => {
    await fc.assert(
      fc.asyncProperty(steps(false), async (sequence) => {
        const clock = fakeClock();
        const model = new Model();
        let actualRuns = 0;
        const compute = (of: unknown): Value => {
          actualRuns += 1;
          if (model.failing) throw new Down();
          return plain(of, model.version);
        };
        const load = createCache({ clock }).cacheDataSync(compute, { ttl: (_, of) => lifeOf(idOf(of)), jitter: 0 });
        for (const what of sequence) {
          await stepSync(model, clock, load, what);
          expect(actualRuns).toBe(model.runs);
        }
      }),
      { numRuns: runs(5000, 100_000) },
    );
  },
  PATIENCE,
);

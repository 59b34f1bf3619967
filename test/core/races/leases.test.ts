import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';
import { everySchedule, PATIENCE } from '../support/race.js';

interface Thing {
  readonly name: string;
  readonly ground: Thing | undefined;
  leases: number;
  state: 'alive' | 'going' | 'gone';
}

type Act = 'lease ground' | 'lease top' | 'call top' | 'refuse' | 'refresh' | 'delete' | 'clear top' | 'clear all';

interface Plan {
  readonly rebuild: 'build-first' | 'release-first';
  readonly acts: readonly Act[];
}

const act = fc.constantFrom<Act>(
  'lease ground',
  'lease top',
  'call top',
  'refuse',
  'refresh',
  'delete',
  'clear top',
  'clear all',
);
const plan: fc.Arbitrary<Plan> = fc.record({
  rebuild: fc.constantFrom('build-first', 'release-first'),
  acts: fc.array(act, { minLength: 2, maxLength: 7 }),
});

test(
  'lease/end: nothing is released while it is leased, nor before what was built on it, and each thing once',
  () =>
    everySchedule(plan, async (race, { rebuild, acts }) => {
      const made: Thing[] = [];
      const refused = new Set<Thing>();
      let underWay = 0;
      const isOver = (thing: Thing): boolean => thing.state === 'gone';
      const make = (name: string, ground: Thing | undefined): Thing => {
        const thing: Thing = { name, ground, leases: 0, state: 'alive' };
        made.push(thing);
        return thing;
      };
      const release = async (thing: Thing): Promise<void> => {
        expect([thing.state, thing.leases]).toEqual(['alive', 0]);
        for (const other of made) if (other.ground === thing) expect(other.state).toBe('gone');
        thing.state = 'going';
        await race.moment(`${thing.name} is released`);
        if (thing.ground !== undefined) expect(thing.ground.state).toBe('alive');
        thing.state = 'gone';
      };
      const cache = createCache({ clock: fakeClock() });
      const ground = cache.cacheResource(
        async () => {
          if (rebuild === 'release-first') {
            expect(underWay).toBe(0);
            expect(made.filter(({ name }) => name === 'ground').every(isOver)).toBe(true);
          }
          underWay += 1;
          await race.moment('the ground is built');
          underWay -= 1;
          return make('ground', undefined);
        },
        { rebuild, releaseAfter: 0, validate: (thing) => !refused.has(thing), onRelease: release },
      );
      const top = cache.cacheResource(
        async () => {
          const below = await ground();
          await race.moment('the top is built');
          expect(below.state).toBe('alive');
          return make('top', below);
        },
        { releaseAfter: 0, onRelease: release },
      );
      const hold = async (lease: Promise<{ readonly resource: Thing } & AsyncDisposable>): Promise<void> => {
        await using held = await lease;
        const thing = held.resource;
        thing.leases += 1;
        await race.moment(`a lease of the ${thing.name} ends`);
        expect([thing.state, thing.ground?.state ?? 'alive']).toEqual(['alive', 'alive']);
        thing.leases -= 1;
      };
      const play: Record<Act, () => Promise<unknown>> = {
        'lease ground': () => hold(ground.lease()),
        'lease top': () => hold(top.lease()),
        'call top': () => top(),
        refuse: async () => {
          for (const thing of made) refused.add(thing);
          await ground();
        },
        refresh: () => ground.refresh(),
        delete: () => ground.delete(),
        'clear top': () => top.clear(),
        'clear all': () => cache.clear(),
      };
      acts.forEach((act, index) => race.actor(`${index}: ${act}`, async () => void (await play[act]())));
      await race.run();
      expect(await cache.close()).toEqual({ failures: [] });
      expect(made.every(isOver)).toBe(true);
    }),
  PATIENCE,
);

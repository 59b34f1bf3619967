import { describe, expect, test } from 'vitest';
import { cacheNames } from '../../../packages/core/src/store/names.js';
import { everyOrder } from '../../support/orders.js';
import { entryOf, openTier, outcome, runAndKeep, type TestTier } from '../../support/stores.js';

/** What a process that had no part in it finds. */
async function anyoneFinds(store: Parameters<typeof openTier>[0], tags: readonly string[] = []): Promise<string> {
  return outcome(openTier(store).fn(), 'k', tags);
}

/** What is not there, or is outdated for the one reason that there is. */
const isMiss = (why: 'deleted' | 'cleared' | 'tag'): RegExp => new RegExp(`^\\((cold|${why})\\)$`);

describe('a run that was begun before an invalidation is found by nobody after it, in whatever order the store works', () => {
  test('hazard 5: a delete', async () => {
    const played = await everyOrder(async (store) => {
      const [a, b] = [openTier(store), openTier(store)];
      const { begun } = await a.fn().lookup('k', []);
      store.hold(() => true);
      return {
        actors: [a.fn().keep('k', begun, entryOf('outdated')), b.fn().delete('k')],
        async check() {
          for (const tier of [a, b]) expect(await outcome(tier.fn(), 'k')).toMatch(isMiss('deleted'));
          expect(await anyoneFinds(store)).toMatch(isMiss('deleted'));
          // Nor when the tombstone is gone, which lives for an hour.
          store.data.delete(cacheNames('shop', '').function('getUser', 'v1').call('k').tombstone);
          expect(await anyoneFinds(store)).toMatch(isMiss('deleted'));
        },
      };
    });
    expect(played).toBeGreaterThan(5);
  });

  test('a clear of the function', async () => {
    await everyOrder(async (store) => {
      const [a, b] = [openTier(store), openTier(store)];
      const { begun } = await a.fn().lookup('k', []);
      store.hold(() => true);
      return {
        actors: [a.fn().keep('k', begun, entryOf('outdated')), b.fn().clear()],
        async check() {
          for (const tier of [a, b]) expect(await outcome(tier.fn(), 'k')).toMatch(isMiss('cleared'));
          expect(await anyoneFinds(store)).toMatch(isMiss('cleared'));
        },
      };
    });
  });

  test('hazard 1: of a tag that is known only from the result', async () => {
    const played = await everyOrder(async (store) => {
      const [a, b] = [openTier(store), openTier(store)];
      await runAndKeep(a.fn('another'), 'k', 'makes the token of the tag', { tags: ['t'] });
      const { begun } = await a.fn().lookup('k', []);
      store.hold(() => true);
      return {
        actors: [a.fn().keep('k', begun, entryOf('outdated', { tags: ['t'] })), b.tier.invalidateTags(['t'])],
        async check() {
          for (const tier of [a, b]) expect(await outcome(tier.fn(), 'k')).toMatch(isMiss('tag'));
          expect(await anyoneFinds(store)).toMatch(isMiss('tag'));
        },
      };
    });
    expect(played).toBeGreaterThan(10);
  });

  test('hazard 1: of such a tag, when its token has to be made', async () => {
    await everyOrder(async (store) => {
      const [a, b] = [openTier(store), openTier(store)];
      const { begun } = await a.fn().lookup('k', []);
      store.hold(() => true);
      return {
        actors: [a.fn().keep('k', begun, entryOf('outdated', { tags: ['t'] })), b.tier.invalidateTags(['t'])],
        async check() {
          for (const tier of [a, b]) expect(await outcome(tier.fn(), 'k')).toMatch(isMiss('tag'));
          expect(await anyoneFinds(store)).toMatch(isMiss('tag'));
        },
      };
    });
  });

  test('hazard 1: of one of several tags, some known before and some from the result', async () => {
    await everyOrder(async (store) => {
      const [a, b] = [openTier(store), openTier(store)];
      await runAndKeep(a.fn('another'), 'k', 'makes the tokens', { tags: ['known', 'learned'] });
      const { begun } = await a.fn().lookup('k', ['known']);
      store.hold(() => true);
      const entry = entryOf('outdated', { tags: ['known', 'learned'] });
      return {
        actors: [a.fn().keep('k', begun, entry), b.tier.invalidateTags(['learned'])],
        async check() {
          expect(await anyoneFinds(store, ['known'])).toMatch(isMiss('tag'));
        },
      };
    });
  });
});

describe('hazard 2: tokens that are made at the same time', () => {
  /** A whole run: it looks, and keeps what it computed. */
  const run = async (tier: TestTier, payload: string): Promise<string> => {
    const { found, begun } = await tier.fn().lookup('k', []);
    if (found === undefined) await tier.fn().keep('k', begun, entryOf(payload));
    return found?.payload ?? payload;
  };

  test('by two processes: whatever is found was kept under the token that stayed', async () => {
    const played = await everyOrder(async (store) => {
      const [a, b] = [openTier(store), openTier(store)];
      store.hold((kind, key) => kind !== 'getMany' && key.includes('/f/'));
      return {
        actors: [run(a, 'a'), run(b, 'b')],
        async check() {
          const last = await run(openTier(store), 'c');
          expect(await anyoneFinds(store)).toBe(last);
        },
      };
    });
    expect(played).toBe(2);
  });

  test('by one process, and a clear by another: what was begun before the clear is found by nobody', async () => {
    await everyOrder(async (store) => {
      const [a, b] = [openTier(store), openTier(store)];
      store.hold((_, key) => key.includes('/f/'));
      const started = a.fn().lookup('k', []);
      const cleared = b.fn().clear();
      let order: string[] = [];
      const begun = started.then(({ begun }) => {
        order = [...order, 'begun'];
        return begun;
      });
      void cleared.then(() => (order = [...order, 'cleared']));
      return {
        actors: [begun, cleared],
        async check() {
          await a.fn().keep('k', await begun, entryOf('kept'));
          // Begun before the clear was acknowledged: outdated. Begun after it: fine, and then it may be found.
          if (order[0] === 'begun') expect(await anyoneFinds(store)).toMatch(isMiss('cleared'));
        },
      };
    });
  });
});

import { describe, expect, test } from 'vitest';
import { fakeClock } from '../../support/fake-clock.js';
import { heldStore, isTombstone } from '../../support/held-store.js';
import { breakStore, entryOf, openTier, outcome, runAndKeep, settled, type TestTier } from '../../support/stores.js';

describe('a store that is down', () => {
  test('is not asked any more, and is used again when one read gets through', async () => {
    const store = heldStore();
    const clock = fakeClock();
    const tier = openTier(store, { clock });
    await runAndKeep(tier.fn(), 'k', 'kept before');
    await breakStore(store, tier);
    expect(tier.told('storeDegraded')).toHaveLength(1);
    const asked = store.asked.length;
    const { begun, reason } = await tier.fn().lookup('k', []);
    expect(reason).toBe('store-down');
    await tier.fn().keep('k', begun, entryOf('not sent'));
    expect(store.asked.length).toBe(asked);
    store.hold(undefined);
    await clock.advance(2000);
    // The one that tries it does not wait for how that goes.
    expect(await outcome(tier.fn(), 'k')).toBe('(store-down)');
    await settled();
    expect(tier.told('storeRecovered')).toHaveLength(1);
    expect(await outcome(tier.fn(), 'k')).toBe('kept before');
  });

  test('is waited for by five who ask once a minute, and by nobody after them', async () => {
    const store = heldStore();
    const clock = fakeClock();
    const tier = openTier(store, { clock });
    store.hold(() => true);
    for (let time = 1; time <= 5; time += 1) {
      expect(tier.told('storeDegraded')).toHaveLength(0);
      const looked = outcome(tier.fn(), 'k');
      await store.heldAtLeast(time);
      await clock.advance(60_000);
      expect(await looked).toBe('(store-down)');
    }
    expect(tier.told('storeDegraded')).toHaveLength(1);
    for (let time = 6; time <= 8; time += 1) {
      await clock.advance(60_000);
      expect(await outcome(tier.fn(), 'k')).toBe('(store-down)');
      expect(await store.heldAtLeast(time)).toHaveLength(time);
    }
  });

  test('is tried at once when it answers what it was tried with, however late', async () => {
    const store = heldStore();
    const clock = fakeClock();
    const tier = openTier(store, { clock });
    await runAndKeep(tier.fn(), 'k', 'kept before');
    await breakStore(store, tier);
    await clock.advance(2000);
    expect(await outcome(tier.fn(), 'another')).toBe('(store-down)');
    await store.heldAtLeast(1);
    await clock.advance(50);
    store.releaseAll();
    await settled();
    expect(tier.told('storeRecovered')).toHaveLength(0);
    // Without its answer it would not be asked for some time yet.
    expect(await outcome(tier.fn(), 'k')).toBe('(store-down)');
    await settled();
    expect(tier.told('storeRecovered')).toHaveLength(1);
    expect(await outcome(tier.fn(), 'k')).toBe('kept before');
  });

  test('keeps nothing that was begun before it went down', async () => {
    const store = heldStore();
    const tier = openTier(store, { clock: fakeClock() });
    const { begun } = await tier.fn().lookup('k', []);
    await breakStore(store, tier);
    const asked = store.asked.length;
    await tier.fn().keep('k', begun, entryOf('not sent'));
    expect(store.asked.length).toBe(asked);
  });

  test('hazard 10: is not read until the invalidations that it missed have reached it', async () => {
    const store = heldStore();
    const clock = fakeClock();
    const tier = openTier(store, { clock, memoryTtl: 1 });
    await runAndKeep(tier.fn(), 'k', 'outdated');
    await breakStore(store, tier);
    const asked = store.asked.length;
    expect(await tier.fn().delete('k')).toBe('pending');
    expect(store.asked.length).toBe(asked);
    // It answers again, but the tombstone is not through: nothing is read.
    store.hold((kind, key) => kind === 'set' && isTombstone(key));
    await clock.advance(5000);
    expect(await outcome(tier.fn(), 'k')).toBe('(store-down)');
    store.releaseAll();
    await settled();
    expect(tier.told('storeRecovered')).toHaveLength(1);
    expect(await outcome(tier.fn(), 'k')).toBe('(cold)');
  });

  test('hazard 10: an invalidation that comes while a read tries the store holds when the read succeeds', async () => {
    const store = heldStore();
    const clock = fakeClock();
    const tier = openTier(store, { clock });
    await runAndKeep(tier.fn(), 'k', 'outdated');
    await breakStore(store, tier);
    await clock.advance(2000);
    const trial = tier.fn().lookup('another', []);
    const [read] = await store.heldAtLeast(1);
    expect(await tier.fn().delete('k')).toBe('pending');
    store.hold((kind) => kind === 'set');
    read?.release();
    await settled();
    expect(tier.told('storeRecovered')).toHaveLength(1);
    expect(await outcome(tier.fn(), 'k')).toBe('(deleted)');
    store.releaseAll();
    await trial;
  });

  test('gets one invalidation as a trial, and the others when that one got through', async () => {
    const store = heldStore();
    const clock = fakeClock();
    const tier = openTier(store, { clock });
    await breakStore(store, tier);
    const deleted = await Promise.all(['1', '2', '3'].map((key) => tier.fn().delete(key)));
    expect(deleted).toEqual(['pending', 'pending', 'pending']);
    await clock.advance(500);
    const tried = (): typeof store.held => store.held.filter(({ keys }) => keys.some(isTombstone));
    expect(tried()).toHaveLength(1);
    const down = [...store.held];
    for (const operation of down) operation.fail(new Error('still down'));
    await settled();
    expect(store.held).toHaveLength(0);
    await clock.advance(1000);
    expect(tried()).toHaveLength(1);
    store.releaseAll();
    await settled();
    expect([...store.data.keys()].filter(isTombstone)).toHaveLength(3);
    expect(tier.told('storeRecovered')).toHaveLength(1);
  });
});

describe('hazard 11: pending invalidations', () => {
  /** How many keys there are of each kind when the store lives again. */
  async function afterOutage(invalidate: (tier: TestTier) => Promise<unknown>, missed: string): Promise<string[]> {
    const store = heldStore();
    const clock = fakeClock();
    const tier = openTier(store, { clock });
    await runAndKeep(tier.fn(), 'k0', 'outdated', { tags: ['t0'] });
    await breakStore(store, tier);
    await invalidate(tier);
    store.releaseAll();
    await clock.advance(10_000);
    expect(await outcome(tier.fn(), 'k0', ['t0'])).toBe(missed);
    expect(await outcome(openTier(store, { clock }).fn(), 'k0', ['t0'])).toBe(missed);
    return [...store.data.keys()];
  }

  test('of calls: more than 1,000 of a function become one clear of it', async () => {
    const deleteMany = (count: number) => (tier: TestTier) =>
      Promise.all(Array.from({ length: count }, (_, key) => tier.fn().delete(`k${key}`)));
    expect((await afterOutage(deleteMany(1000), '(cold)')).filter(isTombstone)).toHaveLength(1000);
    expect((await afterOutage(deleteMany(1001), '(cleared)')).filter(isTombstone)).toHaveLength(0);
  });

  test('of tags: more than 1,000 become one clear of the cache', async () => {
    const isTag = (key: string): boolean => key.includes('/t/');
    const many = (count: number) => (tier: TestTier) =>
      tier.tier.invalidateTags(Array.from({ length: count }, (_, tag) => `t${tag}`));
    expect((await afterOutage(many(1000), '(tag)')).filter(isTag)).toHaveLength(1000);
    expect((await afterOutage(many(1001), '(cleared)')).filter(isTag).length).toBeLessThan(3);
  });

  test('a burst that the store takes stays what it is', async () => {
    const store = heldStore();
    const { fn } = openTier(store);
    await Promise.all(Array.from({ length: 3000 }, (_, key) => fn().delete(String(key))));
    expect([...store.data.keys()].filter(isTombstone)).toHaveLength(3000);
  });
});

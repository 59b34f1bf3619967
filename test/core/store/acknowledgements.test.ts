import { describe, expect, test } from 'vitest';
import { gate } from '../../support/gate.js';
import { fakeClock } from '../../support/fake-clock.js';
import {
  heldStore,
  isDeletes,
  isEntry,
  isFunctionToken,
  isInvalidations,
  isTag,
  isTombstone,
} from '../../support/held-store.js';
import { entryOf, openTier, outcome, runAndKeep, settled, watch, type TestTier } from '../../support/stores.js';

const HOUR = 3_600_000;

describe('hazard 8: an invalidation resolves', () => {
  for (const [what, invalidate, isHeld] of [
    ['delete', (tier: TestTier) => tier.fn().delete('k'), isTombstone],
    ['clear', (tier: TestTier) => tier.fn().clear(), isFunctionToken],
    ['invalidateTags', (tier: TestTier) => tier.tier.invalidateTags(['t']), isTag],
    ['invalidateTags, of its first step', (tier: TestTier) => tier.tier.invalidateTags(['t']), isInvalidations],
  ] as const) {
    test(`when the store has acknowledged it: ${what}`, async () => {
      const store = heldStore();
      const opened = openTier(store);
      await runAndKeep(opened.fn(), 'k', 'value', { tags: ['t'] });
      store.hold((kind, key) => kind === 'set' && isHeld(key));
      const done = invalidate(opened);
      const state = watch(done);
      const [set] = await store.heldAtLeast(1);
      await settled();
      expect(state.settled).toBe(false);
      // Hazard 9: it holds here already, though the store still shows the past.
      expect(await outcome(opened.fn(), 'k', ['t'])).toBe('(invalidated)');
      set?.release();
      expect(await done).toBe('acknowledged');
      expect(opened.events).toEqual([]);
    });

    test(`as pending after a second, with an event, and is tried until it succeeds: ${what}`, async () => {
      const store = heldStore();
      const clock = fakeClock();
      const [a, b] = [openTier(store, { clock }), openTier(store, { clock })];
      await runAndKeep(a.fn(), 'k', 'value', { tags: ['t'] });
      store.hold((kind, key) => kind === 'set' && isHeld(key));
      const done = invalidate(a);
      const state = watch(done);
      const [first] = await store.heldAtLeast(1);
      await clock.advance(999);
      expect(state.settled).toBe(false);
      await clock.advance(1);
      expect(await done).toBe('pending');
      expect(a.told('invalidationPending')).toHaveLength(1);
      expect(await outcome(a.fn(), 'k', ['t'])).toBe('(invalidated)');
      expect(await outcome(b.fn(), 'k', ['t'])).toBe('value');
      first?.fail(new Error('the connection broke'));
      store.hold(undefined);
      await clock.advance(1000);
      await settled();
      expect(await outcome(b.fn(), 'k', ['t'])).toMatch(/^\((cold|invalidated)\)$/);
      expect(a.told('invalidationPending')).toHaveLength(1);
    });
  }
});

test('an invalidation that is acknowledged late is not sent again', async () => {
  const store = heldStore();
  const clock = fakeClock();
  const { fn } = openTier(store, { clock });
  store.hold((kind, key) => kind === 'set' && isTombstone(key));
  const deleted = fn().delete('k');
  await store.heldAtLeast(1);
  await clock.advance(1000);
  expect(await deleted).toBe('pending');
  store.releaseAll();
  await settled();
  await clock.advance(60_000);
  expect(store.asked.filter(({ kind, keys }) => kind === 'set' && keys.some(isTombstone))).toHaveLength(1);
});

test('an invalidation that failed after a later one of the same call succeeded is not tried again', async () => {
  const store = heldStore();
  const clock = fakeClock();
  const { fn, told } = openTier(store, { clock });
  store.hold((kind, key) => kind === 'set' && isTombstone(key));
  const answers = [fn().delete('k'), fn().delete('k')];
  const [earlier, later] = await store.heldAtLeast(2);
  later?.release();
  await settled();
  earlier?.fail(new Error('no'));
  expect(await answers[1]).toBe('acknowledged');
  await answers[0];
  await clock.advance(60_000);
  expect(store.asked.filter(({ kind, keys }) => kind === 'set' && keys.some(isTombstone))).toHaveLength(2);
  expect(told('invalidationPending')).toEqual([]);
});

describe('hazard 9: an invalidation of this process', () => {
  test('holds against a replica that shows the past, until memoryTtl after its acknowledgement', async () => {
    const store = heldStore();
    const clock = fakeClock();
    const [a, b] = [openTier(store, { clock, memoryTtl: 10_000 }), openTier(store, { clock })];
    await runAndKeep(a.fn(), 'k', 'value', { ttl: HOUR });
    const past = new Map(store.data);
    await a.fn().clear();
    for (const [key, text] of past) store.data.set(key, text);
    expect(await outcome(b.fn(), 'k')).toBe('value');
    expect(await outcome(a.fn(), 'k')).toBe('(invalidated)');
    await clock.advance(9_999);
    expect(await outcome(a.fn(), 'k')).toBe('(invalidated)');
    expect((await a.fn().lookup('k', [])).begun.storable).toBe(false);
    await clock.advance(1);
    expect(await outcome(a.fn(), 'k')).toBe('value');
  });

  test('holds against a replica that shows what this process has never seen, and nothing is kept under it', async () => {
    const store = heldStore();
    await runAndKeep(openTier(store).fn(), 'k', 'old');
    const past = new Map(store.data);
    for (const invalidate of [(tier: TestTier) => tier.fn().delete('k'), (tier: TestTier) => tier.fn().clear()]) {
      const tier = openTier(store);
      await invalidate(tier);
      for (const key of store.data.keys()) store.data.delete(key);
      for (const [key, text] of past) store.data.set(key, text);
      expect(await outcome(tier.fn(), 'k')).toBe('(invalidated)');
      expect((await tier.fn().begin('k', [])).storable).toBe(false);
    }
  });

  test('holds against a replica that falls back into the past', async () => {
    const store = heldStore();
    const { fn } = openTier(store);
    await runAndKeep(fn(), 'k', 'old');
    const past = new Map(store.data);
    await fn().clear();
    await fn().clear();
    await runAndKeep(fn(), 'k', 'new');
    expect(await outcome(fn(), 'k')).toBe('new');
    for (const [key, text] of past) store.data.set(key, text);
    expect(await outcome(fn(), 'k')).toBe('(invalidated)');
  });

  test('gives way to later ones of another process, whose entries are found', async () => {
    const store = heldStore();
    const [a, b] = [openTier(store), openTier(store)];
    for (const value of ['1', '2', '3']) {
      await a.fn().clear();
      await runAndKeep(a.fn(), 'k', `of a ${value}`);
      expect(await outcome(b.fn(), 'k')).toBe(`of a ${value}`);
      await b.fn().clear();
      expect(await outcome(a.fn(), 'k')).toBe('(invalidated)');
      await runAndKeep(b.fn(), 'k', `of b ${value}`);
      expect(await outcome(a.fn(), 'k')).toBe(`of b ${value}`);
    }
  });

  test('that landed, was shown and was outdated before its acknowledgement arrived is forgotten in time all the same', async () => {
    const store = heldStore();
    const clock = fakeClock();
    const [a, b] = [openTier(store, { clock, memoryTtl: 10_000 }), openTier(store, { clock })];
    await a.fn().lookup('k', []);
    const late = {
      ...store,
      set: async (key: string, text: string) => void (await Promise.all([store.set(key, text), gone.opened])),
    };
    const gone = gate();
    const c = openTier(late, { clock, memoryTtl: 10_000 });
    const cleared = c.fn().clear();
    await settled();
    expect(await outcome(c.fn(), 'k')).toBe('(cold)');
    await b.fn().clear();
    await runAndKeep(b.fn(), 'k', 'of b');
    const past = new Map(store.data);
    expect(await outcome(c.fn(), 'k')).toBe('of b');
    gone.open();
    expect(await cleared).toBe('acknowledged');
    await a.fn().clear();
    await clock.advance(10_000);
    // Now the store is believed whatever it shows, also what was seen before.
    await c.fn().lookup('k', []);
    for (const [key, text] of past) store.data.set(key, text);
    expect(await outcome(c.fn(), 'k')).toBe('of b');
  });

  test('does not hide a later one of another process', async () => {
    const store = heldStore();
    const [a, b] = [openTier(store), openTier(store)];
    await a.fn().clear();
    await runAndKeep(a.fn(), 'k', 'value');
    expect(await outcome(a.fn(), 'k')).toBe('value');
    await b.fn().clear();
    expect(await outcome(a.fn(), 'k')).toBe('(invalidated)');
  });

  test('during a look-up counts in it, also while the tags of the entry are read', async () => {
    const store = heldStore();
    const { tier, fn } = openTier(store);
    await runAndKeep(fn('another'), 'k', 'makes tokens');
    await fn().keep('k', await fn().begin('k', []), entryOf('value', { tags: ['t'] }));
    for (const isHeld of [isEntry, isTag]) {
      expect(await outcome(fn(), 'k')).toBe('value');
      store.hold((kind, key) => kind === 'getMany' && isHeld(key));
      const looked = outcome(fn(), 'k');
      const [read] = await store.heldAtLeast(1);
      store.hold((kind, key) => kind === 'set' && !isDeletes(key));
      const cleared = isHeld === isEntry ? fn().delete('k') : tier.clear();
      const [set] = await store.heldAtLeast(2).then((held) => held.slice(1));
      read?.release();
      expect(await looked).toBe('(invalidated)');
      store.hold(undefined);
      set?.release();
      await cleared;
      await fn().keep('k', await fn().begin('k', []), entryOf('value', { tags: ['t'] }));
    }
  });
});

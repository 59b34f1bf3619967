import { describe, expect, test } from 'vitest';
import { cacheNames } from '../../../packages/core/src/store/names.js';
import { fakeClock, type FakeClock } from '../../support/fake-clock.js';
import { heldStore, isEntry, isFunctionToken, isTag, isTombstone, type HeldStore } from '../../support/held-store.js';
import { entryOf, openTier, outcome, runAndKeep, settled, watch, type TestTier } from '../../support/stores.js';

const HOUR = 3_600_000;
const names = cacheNames('shop', '');

describe('hazard 2: missing tokens', () => {
  test('are set, acknowledged and read back before the run begins', async () => {
    const store = heldStore();
    const { fn } = openTier(store);
    store.hold((kind, key) => kind === 'set' && isFunctionToken(key));
    const looked = fn().lookup('k', []);
    const state = watch(looked);
    const [set] = await store.heldAtLeast(1);
    await settled();
    expect(state.settled).toBe(false);
    store.hold((kind, key) => kind === 'getMany' && isFunctionToken(key));
    set?.release();
    const [readBack] = await store.heldAtLeast(1);
    await settled();
    expect(state.settled).toBe(false);
    readBack?.release();
    expect((await looked).begun.storable).toBe(true);
  });

  test('that are not acknowledged in time make the run not storable, and nobody waits longer', async () => {
    const store = heldStore();
    const clock = fakeClock();
    const { fn } = openTier(store, { clock });
    store.hold((kind) => kind === 'set');
    const looked = fn().lookup('k', []);
    await store.heldAtLeast(1);
    await clock.advance(50);
    const { found, begun } = await looked;
    expect(found).toBeUndefined();
    expect(begun.storable).toBe(false);
    store.releaseAll();
    await fn().keep('k', begun, entryOf('not to be kept'));
    expect([...store.data.keys()].filter(isEntry)).toEqual([]);
  });

  test('are made once for all who miss them', async () => {
    const store = heldStore();
    const { fn } = openTier(store);
    await Promise.all(['1', '2', '3', '4'].map((key) => fn().lookup(key, ['users'])));
    const set = store.asked.filter(({ kind }) => kind === 'set').map(({ keys }) => keys[0] ?? '');
    expect(set.sort()).toEqual(
      [names.cache, names.invalidations, names.function('getUser', 'v1').token, names.tag('users')].sort(),
    );
  });

  test('whose writing fails make the run not storable', async () => {
    const store = heldStore();
    const { fn, told } = openTier(store);
    store.hold((kind, key) => kind === 'set' && isFunctionToken(key));
    const looked = fn().lookup('k', []);
    const [set] = await store.heldAtLeast(1);
    set?.fail(new Error('read-only'));
    expect((await looked).begun.storable).toBe(false);
    expect(told('storeFailed')).toHaveLength(1);
  });

  test('that vanish at once, as in a store that takes no long ttl, are told of', async () => {
    const store = heldStore();
    const { fn, told } = openTier(store);
    store.hold((kind, key) => kind === 'getMany' && isFunctionToken(key));
    const looked = fn().lookup('k', []);
    (await store.heldAtLeast(1))[0]?.release();
    const [readBack] = await store.heldAtLeast(1);
    store.data.clear();
    readBack?.release();
    expect((await looked).begun.storable).toBe(false);
    expect(told('storeFailed')).not.toEqual([]);
  });
});

test('hazard 3: a token is written once, however many entries are kept under it', async () => {
  const store = heldStore();
  const { fn } = openTier(store);
  for (let time = 0; time < 20; time += 1) await runAndKeep(fn(), String(time), 'value', { tags: ['users'] });
  const sets = store.asked.filter(({ kind, keys }) => kind === 'set' && !keys.some(isEntry));
  expect(sets).toHaveLength(4);
});

describe('hazard 5: a write that was given up at its deadline', () => {
  test('and lands after a delete is taken back', async () => {
    const store = heldStore();
    const clock = fakeClock();
    const { fn } = openTier(store, { clock });
    const { begun } = await fn().lookup('k', []);
    store.hold((kind, key) => kind === 'set' && isEntry(key));
    const kept = fn().keep('k', begun, entryOf('outdated'));
    const [write] = await store.heldAtLeast(1);
    await clock.advance(1000);
    await kept;
    store.hold(undefined);
    expect(await fn().delete('k')).toBe('acknowledged');
    write?.release();
    await settled();
    expect([...store.data.keys()].filter(isEntry)).toEqual([]);
  });

  test('and lands when the tombstone of a delete is gone is taken back, whoever deleted', async () => {
    const store = heldStore();
    const clock = fakeClock();
    const [a, b] = [openTier(store, { clock }), openTier(store, { clock })];
    const { begun } = await a.fn().lookup('k', []);
    store.hold((kind, key) => kind === 'set' && isEntry(key));
    void a.fn().keep('k', begun, entryOf('outdated', { ttl: 24 * HOUR }));
    const [write] = await store.heldAtLeast(1);
    await clock.advance(1000);
    store.hold(undefined);
    await b.fn().delete('k');
    await clock.advance(2 * HOUR);
    store.data.delete(names.function('getUser', 'v1').call('k').tombstone);
    write?.release();
    await settled();
    expect(await outcome(b.fn(), 'k')).toBe('(cold)');
  });

  test('and lands over a later one of its key has that one sent again', async () => {
    const store = heldStore();
    const clock = fakeClock();
    const { fn } = openTier(store, { clock });
    const { begun } = await fn().lookup('k', []);
    store.hold((kind, key) => kind === 'set' && isEntry(key));
    void fn().keep('k', begun, entryOf('older'));
    const [older] = await store.heldAtLeast(1);
    await clock.advance(1000);
    store.hold(undefined);
    await fn().keep('k', begun, entryOf('newer'));
    expect(await outcome(fn(), 'k')).toBe('newer');
    older?.release();
    await settled();
    expect(await outcome(fn(), 'k')).toBe('newer');
  });

  test('of a tombstone, and lands over a later one, brings nothing back', async () => {
    const store = heldStore();
    const clock = fakeClock();
    const [a, b] = [openTier(store, { clock }), openTier(store, { clock })];
    await a.fn().lookup('k', []);
    store.hold((kind, key) => kind === 'set' && isTombstone(key));
    const first = a.fn().delete('k');
    const [late] = await store.heldAtLeast(1);
    await clock.advance(1000);
    expect(await first).toBe('pending');
    store.hold(undefined);
    await clock.advance(1000);
    const { begun } = await b.fn().lookup('k', []);
    expect(await b.fn().delete('k')).toBe('acknowledged');
    await b.fn().keep('k', begun, entryOf('outdated'));
    late?.release();
    await settled();
    for (const tier of [a, b]) expect(await outcome(tier.fn(), 'k')).toMatch(/^\((cold|invalidated)\)$/);
  });
});

describe('hazard 6: a run that is older than half a tombstone', () => {
  test('is not written', async () => {
    const store = heldStore();
    const clock = fakeClock();
    const { fn } = openTier(store, { clock });
    const [young, old] = [await fn().lookup('young', []), await fn().lookup('old', [])];
    await clock.advance(HOUR / 2 - 1);
    await fn().keep('young', young.begun, entryOf('kept'));
    await clock.advance(1);
    await fn().keep('old', old.begun, entryOf('not kept'));
    expect(await outcome(fn(), 'young')).toBe('kept');
    expect(await outcome(fn(), 'old')).toBe('(cold)');
  });

  test('is not written when it got old while its tags were being read', async () => {
    const store = heldStore();
    const clock = fakeClock();
    const { fn } = openTier(store, { clock, readDeadline: HOUR });
    const { begun } = await fn().lookup('k', []);
    store.hold((kind, key) => kind === 'getMany' && isTag(key));
    const kept = fn().keep('k', begun, entryOf('late', { tags: ['t'] }));
    const [read] = await store.heldAtLeast(1);
    await clock.advance(HOUR / 2);
    store.hold(undefined);
    read?.release();
    await kept;
    expect(store.asked.filter(({ kind, keys }) => kind === 'set' && keys.some(isEntry))).toEqual([]);
  });
});

describe('an entry that came after a delete', () => {
  /** A run that began before a delete by another process, which the store has acknowledged. */
  async function deletedMeanwhile(): Promise<{
    store: HeldStore;
    clock: FakeClock;
    late: TestTier;
    keep: () => Promise<unknown>;
    tombstone: string;
  }> {
    const store = heldStore();
    const clock = fakeClock();
    const [late, other] = [openTier(store, { clock }), openTier(store, { clock })];
    const { begun } = await late.fn().lookup('k', []);
    await other.fn().delete('k');
    const keep = (): Promise<unknown> => late.fn().keep('k', begun, entryOf('outdated', { ttl: undefined }));
    return { store, clock, late, keep, tombstone: names.function('getUser', 'v1').call('k').tombstone };
  }

  test('is not found for as long as it lives, though nobody takes it back', async () => {
    const { store, clock, keep } = await deletedMeanwhile();
    store.hold((kind, key) => kind === 'delete' && isEntry(key));
    const kept = keep();
    await store.heldAtLeast(1);
    const landed = [...store.data].filter(([key]) => isEntry(key));
    store.releaseAll();
    await kept;
    // As when a process has ended before it could take it back.
    for (const [key, text] of landed) store.data.set(key, text);
    const reader = openTier(store, { clock });
    for (const days of [0, 1, 28]) {
      await clock.advance(days * 24 * HOUR);
      expect(await outcome(reader.fn(), 'k')).toBe('(invalidated)');
    }
    await clock.advance(24 * HOUR);
    expect(await outcome(reader.fn(), 'k')).toBe('(expired)');
  });

  test('is taken back until that succeeds, which is no pending invalidation', async () => {
    const { store, clock, late, keep } = await deletedMeanwhile();
    store.hold((kind, key) => kind === 'delete' && isEntry(key));
    const kept = keep();
    (await store.heldAtLeast(1))[0]?.fail(new Error('read-only for a moment'));
    await kept;
    expect([...store.data.keys()].filter(isEntry)).toHaveLength(1);
    store.releaseAll();
    await clock.advance(1000);
    await settled();
    expect([...store.data.keys()].filter(isEntry)).toEqual([]);
    expect(late.told('invalidationPending')).toEqual([]);
  });

  test('is taken back when the store had written it and could not say so', async () => {
    const { store, keep } = await deletedMeanwhile();
    store.hold((kind, key) => kind === 'set' && isEntry(key));
    const kept = keep();
    const [set] = await store.heldAtLeast(1);
    const [entry] = set?.keys ?? [];
    store.data.set(String(entry), 'what had landed');
    set?.fail(new Error('the connection broke'));
    await kept;
    expect([...store.data.keys()].filter(isEntry)).toEqual([]);
  });

  test('is taken back when the store has lost the tombstone, and its call deleted, so that later runs are clear', async () => {
    const { store, clock, late, keep, tombstone } = await deletedMeanwhile();
    store.data.delete(tombstone);
    await keep();
    expect([...store.data.keys()].filter(isEntry)).toEqual([]);
    await runAndKeep(late.fn(), 'k', 'newer');
    expect(await outcome(late.fn(), 'k')).toBe('newer');
    store.data.delete(tombstone);
    // It is known to have been there: what carries it is not found without it.
    expect(await outcome(openTier(store, { clock }).fn(), 'k')).toBe('(invalidated)');
  });
});

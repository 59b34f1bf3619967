import { describe, expect, test } from 'vitest';
import { fakeClock } from '../../support/fake-clock.js';
import { heldStore, isEntry, isTombstone } from '../../support/held-store.js';
import { breakStore, entryOf, openTier } from '../../support/stores.js';

describe('close', () => {
  test('ends at its deadline when the store hangs, says what was lost, and lets the store go by force', async () => {
    const store = heldStore();
    const clock = fakeClock();
    const forced: unknown[] = [];
    const disconnect = (force?: boolean): Promise<void> => {
      forced.push(force);
      return force === true ? Promise.resolve() : new Promise(() => undefined);
    };
    const tier = openTier({ ...store, disconnect }, { clock, closeInput: true, closeTimeout: 3000 });
    const { begun } = await tier.fn().lookup('k', []);
    store.hold(() => true);
    void tier.fn().keep('k', begun, entryOf('never written'));
    const deleted = tier.fn().delete('k');
    let closed = false;
    void tier.tier.close().then(() => (closed = true));
    await clock.advance(3000);
    await clock.advance(100);
    expect(closed).toBe(true);
    expect(await deleted).toBe('pending');
    expect(forced).toEqual([undefined, true]);
    expect(tier.told('invalidationPending').length).toBeGreaterThan(0);
    expect(clock.pending).toBe(0);
  });

  test('tells when letting the store go fails', async () => {
    const disconnect = (): Promise<void> => Promise.reject(new Error('no'));
    const tier = openTier({ ...heldStore(), disconnect }, { closeInput: true });
    await tier.tier.close();
    expect(tier.told('storeFailed')).toHaveLength(1);
  });

  test('leaves a store alone that it was only lent, and may be called twice', async () => {
    let disconnected = 0;
    const store = { ...heldStore(), disconnect: () => (disconnected += 1) };
    const lent = openTier(store);
    await Promise.all([lent.tier.close(), lent.tier.close()]);
    expect(disconnected).toBe(0);
    const given = openTier(store, { closeInput: true });
    await Promise.all([given.tier.close(), given.tier.close()]);
    expect(disconnected).toBe(1);
  });

  test('is the end: nothing is asked of the store afterwards', async () => {
    const store = heldStore();
    const { tier, fn } = openTier(store);
    const { begun } = await fn().lookup('k', []);
    await tier.close();
    store.asked.length = 0;
    await fn().keep('k', begun, entryOf('late'));
    await fn().lookup('k', []);
    fn().damaged('k', 'it cannot be decoded');
    expect(await fn().delete('k')).toBe('pending');
    expect(await tier.clear()).toBe('pending');
    await tier.flush();
    expect(store.asked).toEqual([]);
  });

  test('makes no tokens for a look-up that was under way', async () => {
    const store = heldStore();
    const { tier, fn } = openTier(store);
    store.hold(() => true);
    const looked = fn().lookup('k', []);
    const [read] = await store.heldAtLeast(1);
    await tier.close();
    store.asked.length = 0;
    read?.release();
    expect(await looked).toMatchObject({ found: undefined, begun: { storable: false } });
    expect(store.asked).toEqual([]);
  });

  test('leaves no timer behind', async () => {
    const store = heldStore();
    const clock = fakeClock();
    const tier = openTier(store, { clock });
    await breakStore(store, tier);
    await tier.fn().delete('k');
    expect(clock.pending).toBeGreaterThan(0);
    const closed = tier.tier.close();
    await clock.advance(20_000);
    await closed;
    expect(clock.pending).toBe(0);
  });
});

test('flush waits for writes, and tries what is pending', async () => {
  const store = heldStore();
  const clock = fakeClock();
  const tier = openTier(store, { clock });
  const { begun } = await tier.fn().lookup('k', []);
  store.hold((kind, key) => kind === 'set' && isTombstone(key));
  const deleted = tier.fn().delete('gone');
  (await store.heldAtLeast(1))[0]?.fail(new Error('once'));
  expect(await deleted).toBe('pending');
  store.hold(undefined);
  void tier.fn().keep('k', begun, entryOf('written'));
  await tier.tier.flush();
  expect([...store.data.keys()].filter(isEntry)).toHaveLength(1);
  expect([...store.data.keys()].filter(isTombstone)).toHaveLength(1);
});

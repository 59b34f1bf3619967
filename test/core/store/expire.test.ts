import { describe, expect, test } from 'vitest';
import { cacheNames } from '../../../packages/core/src/store/names.js';
import { fakeClock } from '../../support/fake-clock.js';
import { breakStore, entryOf, openTier, outcome, runAndKeep, settled, type TestTier } from '../../support/stores.js';
import { heldStore, isEntry, isFunctionToken, isMark } from '../../support/held-store.js';

const HOUR = 3_600_000;

/** For how long an entry has been expired; `'fresh'` when it is not, `'(cold)'` or such when there is none. */
async function staleness({ fn }: TestTier, key = 'k'): Promise<string | number> {
  const { found, reason } = await fn().lookup(key, []);
  return found === undefined ? `(${reason})` : (found.expiredFor ?? 'fresh');
}

describe('an expired call', () => {
  test('is found with how long it has been expired, until a run that began after it replaces it', async () => {
    const store = heldStore();
    const clock = fakeClock();
    const [a, b] = [openTier(store, { clock }), openTier(store, { clock })];
    await runAndKeep(a.fn(), 'k', 'value', { ttl: HOUR });
    expect(await a.fn().expire('k')).toBe('acknowledged');
    expect([await staleness(a), await staleness(b)]).toEqual([0, 0]);
    await clock.advance(1500);
    expect([await staleness(a), await staleness(b)]).toEqual([1500, 1500]);
    await b.fn().keep('k', await b.fn().begin('k', []), entryOf('newer'));
    expect([await staleness(a), await staleness(b)]).toEqual(['fresh', 'fresh']);
    expect(await outcome(a.fn(), 'k')).toBe('newer');
  });

  test('is expired again by a second expire, from the instant of that', async () => {
    const clock = fakeClock();
    const tier = openTier(heldStore(), { clock });
    await tier.fn().expire('k');
    await runAndKeep(tier.fn(), 'k', 'value', { ttl: HOUR });
    await clock.advance(1000);
    await tier.fn().expire('k');
    await clock.advance(7);
    expect(await staleness(tier)).toBe(7);
  });

  test('stays expired when a run that was under way ends', async () => {
    const store = heldStore();
    const [a, b] = [openTier(store), openTier(store)];
    const { begun } = await a.fn().lookup('k', []);
    await b.fn().expire('k');
    await a.fn().keep('k', begun, entryOf('outdated'));
    expect([await staleness(a), await staleness(b)]).toEqual([0, 0]);
  });

  test('is of every version of its function, and no other call is expired', async () => {
    const store = heldStore();
    const tier = openTier(store);
    await runAndKeep(tier.fn('getUser', 'v2'), 'k', 'of v2');
    await runAndKeep(tier.fn(), 'other', 'value');
    await tier.fn().expire('k');
    expect((await tier.fn('getUser', 'v2').lookup('k', [])).found?.expiredFor).toBe(0);
    expect(await staleness(tier, 'other')).toBe('fresh');
  });

  test('that is also deleted is gone', async () => {
    const tier = openTier(heldStore());
    await runAndKeep(tier.fn(), 'k', 'value');
    await tier.fn().expire('k');
    await tier.fn().delete('k');
    expect(await staleness(tier)).toBe('(cold)');
    await tier.fn().expire('k');
    await runAndKeep(tier.fn(), 'k', 'newer');
    await tier.fn().clear();
    expect(await staleness(tier)).toBe('(invalidated)');
  });

  test('hazard 12: was expired now, to a process whose clock is behind', async () => {
    const store = heldStore();
    const ahead = openTier(store, { clock: fakeClock(1_700_000_000_000 + HOUR) });
    const behind = openTier(store, { clock: fakeClock(1_700_000_000_000) });
    await runAndKeep(behind.fn(), 'k', 'value', { ttl: 24 * HOUR });
    await ahead.fn().expire('k');
    expect([await staleness(ahead), await staleness(behind)]).toEqual([0, 0]);
  });

  test('is fresh again when the store loses the mark, until its ttl', async () => {
    const store = heldStore();
    const clock = fakeClock();
    const [a, b] = [openTier(store, { clock }), openTier(store, { clock })];
    await runAndKeep(a.fn(), 'k', 'value', { ttl: HOUR });
    await a.fn().expire('k');
    store.data.delete(cacheNames('shop', '').function('getUser', 'v1').call('k').mark);
    expect(await staleness(b)).toBe('fresh');
    await clock.advance(HOUR);
    expect(await staleness(b)).toBe('(expired)');
  });

  test('marks for as long as an entry lives, and an hour', async () => {
    const lives = new Map<string, number>();
    const inner = heldStore();
    const store = {
      ...inner,
      set(key: string, text: string, life?: number) {
        lives.set(key, life ?? 0);
        return inner.set(key, text);
      },
    };
    const { tier } = openTier(store, { storeTtl: 48 * HOUR });
    const identity = { name: 'f', version: 'v', shown: 'f', maxValueBytes: 1000 };
    for (const longestLife of [undefined, 2 * HOUR, 1000 * HOUR]) {
      lives.clear();
      await tier.function({ ...identity, longestLife }).expire('k');
      await tier.function({ ...identity, longestLife }).delete('k');
      const kept = [...lives].filter(([key]) => /\/[dx]\//.test(key)).map(([, life]) => life / HOUR);
      expect(kept).toEqual(longestLife === 2 * HOUR ? [3, 3] : [49, 49]);
    }
  });
});

test('an entry is over after the longest life that its function says, also one that was written under a longer one', async () => {
  const clock = fakeClock();
  const { tier } = openTier(heldStore(), { clock });
  const identity = { name: 'getUser', version: 'v1', shown: 'getUser', maxValueBytes: 1000 };
  await runAndKeep(tier.function(identity), 'k', 'value', { ttl: 10 * HOUR });
  await tier.flush();
  const shorter = tier.function({ ...identity, longestLife: HOUR });
  await clock.advance(HOUR - 1);
  expect(await outcome(shorter, 'k')).toBe('value');
  await clock.advance(1);
  expect(await outcome(shorter, 'k')).toBe('(expired)');
});

describe('an expire', () => {
  test('hazard 9: holds in this process while the store shows the past, and what begins meanwhile is kept as expired', async () => {
    const store = heldStore();
    const clock = fakeClock();
    const [a, b] = [openTier(store, { clock }), openTier(store, { clock })];
    await runAndKeep(a.fn(), 'k', 'value', { ttl: HOUR });
    store.hold((kind, key) => kind === 'set' && isMark(key));
    const expired = a.fn().expire('k');
    await store.heldAtLeast(1);
    expect([await staleness(a), await staleness(b)]).toEqual([0, 'fresh']);
    const { begun } = await a.fn().lookup('k', []);
    expect(begun.storable).toBe(true);
    store.releaseAll();
    expect(await expired).toBe('acknowledged');
    await a.fn().keep('k', begun, entryOf('newer'));
    expect([await staleness(a), await staleness(b)]).toEqual([0, 0]);
  });

  test('hazard 8: is pending after a second, with an event, and is tried until it succeeds, from its first instant', async () => {
    const store = heldStore();
    const clock = fakeClock();
    const [a, b] = [openTier(store, { clock }), openTier(store, { clock })];
    await runAndKeep(a.fn(), 'k', 'value', { ttl: HOUR });
    store.hold((kind, key) => kind === 'set' && isMark(key));
    const expired = a.fn().expire('k');
    const [first] = await store.heldAtLeast(1);
    await clock.advance(1000);
    expect(await expired).toBe('pending');
    expect(a.told('invalidationPending')).toHaveLength(1);
    first?.fail(new Error('the connection broke'));
    store.hold(undefined);
    await clock.advance(1000);
    await settled();
    expect(await staleness(b)).toBe(2000);
  });

  test('hazard 11: more than 1,000 that wait become one clear of the function', async () => {
    const store = heldStore();
    const clock = fakeClock();
    const tier = openTier(store, { clock });
    await runAndKeep(tier.fn(), 'k0', 'outdated');
    const before = [...store.data.entries()].find(([key]) => isFunctionToken(key))?.[1];
    await breakStore(store, tier);
    await Promise.all(Array.from({ length: 1001 }, (_, key) => tier.fn().expire(`k${key}`)));
    store.releaseAll();
    await clock.advance(10_000);
    expect([...store.data.keys()].filter(isMark)).toEqual([]);
    expect([...store.data.entries()].find(([key]) => isFunctionToken(key))?.[1]).not.toBe(before);
    expect([...store.data.keys()].filter(isEntry)).toHaveLength(1);
    expect(await staleness(tier, 'k0')).toBe('(invalidated)');
  });
});

import { describe, expect, test } from 'vitest';
import { Keyv as Keyv5 } from 'keyv5';
import { heldStore, isEntry, isFunctionToken, isInvalidations, isTag, isTombstone } from '../../support/held-store.js';
import { entryOf, openTier, outcome, runAndKeep } from '../../support/stores.js';

const failure = new Error('lost');

describe('a store that fails in the middle', () => {
  test('of a look-up, at the tags that only the entry tells of, is a miss', async () => {
    const store = heldStore();
    const { fn } = openTier(store);
    await fn().keep('k', await fn().begin('k', []), entryOf('value', { tags: ['learned'] }));
    store.hold((kind, key) => kind === 'getMany' && isTag(key));
    const looked = fn().lookup('k', []);
    (await store.heldAtLeast(1))[0]?.fail(failure);
    expect(await looked).toMatchObject({ found: undefined, reason: 'store-down' });
  });

  test('of a begin makes what the run computes not storable', async () => {
    const store = heldStore();
    const { fn } = openTier(store);
    store.hold((kind) => kind === 'getMany');
    const begun = fn().begin('k', []);
    (await store.heldAtLeast(1))[0]?.fail(failure);
    expect((await begun).storable).toBe(false);
    store.releaseAll();
    await fn().keep('k', await begun, entryOf('value'));
    expect(await outcome(fn(), 'k')).toBe('(cold)');
  });

  for (const [what, isHeld, kind] of [
    ['the tokens of its tags are read', isTag, 'getMany'],
    ['the token of a tag is made', isTag, 'set'],
    ['tag invalidations are looked for', isInvalidations, 'getMany'],
  ] as const) {
    test(`of a write, when ${what}, keeps nothing`, async () => {
      const store = heldStore();
      const { fn } = openTier(store);
      const { begun } = await fn().lookup('k', []);
      store.hold((operation, key) => operation === kind && isHeld(key));
      const kept = fn().keep('k', begun, entryOf('value', { tags: ['learned'] }));
      (await store.heldAtLeast(1))[0]?.fail(failure);
      store.hold(undefined);
      await kept;
      expect([...store.data.keys()].filter(isEntry)).toEqual([]);
    });
  }

  test('of a write, when a delete is looked for that may have come meanwhile, takes the entry back', async () => {
    const store = heldStore();
    const { fn } = openTier(store);
    const { begun } = await fn().lookup('k', []);
    store.hold((kind, key) => kind === 'getMany' && isTombstone(key));
    const kept = fn().keep('k', begun, entryOf('value'));
    (await store.heldAtLeast(1))[0]?.fail(failure);
    await kept;
    expect([...store.data.keys()].filter(isEntry)).toEqual([]);
  });
});

describe('tags that are known only from the result', () => {
  test('are not stored when the token that tells of invalidations could not be had at the start', async () => {
    const store = heldStore();
    const { tier, fn } = openTier(store);
    await runAndKeep(fn(), 'warm', 'up');
    store.hold((kind, key) => kind === 'set' && isInvalidations(key));
    const invalidated = tier.invalidateTags(['another']);
    const { begun } = await fn().lookup('k', []);
    store.releaseAll();
    await invalidated;
    await fn().keep('k', begun, entryOf('value', { tags: ['learned'] }));
    expect(await outcome(fn(), 'k')).toBe('(cold)');
    // Without tags it may be.
    await fn().keep('k', begun, entryOf('value'));
    expect(await outcome(fn(), 'k')).toBe('value');
  });

  test('are not stored when this process is just invalidating one of them', async () => {
    const store = heldStore();
    const { tier, fn } = openTier(store);
    await runAndKeep(fn(), 'warm', 'up', { tags: ['learned'] });
    store.hold((kind, key) => kind === 'set' && isTag(key));
    const invalidated = tier.invalidateTags(['learned']);
    await store.heldAtLeast(1);
    const { begun } = await fn().lookup('k', []);
    await fn().keep('k', begun, entryOf('value', { tags: ['learned'] }));
    expect(await outcome(fn(), 'k')).toBe('(cold)');
    store.releaseAll();
    await invalidated;
  });
});

test('a begun of somewhere else keeps nothing', async () => {
  const store = heldStore();
  const { fn } = openTier(store);
  await fn().keep('k', { storable: true }, entryOf('value'));
  expect(store.asked).toEqual([]);
});

test('an invalidation of no tag asks the store for nothing', async () => {
  const store = heldStore();
  expect(await openTier(store).tier.invalidateTags([])).toBe('acknowledged');
  expect(store.asked).toEqual([]);
});

test('a token that another process lost is made again', async () => {
  const store = heldStore();
  const { fn } = openTier(store);
  await runAndKeep(fn(), 'k', 'value');
  for (const key of store.data.keys()) if (isFunctionToken(key)) store.data.set(key, 'not a token');
  expect(await outcome(fn(), 'k')).toBe('(fence)');
  await runAndKeep(fn(), 'k', 'again');
  expect(await outcome(fn(), 'k')).toBe('again');
});

test('a Keyv that goes through its own methods is disconnected at close when asked to', async () => {
  const keyv = new Keyv5();
  let disconnected = 0;
  keyv.on('disconnect', () => (disconnected += 1));
  await openTier(keyv).tier.close();
  expect(disconnected).toBe(0);
  await openTier(keyv, { closeInput: true }).tier.close();
  expect(disconnected).toBe(1);
});

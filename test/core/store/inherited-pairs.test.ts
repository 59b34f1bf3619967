import { describe, expect, test } from 'vitest';
import type { StoreFunction, TagPairs } from '../../../packages/core/src/store/index.js';
import { fakeClock } from '../../support/fake-clock.js';
import { heldStore, isEntry, isTag } from '../../support/held-store.js';
import { breakStore, entryOf, openTier, outcome, runAndKeep, settled, type TestTier } from '../../support/stores.js';

const IDENTITY = { version: 'v1', maxValueBytes: 1000 };

/** A function whose `keep` resolves as soon as the pairs are known. */
function early({ tier }: TestTier, name = 'getUser'): StoreFunction {
  return tier.function({ ...IDENTITY, name, shown: name });
}

/** The pairs of an inner entry of these tags, which is kept. */
async function inner({ fn }: TestTier, tags: readonly string[], key = 'inner'): Promise<TagPairs> {
  const { begun } = await fn().lookup(key, tags);
  const pairs = await fn().keep(key, begun, entryOf('inner', { tags }));
  if (pairs === undefined) throw new Error('it is not known what the inner entry carries');
  return pairs;
}

/** Keeps an outer entry of these pairs; `tags` are its own. */
async function keepOuter(
  { fn }: TestTier,
  inherited: readonly (TagPairs | Promise<TagPairs | undefined>)[],
  tags: readonly string[] = [],
): Promise<TagPairs | undefined> {
  const { begun } = await fn('getPage').lookup('outer', tags);
  return fn('getPage').keep('outer', begun, entryOf('outer', { tags, inherited }));
}

/** What the caller of `keep` should not give, and what must not bring anything down. */
function failing(): Promise<undefined> {
  const pairs = Promise.reject(new Error('no pairs'));
  pairs.catch(() => undefined);
  return pairs;
}

describe('the pairs of an entry', () => {
  test('are those that it is found with', async () => {
    const tier = openTier(heldStore());
    const pairs = await inner(tier, ['t', 'u']);
    const { found } = await tier.fn().lookup('inner', []);
    expect([...pairs.keys()]).toEqual(['t', 'u']);
    expect(found?.pairs).toEqual(pairs);
    expect(found?.tags).toEqual(['t', 'u']);
  });

  test('are known before it is written, and when it cannot be written', async () => {
    const store = heldStore();
    const tier = openTier(store);
    const { begun } = await tier.fn().lookup('k', ['t']);
    store.hold((kind, key) => kind === 'set' && isEntry(key));
    const kept = await early(tier).keep('k', begun, entryOf('value', { tags: ['t'] }));
    expect([...(kept?.keys() ?? [])]).toEqual(['t']);
    (await store.heldAtLeast(1))[0]?.fail(new Error('full'));
    const tooLarge = await tier.fn().keep('k', begun, entryOf('x'.repeat(2 ** 25), { tags: ['t'] }));
    expect(tooLarge).toEqual(kept);
  });

  test('are known of every one of the writes of which the last alone is sent', async () => {
    const store = heldStore();
    const tier = openTier(store);
    const { begun } = await tier.fn().lookup('k', []);
    store.hold((kind, key) => kind === 'set' && isEntry(key));
    const kept = ['1', '2', '3'].map((value) => early(tier).keep('k', begun, entryOf(value, { tags: ['learned'] })));
    for (const pairs of await Promise.all(kept)) expect([...(pairs?.keys() ?? [])]).toEqual(['learned']);
    store.releaseAll();
  });

  test('are not known when the store does not tell the tokens, or is taken for dead, or the run was outdated', async () => {
    const store = heldStore();
    const tier = openTier(store, { clock: fakeClock() });
    const { begun } = await tier.fn().lookup('k', []);
    store.hold((kind, key) => kind === 'getMany' && isTag(key));
    const kept = early(tier).keep('k', begun, entryOf('value', { tags: ['learned'] }));
    (await store.heldAtLeast(1))[0]?.fail(new Error('lost'));
    expect(await kept).toBeUndefined();
    store.releaseAll();
    const outdated = await tier.fn().lookup('other', []);
    await tier.fn().delete('other');
    expect(await early(tier).keep('other', outdated.begun, entryOf('value'))).toBeUndefined();
    await breakStore(store, tier);
    expect(await early(tier).keep('k', begun, entryOf('value'))).toBeUndefined();
    store.releaseAll();
  });
});

describe('hazard 4: an outer entry', () => {
  test('is outdated by the tags of the inner ones, of which its own run knew nothing', async () => {
    const store = heldStore();
    const [a, b] = [openTier(store), openTier(store)];
    const pairs = await inner(a, ['t']);
    expect(await keepOuter(a, [pairs, Promise.resolve(await inner(a, ['u'], 'another'))])).toEqual(
      new Map([...pairs, ...(await inner(a, ['u'], 'another'))]),
    );
    for (const tier of [a, b]) expect(await outcome(tier.fn('getPage'), 'outer')).toBe('outer');
    await b.tier.invalidateTags(['u']);
    for (const tier of [a, b]) expect(await outcome(tier.fn('getPage'), 'outer')).toBe('(tag)');
  });

  test('carries the tokens of then, not of now: what was invalidated since is not found', async () => {
    const store = heldStore();
    const [a, b] = [openTier(store), openTier(store)];
    const pairs = await inner(a, ['t']);
    await b.tier.invalidateTags(['t']);
    await keepOuter(a, [pairs]);
    expect(await outcome(a.fn('getPage'), 'outer')).toBe('(tag)');
    expect(await outcome(b.fn('getPage'), 'outer')).toBe('(tag)');
  });

  for (const [what, prepare] of Object.entries({
    'two tokens for one tag': async (a: TestTier, b: TestTier) => {
      const older = await inner(a, ['t']);
      await b.tier.invalidateTags(['t']);
      return keepOuter(a, [older, await inner(a, ['t'])]);
    },
    'another token than its own run noted': async (a: TestTier, b: TestTier) => {
      const older = await inner(a, ['t']);
      await b.tier.invalidateTags(['t']);
      return keepOuter(a, [older], ['t']);
    },
    'a tag that this process has invalidated since': async (a: TestTier) => {
      const older = await inner(a, ['t']);
      await a.tier.invalidateTags(['t']);
      return keepOuter(a, [older]);
    },
    'pairs that are not known': async (a: TestTier) =>
      keepOuter(a, [await inner(a, ['t']), Promise.resolve(undefined)]),
    'pairs that never come': async (a: TestTier) => keepOuter(a, [failing()]),
  })) {
    test(`is not stored with ${what}, and that is no event`, async () => {
      const store = heldStore();
      const [a, b] = [openTier(store), openTier(store)];
      expect(await prepare(a, b)).toBeUndefined();
      expect([...store.data.keys()].filter((key) => isEntry(key) && key.includes('getPage'))).toEqual([]);
      expect([...a.events, ...b.events]).toEqual([]);
    });
  }

  test('waits for the pairs of inner ones that are still being kept', async () => {
    const store = heldStore();
    const tier = openTier(store);
    const { begun } = await tier.fn().lookup('inner', []);
    store.hold((kind, key) => kind === 'getMany' && isTag(key));
    const pairs = early(tier).keep('inner', begun, entryOf('inner', { tags: ['learned'] }));
    const kept = keepOuter(tier, [pairs]);
    const [read] = await store.heldAtLeast(1);
    await settled();
    expect([...store.data.keys()].filter(isEntry)).toEqual([]);
    store.hold(undefined);
    read?.release();
    expect(await kept).toEqual(await pairs);
    expect(await outcome(tier.fn('getPage'), 'outer')).toBe('outer');
  });

  test('of more than 1,000 tags is not stored, which is told', async () => {
    const tier = openTier(heldStore());
    const many = new Map(Array.from({ length: 1001 }, (_, tag) => [`t${tag}`, 'o'.repeat(22)]));
    await keepOuter(tier, [many]);
    expect(tier.told('notStored')).toMatchObject([{ key: 'outer', error: { code: 'ERR_MILLPOND_VALUE_TOO_LARGE' } }]);
  });
});

test('a function without tags of its results reads one key less, and stores none that come all the same', async () => {
  const store = heldStore();
  const tier = openTier(store);
  const plain = tier.tier.function({ ...IDENTITY, name: 'plain', shown: 'plain', learnsTags: false });
  await runAndKeep(plain, 'k', 'value');
  await runAndKeep(tier.fn(), 'k', 'value');
  const keys = async (fn: StoreFunction): Promise<number | undefined> => {
    store.asked.length = 0;
    await fn.lookup('k', []);
    return store.asked[0]?.keys.length;
  };
  expect([await keys(plain), await keys(tier.fn())]).toEqual([4, 5]);
  expect(await plain.keep('k', await plain.begin('k', []), entryOf('value', { tags: ['learned'] }))).toBeUndefined();
});

import { describe, expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { entryBytes } from '../../../packages/core/src/memory/entry-bytes.js';
import { MemoryTier, ValueEntry, type Shelf } from '../../../packages/core/src/memory/index.js';
import { fakeClock } from '../../support/fake-clock.js';

/** What an entry of a key of one character weighs beside its value, in a shelf without limits and in one with. */
const BESIDE = entryBytes('a', undefined, Infinity, false);
const LIMITED = entryBytes('a', undefined, Infinity, true);

interface Books {
  readonly tier: MemoryTier;
  readonly shelf: Shelf<ValueEntry<string>>;
  readonly removed: string[];
  /** Gives the value of a key another weight. */
  readonly reweigh: (key: string, bytes: number) => void;
}

function books(options: { readonly maxBytes?: number; readonly budgeted?: boolean } = {}, budget = 10_000): Books {
  const tier = new MemoryTier(budget, fakeClock());
  const removed: string[] = [];
  const shelf = tier.shelf<ValueEntry<string>>({
    maxEntries: undefined,
    maxBytes: options.maxBytes,
    budgeted: options.budgeted ?? true,
    onRemove: (entry, reason) => removed.push(`${entry.key} ${reason}`),
    onRefuse: (key) => removed.push(`${key} refused`),
  });
  const entries = ['a', 'b', 'c'].map((key) => shelf.set(key, new ValueEntry(key), 1000, Infinity));
  const reweigh = (key: string, bytes: number): void => {
    const entry = entries.find((one) => one?.key === key);
    if (entry === undefined) throw new Error(`nothing under ${key}`);
    shelf.touch(entry);
    const beside = options.maxBytes === undefined ? BESIDE : LIMITED;
    shelf.addBytes(entry, bytes + beside - entry.bytes);
  };
  return { tier, shelf, removed, reweigh };
}

describe('an entry that comes to weigh something else', () => {
  test('is counted with its new weight, and with none when it has left', () => {
    const { tier, shelf, removed, reweigh } = books();
    reweigh('b', 3000);
    expect([shelf.bytes, tier.bytes]).toEqual([5000 + 3 * BESIDE, 5000 + 3 * BESIDE]);
    reweigh('b', 10);
    expect([shelf.bytes, tier.bytes]).toEqual([2010 + 3 * BESIDE, 2010 + 3 * BESIDE]);
    shelf.clear('clear');
    expect([shelf.bytes, tier.bytes, removed.length]).toEqual([0, 0, 3]);
  });

  test('makes what was not used lately leave, where its function has a limit', () => {
    const { shelf, removed, reweigh } = books({ maxBytes: 5000 });
    reweigh('a', 2500);
    expect(removed).toEqual(['b evict']);
    expect(shelf.bytes).toBe(3500 + 2 * LIMITED);
  });

  test('and where the cache has one', () => {
    const { tier, shelf, removed, reweigh } = books({}, 4500);
    reweigh('a', 2500);
    expect(removed).toEqual(['b evict']);
    expect([shelf.bytes, tier.bytes]).toEqual([3500 + 2 * BESIDE, 3500 + 2 * BESIDE]);
  });

  test('leaves itself, and takes nothing else with it, when it is larger than a limit', () => {
    const both = [
      { ...books({ maxBytes: 5000 }), beside: LIMITED },
      { ...books({}, 5000), beside: BESIDE },
    ];
    for (const { shelf, tier, removed, reweigh, beside } of both) {
      reweigh('c', 6000);
      expect(removed).toEqual(['c evict']);
      expect([shelf.size, shelf.bytes, tier.bytes]).toEqual([2, 2000 + 2 * beside, 2000 + 2 * beside]);
    }
  });

  test('is not in the books of the cache when it does not count there', () => {
    const { shelf, tier, reweigh } = books({ budgeted: false });
    reweigh('a', 9000);
    expect([shelf.bytes, tier.bytes]).toEqual([11_000 + 3 * BESIDE, 0]);
  });

  test('is of no account when it has left before', () => {
    const { shelf, tier, removed, reweigh } = books();
    shelf.removeKey('a', 'delete');
    reweigh('a', 5000);
    expect(removed).toEqual(['a delete']);
    expect([shelf.bytes, tier.bytes]).toEqual([2000 + 2 * BESIDE, 2000 + 2 * BESIDE]);
  });
});

test('what an entry is found by without its key counts from the first hit on, for as long as it is found so', async () => {
  const cache = createCache({ clock: fakeClock() });
  const load = cache.cacheData(async (...ids: number[]) => ids.length, { ttl: '1h', staleIfError: '1h' });
  const bytes = (): number => cache.stats().bytes;
  await load(1, 2);
  const before = bytes();
  await load(1, 2);
  expect(bytes()).toBeGreaterThan(before + 100);
  await load(1, 2);
  await load.expire(1, 2);
  expect(bytes()).toBe(before);
  await load.clear();
  expect(bytes()).toBe(0);
});

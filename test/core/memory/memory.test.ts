import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExpiryIndex } from '../../../packages/core/src/memory/expiry-index.js';
import { MemoryTier, ValueEntry, type Shelf } from '../../../packages/core/src/memory/index.js';
import { fakeClock } from '../../support/fake-clock.js';
import { runs } from '../../support/runs.js';

interface Removed {
  readonly key: string;
  readonly reason: string;
}

function shelfOf(
  options: { readonly maxEntries?: number; readonly maxBytes?: number; readonly budgeted?: boolean } = {},
  tier = new MemoryTier(1_000_000, fakeClock()),
): { readonly shelf: Shelf<ValueEntry<string>>; readonly tier: MemoryTier; readonly removed: Removed[] } {
  const removed: Removed[] = [];
  const shelf = tier.shelf<ValueEntry<string>>({
    maxEntries: options.maxEntries,
    maxBytes: options.maxBytes,
    budgeted: options.budgeted ?? true,
    onRemove: (entry: ValueEntry<string>, reason) => removed.push({ key: entry.key, reason }),
    onRefuse: (key) => removed.push({ key, reason: 'refused' }),
  });
  return { shelf, tier, removed };
}

test('the expiry index answers with the next to expire, whatever left before it', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(50), fc.boolean())), (plan) => {
      const index = new ExpiryIndex<{ readonly expiresAt: number; heapIndex: number }>();
      const items = plan.map(([expiresAt, leaves]) => ({ expiresAt, leaves, heapIndex: -1 }));
      for (const item of items) index.add(item, item.expiresAt);
      for (const item of items) if (item.leaves) index.remove(item);
      const expected = items.filter(({ leaves }) => !leaves).map(({ expiresAt }) => expiresAt);
      const answered: number[] = [];
      for (let first = index.first; first !== undefined; first = index.first) {
        expect(index.firstInstant).toBe(first.expiresAt);
        answered.push(first.expiresAt);
        index.remove(first);
        index.remove(first);
      }
      expect(answered).toEqual(expected.sort((one, other) => one - other));
    }),
    { numRuns: runs(500, 10_000) },
  );
});

test('a full shelf lets go of what has expired before what is alive', () => {
  const clock = fakeClock();
  const { shelf, removed } = shelfOf({ maxEntries: 2 }, new MemoryTier(1_000_000, clock));
  shelf.set('alive', new ValueEntry('x'), 1, Infinity);
  shelf.set('expired', new ValueEntry('x'), 1, clock.now());
  shelf.set('new', new ValueEntry('x'), 1, Infinity);
  expect(removed).toEqual([{ key: 'expired', reason: 'expire' }]);
});

test('the byte budget chooses among the shelves of all functions', () => {
  const tier = new MemoryTier(3_000, fakeClock());
  const [one, other] = [shelfOf({}, tier), shelfOf({}, tier)];
  one.shelf.set('old', new ValueEntry('x'), 1_000, Infinity);
  other.shelf.set('used', new ValueEntry('x'), 1_000, Infinity);
  const used = other.shelf.get('used') ?? expect.unreachable();
  other.shelf.touch(used);
  other.shelf.set('new', new ValueEntry('x'), 1_000, Infinity);
  expect(one.removed).toEqual([{ key: 'old', reason: 'evict' }]);
  expect(other.removed).toEqual([]);
  expect(tier.bytes).toBe(other.shelf.bytes);
  expect(tier.bytes).toBeLessThanOrEqual(3_000);
});

test('a value larger than a limit is not kept, which is told, and takes nothing else with it', () => {
  const tier = new MemoryTier(3_000, fakeClock());
  const { shelf, removed } = shelfOf({}, tier);
  const narrow = shelfOf({ maxBytes: 500 }, tier);
  shelf.set('small', new ValueEntry('x'), 100, Infinity);
  expect(shelf.set('huge', new ValueEntry('x'), 5_000, Infinity)).toBeUndefined();
  expect(narrow.shelf.set('large', new ValueEntry('x'), 600, Infinity)).toBeUndefined();
  expect(removed).toEqual([{ key: 'huge', reason: 'refused' }]);
  expect(shelf.get('small')?.value).toBe('x');
});

test('a shelf keeps to its own bytes', () => {
  const { shelf } = shelfOf({ maxBytes: 2_000 });
  for (let index = 0; index < 20; index += 1) shelf.set(`key${index}`, new ValueEntry('x'), 400, Infinity);
  expect(shelf.bytes).toBeLessThanOrEqual(2_000);
  expect(shelf.size).toBeGreaterThan(1);
});

test('resources do not count against the byte budget and are not evicted by it', () => {
  const tier = new MemoryTier(1_000, fakeClock());
  const resources = shelfOf({ budgeted: false }, tier);
  const data = shelfOf({}, tier);
  resources.shelf.set('pool', new ValueEntry('x'), 0, Infinity);
  for (let index = 0; index < 10; index += 1) data.shelf.set(`key${index}`, new ValueEntry('x'), 500, Infinity);
  expect(resources.removed).toEqual([]);
  expect(tier.bytes).toBe(data.shelf.bytes);
});

test('S51: the sweeper gives back what has expired without any traffic, and then has no timer', async () => {
  const clock = fakeClock();
  const { shelf, removed } = shelfOf({}, new MemoryTier(1_000_000, clock));
  shelf.set('later', new ValueEntry('x'), 1, clock.now() + 60_000);
  shelf.set('soon', new ValueEntry('x'), 1, clock.now() + 1_000);
  expect(clock.pending).toBe(1);
  await clock.advance(1_000);
  expect(removed).toEqual([{ key: 'soon', reason: 'expire' }]);
  await clock.advance(59_000);
  expect(removed).toHaveLength(2);
  expect(clock.pending).toBe(0);
});

test('many expiries one after another cost few sweeps', async () => {
  const clock = fakeClock();
  let timers = 0;
  const counting = {
    ...clock,
    setTimer: (...args: Parameters<typeof clock.setTimer>) => {
      timers += 1;
      return clock.setTimer(...args);
    },
  };
  const { shelf } = shelfOf({}, new MemoryTier(1_000_000, counting));
  for (let index = 0; index < 1_000; index += 1)
    shelf.set(`key${index}`, new ValueEntry('x'), 1, clock.now() + 100 + index);
  await clock.advance(2_000);
  expect(shelf.size).toBe(0);
  expect(timers).toBeLessThan(60);
});

test('a listener that fills the key again while it is replaced leaves the books right', () => {
  const tier = new MemoryTier(1_000_000, fakeClock());
  let again = true;
  const shelf: Shelf<ValueEntry<string>> = tier.shelf<ValueEntry<string>>({
    maxEntries: 10,
    maxBytes: undefined,
    budgeted: true,
    onRemove(entry) {
      if (again) {
        again = false;
        shelf.set(entry.key, new ValueEntry('from the listener'), 1, Infinity);
      }
    },
    onRefuse: () => undefined,
  });
  shelf.set('key', new ValueEntry('first'), 1, Infinity);
  shelf.set('key', new ValueEntry('second'), 1, Infinity);
  expect(shelf.get('key')?.value).toBe('second');
  expect(shelf.size).toBe(1);
  expect(tier.bytes).toBe(shelf.bytes);
  shelf.clear('clear');
  expect(tier.bytes).toBe(0);
});

test('random use keeps every limit and every sum right', async () => {
  const key = fc.integer({ min: 0, max: 8 }).map(String);
  const step = fc.oneof(
    fc.record({ do: fc.constant('set' as const), key, bytes: fc.nat(900), life: fc.nat(50) }),
    fc.record({ do: fc.constant('touch' as const), key }),
    fc.record({ do: fc.constant('remove' as const), key }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.nat(40) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const clock = fakeClock();
      const tier = new MemoryTier(4_000, clock);
      const { shelf } = shelfOf({ maxEntries: 5, maxBytes: 2_500 }, tier);
      for (const each of steps) {
        if (each.do === 'set') shelf.set(each.key, new ValueEntry('x'), each.bytes, clock.now() + each.life);
        else if (each.do === 'remove') shelf.removeKey(each.key, 'delete');
        else if (each.do === 'wait') await clock.advance(each.ms);
        else {
          const entry = shelf.get(each.key);
          if (entry !== undefined) shelf.touch(entry);
        }
        expect(shelf.size).toBeLessThanOrEqual(5);
        expect(shelf.bytes).toBeLessThanOrEqual(2_500);
        expect(tier.bytes).toBe(shelf.bytes);
      }
      shelf.clear('clear');
      expect([shelf.size, shelf.bytes, tier.bytes]).toEqual([0, 0, 0]);
    }),
    { numRuns: runs(200, 5_000) },
  );
});

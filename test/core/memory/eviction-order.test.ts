import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CACHE_BIT, EvictionOrder, USED, SHELF_BIT } from '../../../packages/core/src/memory/eviction-order.js';
import { linkTo, Queue, type Link } from '../../../packages/core/src/memory/queue.js';
import { runs } from '../../support/runs.js';

interface Item {
  readonly name: string;
  marks: number;
}

/** An order of items with these names, in which the oldest is the first. */
function orderOf(names: string): {
  readonly order: EvictionOrder<Item>;
  readonly use: (names: string) => void;
  readonly add: (name: string) => void;
  /** The names of the next to go, in turn. */
  readonly evicted: (count: number) => string;
} {
  const order = new EvictionOrder<Item>(SHELF_BIT);
  const links = new Map<string, Link<Item>>();
  const add = (name: string): void => {
    const link = linkTo({ name, marks: 0 });
    links.set(name, link);
    order.add(link);
  };
  const evict = (): string => {
    const { name } = order.victim() ?? expect.unreachable();
    order.remove(links.get(name) ?? expect.unreachable());
    return name;
  };
  for (const name of names) add(name);
  return {
    order,
    add,
    use: (used) => used.split('').forEach((name) => ((links.get(name) ?? expect.unreachable()).item.marks |= USED)),
    evicted: (count) => Array.from({ length: count }, evict).join(''),
  };
}

test('what was never used goes first, the oldest before all', () => {
  const { use, evicted } = orderOf('abcdefgh');
  use('ad');
  expect(evicted(5)).toBe('bcefg');
});

test('what is asked for once leaves before what was asked for again, however much of it comes', () => {
  const { order, use, add, evicted } = orderOf('abcdefgh');
  use('abcde');
  for (let index = 0; index < 100; index += 1) {
    evicted(1);
    add(`once ${index}`);
  }
  expect(order.size).toBe(8);
  const left = evicted(8);
  for (const name of 'abcde') expect(left).toContain(name);
});

test('what was popular once, and is not asked for any more, leaves for what is', () => {
  const { use, add, evicted } = orderOf('abcdefgh');
  use('abcdefgh');
  const gone: string[] = [];
  for (const name of 'ijklmnopqrstuvwx') {
    gone.push(evicted(1));
    add(name);
    use(name);
  }
  for (const name of 'abcdefgh') expect(gone).toContain(name);
});

test('when everything was used, the oldest goes', () => {
  const { use, evicted, order } = orderOf('abc');
  use('abc');
  expect(evicted(3)).toBe('abc');
  expect(order.victim()).toBeUndefined();
});

test('an item that has left begins anew when it enters again', () => {
  const order = new EvictionOrder<Item>(SHELF_BIT);
  const links = ['a', 'b'].map((name) => linkTo<Item>({ name, marks: 0 }));
  for (const link of links) order.add(link);
  const [first] = links;
  if (first === undefined) throw new Error('there are two');
  first.item.marks |= USED;
  expect(order.victim()?.name).toBe('b');
  order.remove(first);
  expect(first.item.marks & ~USED).toBe(0);
  order.add(first);
  expect(order.size).toBe(2);
  expect(order.victim()?.name).toBe('b');
});

test('two orders of the same items do not disturb each other, whatever leaves', () => {
  const step = fc.tuple(fc.constantFrom('add', 'use', 'evict', 'remove'), fc.nat(9));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const [shelf, cache] = [new EvictionOrder<Item>(SHELF_BIT), new EvictionOrder<Item>(CACHE_BIT)];
      const there = new Map<number, readonly [Link<Item>, Link<Item>]>();
      const drop = (id: number): void => {
        const [one, other] = there.get(id) ?? expect.unreachable();
        shelf.remove(one);
        cache.remove(other);
        there.delete(id);
      };
      for (const [what, id] of steps) {
        const links = there.get(id);
        if (what === 'add' && links === undefined) {
          const item = { name: `${id}`, marks: 0 };
          const places = [linkTo(item), linkTo(item)] as const;
          shelf.add(places[0]);
          cache.add(places[1]);
          there.set(id, places);
        } else if (what === 'use' && links !== undefined) links[0].item.marks |= USED;
        else if (what === 'remove' && links !== undefined) drop(id);
        else if (what === 'evict') {
          const victim = (id % 2 === 0 ? shelf : cache).victim();
          expect(victim === undefined).toBe(there.size === 0);
          if (victim !== undefined) drop(Number(victim.name));
        }
        expect([shelf.size, cache.size]).toEqual([there.size, there.size]);
      }
    }),
    { numRuns: runs(300, 10_000) },
  );
});

test('what has left a queue leads to nothing that is in it, so that no old garbage keeps the rest from the collector', () => {
  const queue = new Queue<string>();
  const links = ['a', 'b', 'c'].map(linkTo);
  for (const link of links) queue.add(link);
  queue.remove(links[1] ?? expect.unreachable());
  expect(links[1]).toEqual({ item: 'b', newer: undefined, older: undefined });
  expect([queue.size, queue.oldest?.item, queue.oldest?.newer?.item]).toEqual([2, 'a', 'c']);
});

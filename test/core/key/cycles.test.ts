import { describe, expect, test } from 'vitest';
import { defineHasher } from '../../../packages/core/src/key/index.js';
import { errorOf, keyer, keyOf, repeated } from './support.js';

interface Node {
  [name: string]: unknown;
}

describe('cycles', () => {
  test('S21: cycles of one form have one key', () => {
    const ring = (): Node => {
      const node: Node = { name: 'a', list: [] };
      node['self'] = node;
      (node['list'] as unknown[]).push(node);
      return node;
    };
    expect(keyOf(ring())).toBe(keyOf(ring()));
    const array = (): unknown[] => {
      const list: unknown[] = [1];
      list.push(list);
      return list;
    };
    expect(keyOf(array())).toBe(keyOf(array()));
    expect(keyOf(array())).not.toBe(keyOf([1, array()]));
  });

  test('S21: a cycle to the root is not one to a child', () => {
    const toRoot: Node = {};
    toRoot['child'] = { next: toRoot };
    const child: Node = {};
    child['next'] = child;
    expect(keyOf(toRoot)).not.toBe(keyOf({ child }));
    const two: unknown[] = [];
    two.push([two]);
    const one: unknown[] = [];
    one.push(one);
    expect(repeated([keyOf(one), keyOf([one]), keyOf(two)])).toEqual([]);
  });

  test('maps and sets may hold themselves', () => {
    const set = (): Set<unknown> => {
      const made = new Set<unknown>([1]);
      return made.add(made).add(new Map<unknown, unknown>([[made, made]]));
    };
    expect(keyOf(set())).toBe(keyOf(set()));
  });

  test('S22: an object that occurs twice equals two copies of it', () => {
    const shared = { a: [1] };
    expect(keyOf([shared, shared])).toBe(keyOf([{ a: [1] }, { a: [1] }]));
    expect(keyOf({ x: shared, y: { z: shared } })).toBe(keyOf({ x: { a: [1] }, y: { z: { a: [1] } } }));
    expect(keyOf(shared, shared)).toBe(keyOf({ a: [1] }, { a: [1] }));
  });

  test('S22: two objects of one cycle equal two such cycles, whichever is met first', () => {
    const pair = (): [Node, Node] => {
      const [a, b]: [Node, Node] = [{}, {}];
      a['b'] = b;
      b['a'] = a;
      return [a, b];
    };
    const [a, b] = pair();
    const [c] = pair();
    const [, d] = pair();
    expect(keyOf([a, b])).toBe(keyOf([c, d]));
    expect(keyOf([b, a])).toBe(keyOf([d, c]));
    expect(keyOf({ in: [a, { b }], again: [b, a] })).toBe(keyOf({ in: [pair()[0], { b: pair()[1] }], again: [d, c] }));
  });

  test('a cycle through a hasher is a cycle', () => {
    class Account {
      owner: unknown;
    }
    const accounts = keyer({ hashers: [defineHasher(Account, (account) => ({ owner: account.owner }))] });
    const owned = (): Account => {
      const account = new Account();
      account.owner = { account };
      return account;
    };
    expect(accounts.keyOf(undefined, [owned()])).toBe(accounts.keyOf(undefined, [owned()]));
  });
});

describe('depth and size', () => {
  const nest = (depth: number, leaf: unknown, wrap: (inner: unknown) => unknown): unknown => {
    let value = leaf;
    for (let level = 0; level < depth; level += 1) value = wrap(value);
    return value;
  };

  test.each([
    ['arrays', (inner: unknown) => [inner]],
    ['objects', (inner: unknown) => ({ inner })],
    ['sets', (inner: unknown) => new Set([inner])],
  ])('S34: 100,000 levels of %s have a key, which differs by what is at the bottom', (_, wrap) => {
    const key = keyOf(nest(100_000, 1, wrap));
    expect(keyOf(nest(100_000, 1, wrap))).toBe(key);
    expect(keyOf(nest(100_000, 2, wrap))).not.toBe(key);
  });

  test('S34: a value refused far down is an error with its path, not an overflow of the stack', () => {
    const error = errorOf(() => keyOf(nest(100_000, Symbol('x'), (inner) => [inner])));
    expect(error.code).toBe('ERR_MILLPOND_UNHASHABLE_ARGUMENT');
    expect(error.message).toMatch(/^load: args\[0\](?:\[0\]){12}…(?:\[0\]){12} is a symbol \(Symbol\(x\)\)/);
  });

  test('S34: what never ends is refused with its depth', () => {
    const make = (): object => ({
      get next() {
        return make();
      },
    });
    const error = errorOf(() => keyOf(make()));
    expect(error.code).toBe('ERR_MILLPOND_UNHASHABLE_ARGUMENT');
    expect(error.message).toContain('is nested deeper than 200000 levels');
    expect(error.message).toContain('Pass what identifies it instead');
  });

  test('an object that holds another twice, 60 levels deep, is not unfolded', () => {
    const twice = (inner: unknown): unknown => [inner, inner];
    expect(keyOf(nest(60, {}, twice))).toBe(keyOf(nest(60, {}, twice)));
    expect(keyOf(nest(60, {}, twice))).not.toBe(keyOf(nest(60, [], twice)));
    expect(keyOf(nest(10, 1, twice))).toBe(keyOf(nest(10, 1, (inner) => [inner, structuredClone(inner)])));
    const self: Node = {};
    self['self'] = self;
    expect(keyOf(nest(60, self, twice))).not.toBe(keyOf(nest(60, {}, twice)));
  });

  test('bytes that occur a hundred thousand times are read once', () => {
    const bytes = new Uint8Array(10_000_000);
    expect(keyOf(Array.from({ length: 100_000 }, () => bytes)).length).toBeLessThan(5000);
  });

  test('objects that all hold each other are refused, because they have too many ways through', () => {
    const all: unknown[][] = Array.from({ length: 30 }, () => []);
    for (const one of all) one.push(...all);
    const error = errorOf(() => keyOf(all[0]));
    expect(error.code).toBe('ERR_MILLPOND_UNHASHABLE_ARGUMENT');
    expect(error.message).toMatch(
      /^load: args\[0\] is more than 67108864 characters or bytes to read, .* such as its id/,
    );
  });
});

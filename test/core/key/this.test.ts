import { runInThisContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { defineHasher, type Hasher } from '../../../packages/core/src/key/index.js';
import { errorOf, keyer, repeated } from './support.js';

type Fn = (...args: never) => unknown;

/** Whether a call's `this` is part of the key of this function. */
function countsSelf(original: Fn): boolean {
  const load = keyer({ original });
  return load.keyOf({}, [1]) !== load.keyOf({}, [1]);
}

// The text of these functions is what the tests are about, so they are made from text, out of reach of the compiler.
const made = (text: string): Fn => runInThisContext(`(${text})`) as Fn;

describe('hazard 20: `this` is part of the key of a function that can read it', () => {
  test.each([
    'function (id) { return this.db.find(id) }',
    'async function (id) { return this.db.find(id) }',
    '{ find(id) { return this.db.find(id) } }.find',
    '{ async find(id) { return super.find(id) } }.find',
    '{ async(id) { return this.db.find(id) } }.async',
    '{ async async(id) { return this.db.find(id) } }.async',
    '{ async/**/(id) { return () => this } }.async',
    '{ ["=>"](id) { return this } }["=>"]',
    '{ "a =>"(id) { return this } }["a =>"]',
    '{ async *find(id) { yield this } }.find',
    '{ get /* => */ (id) { return this } }.get',
    'function (id) { return eval("th" + "is") }',
    'function (id) { return (x => this)(id) }',
    'class { static find(id) { return this } }.find',
    'Map.prototype.get',
  ])('%s', (text) => {
    expect(countsSelf(made(text))).toBe(true);
  });

  test.each([
    'function (id) { return id }',
    '{ find(id) { return id } }.find',
    'function (id) { const thisOne = id, _this = id; return superb(evaluate(thisOne)) }',
    '(id) => this.db.find(id)',
    'id => this.db.find(id)',
    'async (id) => this.db.find(id)',
    'async(id) => this.db.find(id)',
    'async /* a => b */ (id) => this.db.find(id)',
    'async id => this.db.find(id)',
    'async => this',
    'async /* x */ größe /* y */ => this',
    '$a /* * / */ => this',
    '({ a = ")" }, b = function () { return "=>" }) => this',
    'function (id) { return this }.bind({})',
    'Map.prototype.get.bind(new Map())',
  ])('not of %s', (text) => {
    expect(countsSelf(made(text))).toBe(false);
  });

  test('what a function says in place of its source is not asked', () => {
    const original = Object.assign(made('function () { return this }'), { toString: () => '() => 1' });
    expect(countsSelf(original)).toBe(true);
  });
});

describe('in memory', () => {
  const load = keyer({ original: made('function () { return this }') });

  test('an object counts by instance', () => {
    const [a, b] = [{ id: 1 }, { id: 1 }];
    expect(load.keyOf(a, [1])).toBe(load.keyOf(a, [1]));
    expect(load.keyOf(a, [1])).not.toBe(load.keyOf(b, [1]));
    expect(load.keyOf(a, [1])).not.toBe(load.keyOf(a, [2]));
    const Class = class {};
    expect(load.keyOf(Class, [1])).toBe(load.keyOf(Class, [1]));
  });

  test('a plain call has no `this`', () => {
    expect(load.keyOf(undefined, [1])).toBe(load.keyOf(globalThis, [1]));
    expect(load.keyOf(undefined, [1])).toBe(keyer().keyOf({}, [1]));
  });

  test('primitives count by value', () => {
    expect(load.keyOf('a', [1])).toBe(load.keyOf('a', [1]));
    const keys = ['a', 'b', 1, true, null, undefined, {}].map((self) => load.keyOf(self, [1]));
    expect(repeated(keys)).toEqual([]);
    expect(errorOf(() => load.keyOf(Symbol('x'), [1])).message).toContain('load: this is a symbol (Symbol(x))');
  });
});

describe('with a store', () => {
  const original = made('function () { return this }');
  class Tenant {
    readonly id: number;
    constructor(id: number) {
      this.id = id;
    }
  }

  test('an object that does not say what it is, is refused with the cure', () => {
    for (const self of [new Tenant(1), { id: 1 }, () => 1]) {
      const error = errorOf(() => keyer({ original, stored: true }).keyOf(self, [1]));
      expect(error.code).toBe('ERR_MILLPOND_UNHASHABLE_ARGUMENT');
      expect(error.message).toMatch(/^load: `this` is .*Give the option `key`.*\[Symbol\.for\('millpond\.key'\)\]\(\)/);
    }
  });

  test('an object counts by its hasher or its key method', () => {
    const byHasher = (id: number, hashers: readonly Hasher[] = [defineHasher(Tenant, (tenant) => tenant.id)]): string =>
      keyer({ original, stored: true, hashers }).keyOf(new Tenant(id), [1]);
    expect(byHasher(1)).toBe(byHasher(1));
    expect(byHasher(1)).not.toBe(byHasher(2));
    const byMethod = (id: number): string =>
      keyer({ original, stored: true }).keyOf({ [Symbol.for('millpond.key')]: () => ({ id }) }, [1]);
    expect(byMethod(1)).toBe(byMethod(1));
    expect(byMethod(1)).not.toBe(byMethod(2));
    expect(errorOf(() => byHasher(1, [defineHasher(Tenant, () => [Symbol('x')])])).message).toContain(
      'hash(this)[0] is a symbol (Symbol(x))',
    );
  });

  test('a function that cannot read `this` needs none of that', () => {
    const load = keyer({ stored: true });
    expect(load.keyOf(new Tenant(1), [1])).toBe(load.keyOf(undefined, [1]));
  });
});

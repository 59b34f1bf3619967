import { describe, expect, test } from 'vitest';
import { defineHasher, type Hasher } from '../../../packages/core/src/key/index.js';
import { errorOf, keyer, repeated } from './support.js';

class Money {
  readonly cents: number;
  readonly currency: string;
  constructor(cents: number, currency = 'EUR') {
    this.cents = cents;
    this.currency = currency;
  }
}
class Tip extends Money {}
class Bribe extends Tip {}

const money = defineHasher(Money, (value) => [value.cents, value.currency]);

function keyOf(hashers: readonly Hasher[], ...args: readonly unknown[]): string {
  return keyer({ hashers }).keyOf(undefined, args);
}

test('S24: an instance is keyed by what the hasher of its class says', () => {
  expect(errorOf(() => keyOf([], new Money(1))).code).toBe('ERR_MILLPOND_UNHASHABLE_ARGUMENT');
  expect(keyOf([money], new Money(1))).toBe(keyOf([money], new Money(1)));
  expect(repeated([keyOf([money], new Money(1)), keyOf([money], new Money(2)), keyOf([money], [1, 'EUR'])])).toEqual(
    [],
  );
});

test('S25: a hasher is asked at any depth', () => {
  const inside = (cents: number): unknown => ({ list: [new Map([['a', new Set([new Money(cents)])]])] });
  expect(keyOf([money], inside(1))).toBe(keyOf([money], inside(1)));
  expect(keyOf([money], inside(1))).not.toBe(keyOf([money], inside(2)));
});

test('S25: a hasher takes the place of the rule for a built-in type', () => {
  const byDay = defineHasher(Date, (date) => date.toISOString().slice(0, 10));
  const at = (hour: number): unknown => [{ at: new Date(Date.UTC(2024, 1, 1, hour)) }];
  expect(keyOf([byDay], at(1))).toBe(keyOf([byDay], at(2)));
  expect(keyOf([], at(1))).not.toBe(keyOf([], at(2)));
  const byLength = defineHasher(Array<unknown>, (list) => list.length);
  expect(keyOf([byLength], [1, 2])).toBe(keyOf([byLength], [3, 4]));
  const byName = defineHasher(Function as unknown as new () => () => void, (fn) => fn.name);
  expect(keyOf([byName], function a() {})).not.toBe(keyOf([byName], function b() {}));
});

test('S26: the hasher of a base class serves its subclasses, the nearest class wins', () => {
  const tip = defineHasher(Tip, () => 'tip');
  expect(keyOf([money], new Tip(1))).not.toBe(keyOf([money], new Tip(2)));
  expect(keyOf([money, tip], new Tip(1))).toBe(keyOf([money, tip], new Tip(2)));
  expect(keyOf([money, tip], new Bribe(1))).toBe(keyOf([tip, money], new Bribe(2)));
  expect(keyOf([money, tip], new Money(1))).not.toBe(keyOf([money, tip], new Money(2)));
});

test("of two hashers for one class the first counts: the function's own", () => {
  const whole = defineHasher(Money, (value) => Math.floor(value.cents / 100));
  expect(keyOf([whole, money], new Money(1))).toBe(keyOf([whole, money], new Money(2)));
  expect(keyOf([money, whole], new Money(1))).not.toBe(keyOf([money, whole], new Money(2)));
});

test('S27: a hasher that throws is told with the type, the path and the cause', () => {
  const boom = new Error('boom');
  const broken = defineHasher(Money, () => {
    throw boom;
  });
  const error = errorOf(() => keyOf([broken], 1, { price: [new Money(1)] }));
  expect(error.code).toBe('ERR_MILLPOND_HASHER_FAILED');
  expect(error.message).toContain(
    'load: the key of args[1].price[0] (an instance of Money) could not be made: it threw Error: boom',
  );
  expect(error.cause).toBe(boom);
});

test('S28: a hasher that returns its input would make all values equal, and is told', () => {
  const lazy = defineHasher(Money, (value) => value);
  const error = errorOf(() => keyOf([lazy], { price: new Money(1) }));
  expect(error.code).toBe('ERR_MILLPOND_HASHER_FAILED');
  expect(error.message).toContain(
    'args[0].price (an instance of Money) could not be made: the hasher returned the value itself',
  );
});

test('a hasher that returns a promise is told', () => {
  const late = defineHasher(Money, async (value) => value.cents);
  const error = errorOf(() => keyOf([late], new Money(1)));
  expect(error.code).toBe('ERR_MILLPOND_HASHER_FAILED');
  expect(error.message).toContain('returned a promise');
});

test('S27: a rejection that comes of an answer that is not taken ends no process', async () => {
  const late = (): Promise<never> => Promise.reject(new Error('too late'));
  const own = { [Symbol.for('millpond.key')]: late };
  for (const run of [
    () => keyOf([defineHasher(Money, late)], new Money(1)),
    () => keyOf([], own),
    () => keyer({ key: late }).keyOf(undefined, []),
  ]) {
    expect(errorOf(run).message).toMatch(/promise/i);
  }
  await new Promise((resolve) => setImmediate(resolve));
});

test.each<[string, unknown, string]>([
  ['a function', () => 1, 'a function'],
  ['a symbol', Symbol('x'), 'a symbol (Symbol(x))'],
  ['a registered symbol', Symbol.for('x'), 'a symbol (Symbol(x))'],
  ['another instance without a hasher', new (class Other {})(), 'an instance of Other'],
  ['an iterator', [1].values(), 'an iterator'],
])('S27: a hasher that returns %s is told with the path to it', (_, answer, type) => {
  const error = errorOf(() => keyOf([defineHasher(Money, () => answer)], { price: new Money(1) }));
  expect(error.code).toBe('ERR_MILLPOND_UNHASHABLE_ARGUMENT');
  expect(error.message).toContain(`load: hash(args[0].price) is ${type}`);
  const own = { [Symbol.for('millpond.key')]: () => answer };
  expect(errorOf(() => keyOf([], { own })).message).toContain(
    `load: args[0].own[Symbol.for("millpond.key")]() is ${type}`,
  );
});

test('a client that answers to every name with a function has no key method, and is not asked for one', () => {
  let asked = 0;
  const remote = (): unknown => (asked += 1);
  const client = new Proxy(remote, {
    get: (target, name) => (name === 'prototype' ? Reflect.get(target, name) : remote),
  });
  expect(errorOf(() => keyOf([], { client })).code).toBe('ERR_MILLPOND_UNHASHABLE_ARGUMENT');
  expect(asked).toBe(0);
});

test('a hasher that answers with another instance for ever ends in an error', () => {
  const endless = defineHasher(Money, (value) => new Money(value.cents + 1));
  expect(errorOf(() => keyOf([endless], new Money(1))).message).toContain('nested deeper than 200000 levels');
});

test('what a hasher returns has a path of its own', () => {
  const leaky = defineHasher(Money, (value) => ({ value: value.cents, self: [Symbol('x')] }));
  expect(errorOf(() => keyOf([leaky], { price: new Money(1) })).message).toContain(
    'hash(args[0].price).self[0] is a symbol',
  );
});

describe('classes whose hashers return the same value do not share a key', () => {
  const other = (() => {
    class Money {}
    return Money;
  })();

  test('by the name of the class', () => {
    class Weight extends Object {}
    const hashers = [defineHasher(Money, () => 1), defineHasher(Weight, () => 1)];
    expect(keyOf(hashers, new Money(1))).not.toBe(keyOf(hashers, new Weight()));
    expect(keyOf(hashers, new Money(1))).not.toBe(keyOf(hashers, 1));
  });

  test('also a class and its subclass, by one inherited hasher', () => {
    expect(repeated([keyOf([money], new Money(1)), keyOf([money], new Tip(1)), keyOf([money], new Bribe(1))])).toEqual(
      [],
    );
  });

  test('also two classes of one name', () => {
    const hashers = [defineHasher(Money, () => 1), defineHasher(other, () => 1)];
    expect(keyOf(hashers, new Money(1))).not.toBe(keyOf(hashers, new other()));
  });
});

describe("an object with a method [Symbol.for('millpond.key')]", () => {
  const keyMethod: unique symbol = Symbol.for('millpond.key');
  class Tenant {
    readonly id: number;
    readonly socket = Symbol('not data');
    constructor(id: number) {
      this.id = id;
    }
    [keyMethod](): unknown {
      return this.id;
    }
  }

  test('is keyed by what that returns, at any depth', () => {
    expect(keyOf([], [new Tenant(1)])).toBe(keyOf([], [new Tenant(1)]));
    expect(repeated([keyOf([], new Tenant(1)), keyOf([], new Tenant(2)), keyOf([], 1)])).toEqual([]);
  });

  test('may be a plain object or a function, with a method of its own', () => {
    const plain = (id: number): object => ({ [keyMethod]: () => id, other: Symbol('x') });
    expect(keyOf([], plain(1))).toBe(keyOf([], plain(1)));
    expect(keyOf([], plain(1))).not.toBe(keyOf([], plain(2)));
    expect(
      keyOf(
        [],
        Object.assign(() => 1, plain(1)),
      ),
    ).not.toBe(keyOf([], plain(1)));
  });

  test('gives way to a hasher', () => {
    const byNothing = [defineHasher(Tenant, () => null)];
    expect(keyOf(byNothing, new Tenant(1))).toBe(keyOf(byNothing, new Tenant(2)));
  });

  test('is told when it throws or returns itself, and has a path', () => {
    const of = (answer: () => unknown): object => ({ [keyMethod]: answer });
    const boom = new Error('boom');
    const thrown = errorOf(() =>
      keyOf([], {
        tenant: of(() => {
          throw boom;
        }),
      }),
    );
    expect([thrown.code, thrown.cause]).toEqual(['ERR_MILLPOND_HASHER_FAILED', boom]);
    expect(thrown.message).toContain('the key of args[0].tenant (an object)');
    const self: object = of(() => self);
    expect(errorOf(() => keyOf([], self)).code).toBe('ERR_MILLPOND_HASHER_FAILED');
    expect(
      errorOf(() =>
        keyOf(
          [],
          of(() => [Symbol('x')]),
        ),
      ).message,
    ).toContain('args[0][Symbol.for("millpond.key")]()[0] is a symbol');
  });

  test('as a plain property it is one like any other', () => {
    expect(keyOf([], { [keyMethod]: 1 })).not.toBe(keyOf([], { [keyMethod]: 2 }));
  });
});

test('defineHasher refuses what is not a class, and what is not a function', () => {
  const define = defineHasher as (Class: unknown, hash: unknown) => Hasher;
  for (const [Class, hash, option] of [
    [{}, () => 1, 'class'],
    [() => 1, () => 1, 'class'],
    [Money, 'id', 'hash'],
  ] as const) {
    const error = errorOf(() => define(Class, hash));
    expect(error.code).toBe('ERR_MILLPOND_INVALID_OPTION');
    expect(error.message).toContain(`defineHasher: option \`${option}\` is `);
  }
});

import { describe, expect, test } from 'vitest';
import { defineCodec } from '@millpond/core';
import { decodeValue } from '../../../packages/core/src/codec/index.js';
import { adopt, codecsOf, type Kept, type KeepOptions } from '../../../packages/core/src/copy/index.js';
import { Basket, codecs, Money, User } from '../support/classes.js';
import { difference } from './support/identical.js';
import { all, clone, refusal, table, tiersOf } from './support/tiers.js';

function ada(): User {
  const user = new User('Ada');
  user.friends = [user, new User('Grace')];
  user.balance = Money.of(1250);
  return user;
}

describe('an instance with a codec comes back as one', () => {
  const price = Money.of(5);
  const places: [string, (it: unknown) => unknown, (value: never) => unknown][] = [
    ['as the result', (it) => it, (value) => value],
    ['in an object', (it) => ({ a: { it } }), (value: { a: { it: unknown } }) => value.a.it],
    ['in an array', (it) => [1, [it]], (value: [number, [unknown]]) => value[1][0]],
    ['in an array with holes', (it) => Object.assign([], { 3: it }), (value: unknown[]) => value[3]],
    ['in a Map', (it) => new Map([['k', it]]), (value: Map<string, unknown>) => value.get('k')],
    ['as a key of a Map', (it) => new Map([[it, 1]]), (value: Map<unknown, 1>) => [...value.keys()][0]],
    ['in a Set', (it) => new Set([it]), (value: Set<unknown>) => [...value][0]],
    ['as a cause', (cause) => new Error('x', { cause }), (value: Error) => value.cause],
    ['in an error', (it) => Object.assign(new Error('x'), { it }), (value: { it: unknown }) => value.it],
    ['in an entity', (it) => Object.assign(new User('A'), { balance: it }), (value: User) => value.balance],
    [
      'in what a codec encodes',
      (it) => new Basket(new Map([['k', { price: it as Money, by: new User('A') }]])),
      (value: Basket) => value.lines.get('k')?.price,
    ],
  ];

  test.each(places)('%s', (_, put, take) => {
    for (const [tier, kept] of tiersOf(put(price))) {
      const [first, second] = [take(kept.copy() as never), take(kept.copy() as never)];
      expect([first, second], tier).toEqual([expect.any(Money), expect.any(Money)]);
      expect([(first as Money).cents, (second as Money).cents], tier).toEqual([5, 5]);
      expect(new Set([price, first, second]).size, tier).toBe(3);
    }
  });

  test('one that is its fields too, without its constructor', () => {
    const value = { user: ada() };
    for (const [tier, kept] of tiersOf(value)) {
      const { user } = kept.copy() as { user: User };
      expect(user, tier).toBeInstanceOf(User);
      expect(Object.getPrototypeOf(user), tier).toBe(User.prototype);
      expect([user.greeting, user.joined, (user.balance as Money).cents], tier).toEqual([
        'I am Ada',
        new Date(0),
        1250,
      ]);
      expect(
        user.friends.map((friend) => friend.greeting),
        tier,
      ).toEqual(['I am Ada', 'I am Grace']);
    }
  });

  test('with its own fields, and nothing that its prototype answers', () => {
    class Row {
      declare readonly id: number;
      get total(): number {
        throw new Error('an accessor was run');
      }
      set total(_: number) {
        throw new Error('an accessor was run');
      }
    }
    Object.defineProperty(Row.prototype, 'total', { enumerable: true });
    const row = Object.assign(new Row(), { id: 1 });
    const own = (value: unknown): PropertyDescriptor => ({
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
    Object.defineProperties(row, { total: own({ sum: 7 }), ['__proto__']: own({ x: 1 }) });
    const options = { ...clone, codecs: table([{ class: Row, name: 'row', encode: undefined, decode: undefined }]) };
    for (const [, kept] of tiersOf(row, options)) expect(difference(row, kept.copy())).toBeUndefined();
  });

  test('that one caller has changed, nobody else sees (hazard 44)', () => {
    const value = [ada(), new Basket(new Map([['k', { price: Money.of(1), by: new User('A') }]]))] as const;
    for (const [tier, kept] of tiersOf(value)) {
      const [user, bought] = kept.copy() as [User, Basket];
      user.rename('Eve');
      user.friends.length = 0;
      bought.lines.get('k')?.by.rename('Eve');
      bought.lines.clear();
      const [again, basketAgain] = kept.copy() as [User, Basket];
      expect([again.name, again.friends.length], tier).toEqual(['Ada', 2]);
      expect(basketAgain.lines.get('k')?.by.name, tier).toBe('A');
    }
    expect([value[0].name, value[1].lines.size]).toEqual(['Ada', 1]);
  });
});

describe('one instance in several places is one in every copy', () => {
  test('with a codec of its own', () => {
    const price = Money.of(5);
    const value = { list: [price, price], byPrice: new Map([[price, 'five']]), set: new Set([price]) };
    for (const [tier, kept] of tiersOf(value)) {
      const copy = kept.copy() as typeof value;
      const [first] = copy.list;
      expect(copy.list[1], tier).toBe(first);
      expect(copy.byPrice.has(first as Money) && copy.set.has(first as Money), tier).toBe(true);
    }
  });

  test('that is its fields, in a circle', () => {
    const [one, other] = [new User('A'), new User('B')];
    one.friends = [other];
    other.friends = [one, other];
    for (const [, kept] of tiersOf({ one, other })) expect(difference({ one, other }, kept.copy())).toBeUndefined();
  });

  test('that was stored as its fields, of a class that has another codec now', () => {
    const byName = defineCodec(User, { name: 'by name', encode: ({ name }) => name, decode: (name) => new User(name) });
    const options = { ...clone, codecs: codecsOf([byName], codecs, 'test') };
    const stored = '~g{"a":["~#P","User",{"name":"Ada"}],"b":["~#M","k","~R1"],"c":["~#S","~R1"]}';
    const copy = adopt(decodeValue(stored, options.codecs), options).copy() as {
      a: User;
      b: Map<'k', User>;
      c: Set<User>;
    };
    expect(copy.a.greeting).toBe('I am Ada');
    expect(copy.b.get('k') === copy.a && copy.c.has(copy.a)).toBe(true);
  });

  test('in the data of another, and outside of it', () => {
    const by = new User('A');
    const value = { by, bought: new Basket(new Map([['k', { price: Money.of(1), by }]])) };
    for (const [tier, kept] of tiersOf(value)) {
      const copy = kept.copy() as typeof value;
      expect(copy.bought.lines.get('k')?.by, tier).toBe(copy.by);
    }
  });
});

describe('hazard 46: other ways to copy', () => {
  test('freeze freezes instances that are their fields, never those of the function', () => {
    const value = { user: new User('Ada') };
    Object.assign(value.user, { joined: null });
    const options: KeepOptions = { ...clone, mode: 'freeze' };
    for (const [tier, kept] of tiersOf(value, options)) {
      const { user } = kept.copy() as typeof value;
      expect(kept.copy(), tier).toBe(kept.copy());
      expect([user.greeting, Object.isFrozen(user), Object.isFrozen(user.friends)], tier).toEqual([
        'I am Ada',
        true,
        true,
      ]);
      expect(() => user.rename('Eve'), tier).toThrow(TypeError);
    }
    expect(Object.isFrozen(value.user)).toBe(false);
  });

  test('freeze refuses an instance with a codec of its own, which might change all the same', () => {
    const error = refusal({ price: Money.of(1) }, { ...clone, mode: 'freeze' });
    expect(error.message).toContain(
      'load: result.price is an instance of Money, which cannot be kept as data. Freezing',
    );
    const stored = decodeValue('~t["~#C","money",5]', all);
    expect(() => adopt(stored, { ...clone, mode: 'freeze' })).toThrow('is an instance of Money');
  });

  test('share hands out the instances themselves, and new ones from a store', () => {
    const value = { user: ada(), price: Money.of(5) };
    const [[, memory], [, store]] = tiersOf(value, { ...clone, mode: 'share' }) as [[string, Kept], [string, Kept]];
    expect(memory.copy()).toBe(value);
    const found = store.copy() as typeof value;
    expect(store.copy()).toBe(found);
    expect([found.user.greeting, found.price.cents]).toEqual(['I am Ada', 5]);
    expect(found.user.friends[0]).toBe(found.user);
  });
});

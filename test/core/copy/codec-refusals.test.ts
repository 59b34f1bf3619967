import { describe, expect, test } from 'vitest';
import { defineCodec } from '@millpond/core';
import { decodeValue } from '../../../packages/core/src/codec/index.js';
import { adopt, keep, type KeepOptions } from '../../../packages/core/src/copy/index.js';
import { thrownBy } from '../../support/thrown-by.js';
import { Admin, basket, Basket, codecs, Money, User } from '../support/classes.js';
import { difference } from './support/identical.js';
import { clone, refusal, table, tiersOf } from './support/tiers.js';

describe('a circle through what a codec encodes is refused, wherever it begins', () => {
  class Node {
    next: unknown = undefined;
  }
  const node = defineCodec(Node, {
    name: 'node',
    encode: ({ next }) => ({ next }),
    decode: ({ next }) => Object.assign(new Node(), { next }),
  });
  const options: KeepOptions = { ...clone, codecs: table([node]) };

  function ring(): { node: Node; list: unknown[] } {
    const [node, list] = [new Node(), [] as unknown[]];
    node.next = { list };
    list.push(node);
    return { node, list };
  }

  test.each<[string, () => unknown, string]>([
    ['at the instance', () => ring().node, 'encode(result).next.list[0]'],
    ['around it', () => ring().list, 'encode(result[0]).next.list'],
    ['through two', () => Object.assign(new Node(), { next: ring().node }), 'encode(encode(result).next).next.list[0]'],
  ])('%s', (_, make, path) => {
    const error = refusal(make(), options);
    expect(error.message).toContain(`load: ${path} is an object that holds itself through what a codec encodes`);
    expect(error.message).toContain('recordCodec');
  });

  test('one that is encoded as itself', () => {
    const itself = defineCodec(Node, { name: 'node', encode: (value) => value, decode: (value) => value });
    expect(refusal(new Node(), { ...clone, codecs: table([itself]) }).message).toContain('encode(result) is an object');
  });

  test('and one within the data, or the same twice, is not', () => {
    const data: { self?: unknown } = {};
    data.self = data;
    const value = [Object.assign(new Node(), { next: data }), Object.assign(new Node(), { next: data })];
    for (const [tier, kept] of tiersOf(value, options)) {
      const [one, other] = kept.copy() as [Node, Node];
      expect((one.next as typeof data).self, tier).toBe(one.next);
      expect(other.next, tier).toBe(one.next);
    }
  });

  test('from a store it is no value either', () => {
    const looped = decodeValue('~g["~#C","node",{"next":"~R0"}]', options.codecs);
    expect(() => adopt(looped, options)).toThrow('holds itself');
  });
});

describe('an instance of another class than that of the codec is refused', () => {
  test('such as one of a subclass, which may hold more', () => {
    const error = refusal({ users: [new Admin('Root')] });
    expect(error.message).toBe(
      'load: result.users[0] is an instance of Admin, a subclass of User, which cannot be kept as data. The codec "User" ' +
        'takes instances of User itself, since those of Admin may hold more: give Admin a codec of its own, such as ' +
        'recordCodec(User, Admin).',
    );
  });

  test('or one without any, with the advice to give it one', () => {
    class Other {}
    expect(refusal([new Other()]).message).toContain('codecs: [recordCodec(Other)]');
    expect(refusal([new Other()], { fn: 'load', mode: 'clone' }).message).toContain('codecs: [recordCodec(Other)]');
  });

  test('what an instance holds is looked at as everything is', () => {
    const user = Object.assign(new User('Ada'), { reload: () => {} });
    expect(refusal({ user }).message).toContain('load: result.user.reload is the function reload');
    const bad = new Basket(new Map([['k', { price: Money.of(1), by: Promise.resolve() as never }]]));
    expect(refusal({ bad }).message).toContain('load: encode(result.bad).lines.get("k").by is a Promise');
  });
});

describe('S42: a codec that throws', () => {
  const boom = new RangeError('boom');
  const fail = (): never => {
    throw boom;
  };

  test('in encode fails the call with the path and the cause', () => {
    const failing = defineCodec(Money, { name: 'money', encode: fail, decode: fail });
    const error = refusal({ prices: [Money.of(1)] }, { ...clone, codecs: table([failing]) });
    expect(error.message).toContain(
      'load: result.prices[0] is an instance of Money which its codec "money" could not encode (boom)',
    );
    expect(error.cause).toBe(boom);
  });

  test('in decode fails it before it is kept', () => {
    const failing = defineCodec(Money, { name: 'money', encode: (value) => value.cents, decode: fail });
    const value = { fine: 1, bought: new Basket(new Map([['k', { price: Money.of(1), by: new User('A') }]])) };
    const error = refusal(value, { ...clone, codecs: table([failing, basket, ...codecs.slice(1, 2)]) });
    expect(error.message).toContain(
      'load: encode(result.bought).lines.get("k").price is an instance of Money which its codec "money" could not decode',
    );
    expect(error.cause).toBe(boom);
  });

  test('in decode later on says where', () => {
    let broken = false;
    const decode = (cents: number): Money => (broken ? fail() : Money.of(cents));
    const options = { ...clone, codecs: table([defineCodec(Money, { name: 'm', encode: (m) => m.cents, decode })]) };
    const kept = keep([Money.of(1)], options);
    broken = true;
    expect(thrownBy(() => kept.copy())).toMatchObject({
      code: 'ERR_MILLPOND_UNCACHEABLE_VALUE',
      message: expect.stringContaining('load: result[0] is an instance of Money'),
      cause: boom,
    });
  });

  test.each<[string, () => unknown]>([
    ['something else', () => 'five'],
    ['nothing', () => undefined],
    ['an instance of a subclass', () => Object.create(Object.create(Money.prototype) as object)],
    ['a promise', () => Promise.resolve(Money.of(1))],
  ])('a decode that returns %s has no type that a hit could have', (_, decode) => {
    const failing = defineCodec(Money, { name: 'money', encode: () => 1, decode: decode as never });
    expect(refusal([Money.of(1)], { ...clone, codecs: table([failing]) }).message).toContain(
      'not an instance of Money',
    );
  });
});

describe('limits hold for instances too', () => {
  class Box {
    inner: unknown;
    constructor(inner: unknown) {
      this.inner = inner;
    }
  }
  const codec = defineCodec(Box, { name: 'box', encode: ({ inner }) => [inner], decode: ([inner]) => new Box(inner) });
  const record = { class: Box, name: 'box', encode: undefined, decode: undefined };

  test.each([
    ['with a codec', codec, 2],
    ['that are their fields', record, 1],
  ])('1,000 levels deep, %s', (_, codec, levelsOfOne) => {
    const nest = (count: number): unknown => {
      let value: unknown = 1;
      for (let level = 0; level < count; level += 1) value = new Box(value);
      return value;
    };
    const options = { ...clone, codecs: table([codec]) };
    const most = 1000 / levelsOfOne;
    for (const [, kept] of tiersOf(nest(most), options)) expect(difference(nest(most), kept.copy())).toBeUndefined();
    for (const count of [most + 2, 50_000]) {
      expect(refusal(nest(count), options).message).toContain('is nested more than 1000 levels deep');
    }
  });

  test('the bytes are those of the data', () => {
    const text = 'x'.repeat(10_000);
    for (const each of [codec, record]) {
      const options = { ...clone, codecs: table([each]) };
      for (const [, kept] of tiersOf(new Box(text), options)) {
        expect(kept.bytes).toBeGreaterThan(10_000);
        expect(kept.bytes).toBeLessThan(11_000);
      }
    }
  });
});

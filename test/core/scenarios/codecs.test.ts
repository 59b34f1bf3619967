import { describe, expect, test } from 'vitest';
import { createCache, defineCodec, recordCodec, type Cache, type CacheOptions } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';
import { pond, record } from '../support/cache.js';
import { Admin, codecs, Money, money, User } from '../support/classes.js';
import { failureOf, unchecked } from '../support/gate.js';
import { storeKinds } from '../support/stores.js';

interface Order {
  readonly by: User;
  readonly prices: Map<string, Money>;
}

async function loadOrder(): Promise<Order> {
  return { by: new User('Ada'), prices: new Map([['tea', Money.of(250)]]) };
}

/** What a caller sees of an order that is what the function returned. */
const ORDER = [true, 'I am Ada', [['tea', true, 250]]];

function shown({ by, prices }: Order): unknown[] {
  const lines = [...prices].map(([name, price]) => [name, price instanceof Money, price.cents]);
  return [by instanceof User, by.greeting, lines];
}

/** A cache of a process of its own, over what others have stored. */
function boot(store: NonNullable<CacheOptions['store']>, options: CacheOptions = {}): Cache {
  return createCache({ name: 'shop', store, clock: fakeClock(), logger: { warn: () => {} }, codecs, ...options });
}

/** What is stored of an order by a process that has ended. */
async function storedOrder(): Promise<Map<string, unknown>> {
  const data = new Map<string, unknown>();
  const cache = boot(data);
  await cache.cacheData(loadOrder)();
  await cache.close();
  return data;
}

describe.each(storeKinds)('S39: instances with a codec, over $kind', ({ open }) => {
  test('have the same types in a miss, a hit, and a hit of the store', async () => {
    const data = new Map<string, unknown>();
    const before = boot(open(data));
    const load = before.cacheData(loadOrder);
    const [miss, hit] = [await load(), await load()];
    await before.close();
    const after = boot(open(data));
    const heard = record(after, 'hit', 'miss');
    const found = await after.cacheData(loadOrder)();
    expect([miss, hit, found].map(shown)).toEqual([ORDER, ORDER, ORDER]);
    expect(heard).toMatchObject([{ type: 'hit', tier: 'store' }]);
  });
});

describe('S55: what a codec cannot read from a store is a miss, and no error of the caller:', () => {
  test.each<[string, CacheOptions, string]>([
    ['an entry of a codec that is not known here', { codecs: [recordCodec(User)] }, 'there is no codec "money" here'],
    ['one of a class that was its fields', { codecs: [recordCodec({ money: Money, User })] }, 'takes no data'],
    [
      'one of a class that is its fields now',
      { codecs: [money, defineCodec(User, { name: 'User', encode: () => 1, decode: () => new User('Eve') })] },
      'takes no fields',
    ],
    [
      'one that decode throws at',
      {
        codecs: [
          recordCodec(User),
          defineCodec(Money, {
            name: 'money',
            encode: (value) => ({ cents: value.cents }),
            decode({ cents }) {
              if (cents === undefined) throw new Error('an old form');
              return Money.of(cents);
            },
          }),
        ],
      },
      'an old form',
    ],
  ])('%s', async (_, options, why) => {
    const data = await storedOrder();
    const cache = boot(data, options);
    const heard = record(cache, 'hit', 'storeDamaged');
    // Whether this process can keep what the function returns is another matter.
    await cache
      .cacheData(loadOrder)()
      .catch(() => {});
    expect(heard).toMatchObject([
      { type: 'storeDamaged', error: { code: 'ERR_MILLPOND_STORE_DAMAGED', message: expect.stringContaining(why) } },
    ]);
  });

  test('and is then computed and stored anew', async () => {
    const data = await storedOrder();
    const [encode, decode] = [(value: Money) => value.cents, (cents: number) => Money.of(cents)];
    const renamed = [recordCodec(User), defineCodec(Money, { name: 'money/2', encode, decode })];
    const heard: unknown[] = [];
    for (let deploy = 0; deploy < 2; deploy += 1) {
      const cache = boot(data, { codecs: renamed });
      cache.on('miss', ({ reason }) => heard.push(reason));
      cache.on('hit', ({ tier }) => heard.push(tier));
      expect(shown(await cache.cacheData(loadOrder)())).toEqual(ORDER);
      await cache.close();
    }
    expect(heard).toEqual(['damaged', 'store']);
  });
});

describe('codecs of a cache and of a function', () => {
  test('hold for synchronous functions as well', () => {
    const { cache } = pond({ codecs });
    const load = cache.cacheDataSync(() => [Money.of(1)]);
    expect([load(), load(), load.peek()].map((list) => list?.[0]?.cents)).toEqual([1, 1, 1]);
    expect(load()[0]).not.toBe(load()[0]);
  });

  test('of the function come first, and those of the cache still read what they have stored', async () => {
    const data = await storedOrder();
    const cache = boot(data);
    const heard = record(cache, 'hit', 'storeDamaged');
    const byName = defineCodec(User, { name: 'by name', encode: ({ name }) => name, decode: (name) => new User(name) });
    const load = cache.cacheData(loadOrder, { codecs: [byName] });
    expect(shown(await load())).toEqual(ORDER);
    expect(heard).toMatchObject([{ type: 'hit', tier: 'store' }]);
    expect(shown(await load.refresh())).toEqual(ORDER);
    await cache.flush();
    expect([...data.values()].join('')).toContain('["~#C","by name","Ada"]');
  });

  test('are those of the function alone', async () => {
    const { cache } = pond();
    const load = cache.cacheData(loadOrder, { codecs });
    expect(shown(await load())).toEqual(ORDER);
    const without = cache.cacheData(loadOrder);
    expect(await failureOf(without())).toMatchObject({ code: 'ERR_MILLPOND_UNCACHEABLE_VALUE' });
  });

  test('keep what is shared as it is in a store as well', async () => {
    const data = new Map<string, unknown>();
    const before = boot(data);
    const load = before.cacheData(loadOrder, { copy: 'share' });
    expect(await load()).toBe(await load());
    await before.close();
    const after = boot(data);
    const heard = record(after, 'hit');
    expect(shown(await after.cacheData(loadOrder, { copy: 'share' })())).toEqual(ORDER);
    expect(heard).toMatchObject([{ tier: 'store' }]);
  });

  test('what cannot be encoded of a shared value stays in memory, and an event tells', async () => {
    const cache = boot(new Map());
    const heard = record(cache, 'notStored');
    const load = cache.cacheData(async () => [new Admin('Root')], { copy: 'share' });
    expect((await load())[0]).toBeInstanceOf(Admin);
    await cache.flush();
    expect(heard).toMatchObject([{ error: { message: expect.stringContaining('result[0] is an instance of Admin') } }]);
  });
});

test('S78: a codec that does not decode any more rejects the hit, and throws at no caller', async () => {
  let broken = false;
  const fragile = defineCodec(Money, {
    name: 'money',
    encode: (value) => value.cents,
    decode(cents) {
      if (broken) throw new RangeError('broken');
      return Money.of(cents);
    },
  });
  const { cache } = pond({ codecs: [fragile] });
  const load = cache.cacheData(async () => Money.of(1));
  expect((await load()).cents).toBe(1);
  broken = true;
  const hit = load();
  expect(await failureOf(hit)).toMatchObject({
    code: 'ERR_MILLPOND_UNCACHEABLE_VALUE',
    cause: new RangeError('broken'),
  });
});

describe('a result that cannot be kept', () => {
  test('counts as a failed run, synchronous or not', async () => {
    const { cache } = pond({ codecs });
    const heard = record(cache, 'failed', 'computed');
    const load = cache.cacheData(async () => new Admin('Root'));
    const loadSync = cache.cacheDataSync(() => new Admin('Root'));
    const error = await failureOf(load());
    expect(() => loadSync()).toThrow('a subclass of User');
    expect([load.stats().errors, loadSync.stats().errors]).toEqual([1, 1]);
    expect(heard).toMatchObject([
      { type: 'failed', error },
      { type: 'failed', error: { code: 'ERR_MILLPOND_UNCACHEABLE_VALUE' } },
    ]);
  });
});

describe('S10: wrong codecs are told where they are defined', () => {
  const encode = (): number => 1;
  const decode = (): never => {
    throw new Error('never asked');
  };
  class Tags extends Array<string> {}
  class NotFound extends Error {}
  class Link extends URL {}

  test.each<[string, () => unknown, string]>([
    [
      'no class',
      () =>
        defineCodec(
          unchecked(() => 1),
          { name: 'x', encode, decode },
        ),
      'option `class`',
    ],
    ['a class that is data', () => defineCodec(Date, { name: 'x', encode, decode }), ': Date needs no codec'],
    ['plain objects', () => recordCodec(Object), 'needs no codec'],
    ['Headers', () => defineCodec(Headers, { name: 'x', encode, decode }), 'needs no codec'],
    ['no name', () => defineCodec(Money, unchecked({ encode, decode })), 'option `name` is undefined'],
    ['an empty name', () => defineCodec(Money, { name: '', encode, decode }), 'option `name` is ""'],
    ['no decode', () => defineCodec(Money, unchecked({ name: 'x', encode })), 'option `decode` is undefined'],
    ['a wrong option', () => defineCodec(Money, unchecked({ name: 'x', encode, decode, copy: 1 })), 'no option `copy`'],
    [
      'an asynchronous encode',
      () => defineCodec(Money, { name: 'x', encode: async () => 1, decode }),
      'option `encode`',
    ],
    ['a nameless class', () => recordCodec(class {}), 'option `name` is ""'],
    ['an array that is its fields', () => recordCodec(Tags), 'defineCodec(Tags, { name, encode, decode })'],
    ['an error that is its fields', () => recordCodec({ NotFound }), 'What Error holds is not in fields'],
    ['a URL that is its fields', () => recordCodec(Link), 'What URL holds is not in fields'],
    ['no list', () => createCache({ codecs: unchecked(money) }), 'option `codecs`'],
    ['a class in the list', () => createCache({ codecs: unchecked([User]) }), 'option `codecs`'],
    ['two for a class', () => createCache({ codecs: [money, money] }), 'has two for the class Money'],
    [
      'two for a class, nested',
      () => createCache({ codecs: [recordCodec(User), recordCodec(User)] }),
      'two for the class',
    ],
    [
      'two of one name',
      () => createCache({ codecs: [money, recordCodec({ money: User })] }),
      'codecs of one name, "money"',
    ],
  ])('%s', (_, define, message) => {
    expect(define).toThrow(
      expect.objectContaining({ code: 'ERR_MILLPOND_INVALID_OPTION', message: expect.stringContaining(message) }),
    );
  });

  test('of one name in a function and its cache, for two classes', () => {
    const { cache } = pond({ codecs: [money] });
    expect(() => cache.cacheData(loadOrder, { codecs: recordCodec({ money: User }) })).toThrow(
      'cacheData(loadOrder): the classes User and Money have codecs of one name, "money"',
    );
    expect(() => cache.cacheData(loadOrder, { codecs: [money, money] })).toThrow('has two for the class Money');
  });

  test('a class is kept by the name that it was given', async () => {
    const data = new Map<string, unknown>();
    const cache = boot(data, { codecs: recordCodec({ 'a user': User }) });
    await cache.cacheData(async () => new User('Ada'))();
    await cache.flush();
    expect([...data.values()].join('')).toContain('["~#P","a user",{"name":"Ada"');
  });
});

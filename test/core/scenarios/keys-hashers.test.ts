import { expect, test } from 'vitest';
import { createCache, defineHasher } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';
import { failureOf, unchecked } from '../support/gate.js';
import { keysAmong, serial } from '../support/serial.js';

class Money {
  readonly cents: number;
  readonly note: string;

  constructor(cents: number, note = '') {
    this.cents = cents;
    this.note = note;
  }
}
class Price extends Money {}
class NetPrice extends Price {}
class Hidden {
  readonly #id: number;

  constructor(id: number) {
    this.#id = id;
  }

  [Symbol.for('millpond.key')](): unknown {
    return { id: this.#id };
  }
}

const byCents = defineHasher(Money, (money) => money.cents);

test('S24: an instance of a class is refused until its class has a hasher', async () => {
  const without = serial();
  expect(await failureOf(without(new Money(1)))).toMatchObject({ code: 'ERR_MILLPOND_UNHASHABLE_ARGUMENT' });
  expect(without.calls).toBe(0);
  const fn = serial({ hashers: [byCents] });
  expect(await keysAmong([[new Money(1, 'a')], [new Money(1, 'b')]], fn)).toBe(1);
  expect(await keysAmong([[new Money(1)], [new Money(2)], [1]], fn)).toBe(3);
});

test('S24: hashers of the cache serve every function, and a function’s own come first', async () => {
  const fromCache = serial({}, { hashers: [byCents] });
  expect(await keysAmong([[new Money(1, 'a')], [new Money(1, 'b')], [new Money(2)]], fromCache)).toBe(2);
  const own = serial({ hashers: [defineHasher(Money, (money) => money.note)] }, { hashers: [byCents] });
  expect(await keysAmong([[new Money(1, 'a')], [new Money(2, 'a')], [new Money(1, 'b')]], own)).toBe(2);
});

test('S24: an object may bring its own key', async () => {
  expect(await keysAmong([[new Hidden(1)], [new Hidden(1)], [new Hidden(2)]])).toBe(2);
});

test('S25: a hasher applies at any depth, and overrides the rule that the type has', async () => {
  const byDay = defineHasher(Date, (date) => date.toISOString().slice(0, 10));
  const fn = serial({ hashers: [byCents, byDay] });
  const morning = new Date('2026-01-01T08:00:00Z');
  const evening = new Date('2026-01-01T20:00:00Z');
  const tomorrow = new Date('2026-01-02T08:00:00Z');
  expect(await keysAmong([[morning], [evening]], fn)).toBe(1);
  expect(await keysAmong([[{ at: [morning] }], [{ at: [evening] }], [{ at: [tomorrow] }]], fn)).toBe(2);
  const deep = (cents: number, note: string) => [[new Map([['price', [{ money: new Money(cents, note) }]]])]];
  expect(await keysAmong([deep(1, 'a'), deep(1, 'b')], fn)).toBe(1);
  expect(await keysAmong([deep(1, 'a'), deep(2, 'a')], fn)).toBe(2);
});

test('S26: a hasher of a base class serves its subclasses, and the nearest class wins', async () => {
  const base = serial({ hashers: [byCents] });
  expect(await keysAmong([[new NetPrice(1, 'a')], [new NetPrice(1, 'b')], [new NetPrice(2)]], base)).toBe(2);
  const byNote = defineHasher(Price, (price) => price.note);
  for (const hashers of [
    [byCents, byNote],
    [byNote, byCents],
  ]) {
    const fn = serial({ hashers });
    expect(await keysAmong([[new NetPrice(1, 'a')], [new NetPrice(2, 'a')], [new NetPrice(1, 'b')]], fn)).toBe(2);
    expect(await keysAmong([[new Money(1, 'a')], [new Money(1, 'b')]], fn)).toBe(1);
  }
});

test('S27: a hasher that throws is told with its cause, its place and the type', async () => {
  const cause = new Error('no cents');
  const fails = defineHasher(Money, () => {
    throw cause;
  });
  const fn = serial({ hashers: [fails] });
  const error = await failureOf(fn(1, { price: [new Money(1)] }));
  expect(error).toMatchObject({ code: 'ERR_MILLPOND_HASHER_FAILED', cause });
  expect(error).toMatchObject({ message: expect.stringMatching(/load.*args\[1\]\.price\[0\].*Money/) });
  expect(fn.calls).toBe(0);
});

test('S27: a `key` option and an own key that throw are told in the same way', async () => {
  const cause = new Error('no key');
  const throws = () => {
    throw cause;
  };
  const byOption = serial({ key: throws });
  expect(await failureOf(byOption(1))).toMatchObject({ code: 'ERR_MILLPOND_HASHER_FAILED', cause });
  const byObject = serial();
  const own = { [Symbol.for('millpond.key')]: throws };
  expect(await failureOf(byObject(own))).toMatchObject({ code: 'ERR_MILLPOND_HASHER_FAILED', cause });
  expect([byOption.calls, byObject.calls]).toEqual([0, 0]);
});

test('S27: what a hasher answers must itself have a key', async () => {
  const fn = serial({ hashers: [defineHasher(Money, () => () => {})] });
  expect(await failureOf(fn(new Money(1)))).toMatchObject({
    code: expect.stringMatching(/ERR_MILLPOND_(HASHER_FAILED|UNHASHABLE_ARGUMENT)/),
  });
  expect(fn.calls).toBe(0);
});

test('S28: a hasher that answers with its input is an error, not one key for all', async () => {
  const fn = serial({ hashers: [defineHasher(Money, (money) => money)] });
  for (const money of [new Money(1), new Money(2)]) {
    expect(await failureOf(fn([money]))).toMatchObject({ code: 'ERR_MILLPOND_HASHER_FAILED' });
  }
  expect(fn.calls).toBe(0);
});

test('S24: a hasher is checked where it is defined', () => {
  const wrong: [unknown, unknown][] = [
    ['Money', () => 1],
    [Money, 'cents'],
    [undefined, undefined],
  ];
  for (const [type, hash] of wrong) {
    expect(() => defineHasher(unchecked(type), unchecked(hash))).toThrow(
      expect.objectContaining({ code: 'ERR_MILLPOND_INVALID_OPTION' }),
    );
  }
});

test('S33: hashers are no part of what identifies the function', async () => {
  const store = new Map<string, unknown>();
  const clock = fakeClock();
  let calls = 0;
  const start = async (hasher: ReturnType<typeof defineHasher>): Promise<number> => {
    const cache = createCache({ name: 'shop', store, clock });
    const load = cache.cacheData(async (money: Money) => (calls += money.cents), { hashers: [hasher] });
    const answer = await load(new Money(5));
    await cache.close();
    return answer;
  };
  expect(await start(byCents)).toBe(5);
  expect(await start(defineHasher(Money, ({ cents }) => cents + 0))).toBe(5);
  expect(calls).toBe(5);
});

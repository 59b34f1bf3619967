import { describe, expect, test } from 'vitest';
import { createCache, defineCodec, type Cache, type CacheOptions } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';
import { difference } from '../copy/support/identical.js';
import { record } from '../support/cache.js';
import { codecs, Money } from '../support/classes.js';
import { failureOf } from '../support/gate.js';

/** Long enough that memory keeps it as its text until it is asked for it a second time. */
function long(): { rows: { id: number; at: Date; tags: Set<string>; name: string }[] } {
  const rows = Array.from({ length: 60 }, (_, id) => ({
    id,
    at: new Date(id),
    tags: new Set(['a']),
    name: `name ${id}`,
  }));
  return { rows };
}

function boot(store: Map<string, unknown>, options: CacheOptions = {}): Cache {
  return createCache({ name: 'shop', store, clock: fakeClock(), logger: { warn: () => {} }, ...options });
}

/** A store that has what a function returned to a process that has ended. */
async function stored(fn: () => unknown, options: CacheOptions = {}): Promise<Map<string, unknown>> {
  const data = new Map<string, unknown>();
  const cache = boot(data, options);
  await cache.cacheData(fn, { name: 'load', version: '1' })();
  await cache.close();
  return data;
}

describe('a long value that the store has', () => {
  test('S39: is faithful and everyone`s own: of the first, of who waited with them, and of later callers', async () => {
    const data = await stored(long);
    const load = boot(data).cacheData(async () => long(), { name: 'load', version: '1' });
    const values = [...(await Promise.all([load(), load(), load()])), await load(), await load()];
    expect(load.stats().runs).toBe(0);
    for (const value of values) {
      expect(difference(long(), value)).toBeUndefined();
      value.rows[0]?.tags.add('mine alone');
      value.rows.length = 1;
    }
    expect(new Set(values).size).toBe(values.length);
    expect(difference(long(), await load())).toBeUndefined();
  });

  test('a look at memory is a copy as well', async () => {
    const data = await stored(long);
    const load = boot(data).cacheData(async () => long(), { name: 'load', version: '1' });
    await load();
    load.peek()?.rows.pop();
    expect(difference(long(), load.peek())).toBeUndefined();
    expect(difference(long(), await load())).toBeUndefined();
  });

  test('weighs what its text does, and what it is made of from the second time on', async () => {
    const data = await stored(long);
    const cache = boot(data);
    const load = cache.cacheData(async () => long(), { name: 'load', version: '1' });
    await load();
    const asText = cache.stats().bytes;
    await load();
    const whole = cache.stats().bytes;
    const other = boot(new Map());
    await other.cacheData(async () => long(), { name: 'load', version: '1' })();
    expect(asText).toBeGreaterThan(1000);
    expect(asText).toBeLessThan(whole);
    expect(whole).toBe(other.stats().bytes);
    expect(load.stats().bytes).toBe(whole);
    await cache.clear();
    expect(cache.stats().bytes).toBe(0);
  });

  test('leaves memory when it then is more than its function may hold, and is an answer all the same', async () => {
    const data = await stored(long);
    const cache = boot(data);
    const removed = record(cache, 'removed');
    const load = cache.cacheData(async () => long(), { name: 'load', version: '1', maxBytes: 6000 });
    await load();
    expect(load.stats().entries).toBe(1);
    expect(difference(long(), await load())).toBeUndefined();
    expect([load.stats().entries, load.stats().bytes, load.stats().runs]).toEqual([0, 0, 0]);
    expect(removed).toMatchObject([{ reason: 'evict' }]);
  });

  test('is frozen, or shared, where that is what its callers get', async () => {
    const plain = (): unknown => ({ list: Array.from({ length: 500 }, (_, id) => ({ id })) });
    const data = await stored(plain);
    const frozen = boot(data).cacheData(async () => plain(), { name: 'load', version: '1', copy: 'freeze' });
    expect(Object.isFrozen(await frozen())).toBe(true);
    expect(await frozen()).toBe(await frozen());
    const shared = boot(data).cacheData(async () => plain(), { name: 'load', version: '1', copy: 'share' });
    expect(await shared()).toBe(await shared());
  });

  test('S55: is decoded at once where a codec is to make instances of it: one that fails is a miss', async () => {
    const prices = (): unknown => Array.from({ length: 200 }, (_, cents) => ({ price: Money.of(cents) }));
    const data = await stored(prices, { codecs });
    const load = boot(data, { codecs }).cacheData(async () => prices(), { name: 'load', version: '1' });
    const [one, other] = (await Promise.all([load(), load()])) as { price: Money }[][];
    expect(one?.[7]?.price.cents).toBe(7);
    expect(one?.[7]?.price).not.toBe(other?.[7]?.price);
    expect(load.stats().runs).toBe(0);
    const broken = defineCodec(Money, {
      name: 'money',
      encode: ({ cents }) => cents,
      decode: (): Money => {
        throw new Error('an old form');
      },
    });
    const cache = boot(data, { codecs: [broken] });
    const heard = record(cache, 'storeDamaged', 'hit');
    await failureOf(cache.cacheData(async () => prices(), { name: 'load', version: '1' })());
    expect(heard).toMatchObject([{ type: 'storeDamaged' }]);
  });
});

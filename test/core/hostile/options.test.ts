import { expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf, unchecked } from '../support/gate.js';

test('a `when` that answers with a promise is refused', async () => {
  const { cache } = pond();
  const load = cache.cacheData(async () => 1, { when: unchecked(() => Promise.reject(new Error('never'))) });
  expect(await failureOf(load())).toMatchObject({ code: 'ERR_MILLPOND_INVALID_OPTION' });
  await settle();
});

test.each(['when', 'tags', 'ttl', 'key'])('an asynchronous `%s` is refused where the function is wrapped', (option) => {
  const { cache } = pond();
  expect(() => cache.cacheData(async () => 1, unchecked({ [option]: async () => true }))).toThrow(
    expect.objectContaining({ code: 'ERR_MILLPOND_INVALID_OPTION' }),
  );
});

test('options changed after they were given change nothing', async () => {
  const one = new Map<string, unknown>();
  const two = new Map<string, unknown>();
  const options: Record<string, unknown> = { name: 'shop', store: one };
  const cache = createCache(options);
  options['store'] = two;
  const load = cache.cacheData(async () => 1, { name: 'load' });
  await load();
  await cache.flush();
  expect([one.size > 0, two.size]).toEqual([true, 0]);
  await cache.close();
});

test('options of a call changed after they were given change nothing', async () => {
  const { cache } = pond();
  const load = cache.cacheData(async () => 1);
  const options: Record<string, unknown> = {};
  const call = load.withOptions(options);
  options['signal'] = 5;
  expect(await call()).toBe(1);
});

test('a method named class can be cached', async () => {
  const { cache } = pond();
  const school = {
    class(this: void, id: string) {
      return id;
    },
  };
  expect(await cache.cacheData(school.class)('a')).toBe('a');
});

test('inherited options count', async () => {
  const { cache, clock } = pond();
  let calls = 0;
  const load = cache.cacheData(async () => ++calls, Object.create({ ttl: '1m' }) as object);
  await load();
  await clock.advance(60_000);
  expect(await load()).toBe(2);
});
test('inherited options are checked', () => {
  expect(() => createCache(Object.create({ ttl: 'nonsense' }) as object)).toThrow();
});

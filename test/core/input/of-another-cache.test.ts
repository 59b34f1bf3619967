import { AsyncLocalStorage } from 'node:async_hooks';
import { createCache, type Cache } from '@millpond/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { begin, hostOf, unsent } from '../exchange/support.js';

interface Visit {
  readonly here: string;
  readonly there: string;
}

const visits = new AsyncLocalStorage<Visit>();

/** A cache over a store whose function reads an input of its own or, by way of a function, one that another cache has by the same name. */
function process(store: Map<string, unknown>, reads: 'here' | 'there') {
  const cache = createCache({ name: 'shop', store });
  const other = createCache({ name: 'users' });
  onTestFinished(async () => {
    await cache.close();
    await other.close();
  });
  const own = cache.input('user', () => visits.getStore()?.here);
  const foreign = other.input('user', () => visits.getStore()?.there);
  const getUser = other.cacheData(async () => foreign(), { name: 'getUser' });
  const page = cache.cacheData(async () => (reads === 'here' ? `here ${own()}` : `there ${await getUser()}`), {
    name: 'page',
    version: '1',
  });
  const visit = (here: string, there: string): Promise<string> => visits.run({ here, there }, () => page());
  return { cache, page, visit };
}

// The first of all: no cache has an input yet.
test('hazard 22: a function that calls one of another cache varies by what that one reads of its requests', async () => {
  const [cache, other] = [createCache(), createCache()];
  const getUser = other.cacheData(async () => other.exchange.requestUser());
  const page = cache.cacheData(async () => `for ${String(await getUser())}`);
  const visit = (user: string): Promise<string> => begin(other, { user }).scope.run(() => page());
  expect([await visit('ada'), await visit('bob'), await visit('ada')]).toEqual(['for ada', 'for bob', 'for ada']);
});

describe('hazard 24: two caches have different inputs of one name, and', () => {
  test('what has read that of another one stays in memory: in a store there are names only', async () => {
    const store = new Map<string, unknown>();
    const [first, second] = [process(store, 'there'), process(store, 'there')];
    expect(await first.visit('ada', 'bob')).toBe('there bob');
    await first.cache.flush();
    expect(await second.visit('bob', 'eve')).toBe('there eve');
    expect([await first.visit('x', 'bob'), first.page.stats().runs]).toEqual(['there bob', 1]);
  });

  test('what one process has stored by its own is not found by who is led to the other', async () => {
    const store = new Map<string, unknown>();
    const [first, second] = [process(store, 'here'), process(store, 'there')];
    await second.visit('x', 'ada');
    await first.visit('eve', 'x');
    await first.cache.flush();
    expect(await second.visit('y', 'eve')).toBe('there eve');
  });
});

describe('hazard 22: a function of a cache that calls one of another varies by what that one reads', () => {
  const called: [string, (cache: Cache) => (run: () => Promise<string>) => Promise<string>][] = [
    ['without inputs', () => (run) => run()],
    ['with scopes alone', (cache) => (run) => cache.openScope({ exchange: hostOf({}, unsent()) }).run(run)],
  ];

  test.each(called)('though it is of a cache %s', async (_, caller) => {
    const [cache, other] = [createCache(), createCache()];
    const user = other.input('user', () => visits.getStore()?.there);
    const getUser = other.cacheData(async () => user());
    const page = cache.cacheData(async () => `for ${await getUser()}`);
    const within = caller(cache);
    const visit = (there: string): Promise<string> => visits.run({ here: '', there }, () => within(() => page()));
    expect([await visit('ada'), await visit('bob'), await visit('ada')]).toEqual(['for ada', 'for bob', 'for ada']);
    expect(page.stats().runs).toBe(2);
  });
});

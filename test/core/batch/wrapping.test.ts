import { describe, expect, test } from 'vitest';
import { createCache, type CacheBatchFn } from '@millpond/core';
import { createPassThroughCache } from '@millpond/core/testing';
import { pond } from '../support/cache.js';
import { unchecked } from '../support/gate.js';

async function loadUsers(ids: readonly string[]): Promise<string[]> {
  return [...ids];
}

describe('S10: wrong use of cacheBatch is told where it is wrapped', () => {
  const { cacheBatch } = createCache();

  test.each<[unknown, string]>([
    ['load', 'the first argument is not a function'],
    [function* () {}, 'a generator function'],
    [async function* () {}, 'a generator function'],
    [class {}, 'a class cannot be called'],
  ])('%o is nothing to wrap', (load, message) => {
    expect(() => cacheBatch(unchecked(load))).toThrow(message);
  });

  test.each<[string, unknown, string]>([
    ['idOf', 'id', 'a function'],
    ['idOf', async () => 'id', 'a function that is not asynchronous'],
    ['maxBatchSize', 0, 'a whole number of at least 1'],
    ['maxBatchSize', 1.5, 'a whole number of at least 1'],
    ['maxBatchSize', Infinity, 'a whole number of at least 1'],
    ['ttl', 0, 'a positive number'],
    ['ttl', '30', 'has no unit'],
    ['when', async () => true, 'not asynchronous'],
  ])('%s: %o', (option, value, message) => {
    expect(() => cacheBatch(loadUsers, unchecked({ [option]: value }))).toThrow(
      new RegExp(`^cacheBatch\\(loadUsers\\): option \`${option}\` is .*${message}`),
    );
  });

  test.each(['ignoreArgs', 'ignoreUnderscored', 'context', 'batchSize', 'validate'])(
    'there is no option %s',
    (option) => {
      expect(() => cacheBatch(loadUsers, unchecked({ [option]: 1 }))).toThrow(
        `cacheBatch(loadUsers): there is no option \`${option}\``,
      );
    },
  );

  test('a stale window needs a ttl, a store excludes a disk, and options are an object', () => {
    expect(() => cacheBatch(loadUsers, { staleIfError: '1h' })).toThrow('given together with a `ttl`');
    expect(() => cacheBatch(loadUsers, { store: new Map(), persist: 'disk' })).toThrow('option `persist`');
    expect(() => cacheBatch(loadUsers, unchecked('1h'))).toThrow('option `options`');
  });

  test('a closed cache wraps nothing', async () => {
    const { cache } = pond();
    await cache.close();
    expect(() => cache.cacheBatch(loadUsers)).toThrow(expect.objectContaining({ code: 'ERR_MILLPOND_CLOSED' }));
  });

  test('a bound load needs a version over a store, since its code cannot be seen', () => {
    const stored = createCache({ name: 'shop', store: new Map() });
    const bound = loadUsers.bind(undefined);
    expect(() => stored.cacheBatch(bound)).toThrow('Give it a version');
    stored.cacheBatch(bound, { version: '1' });
  });

  test('S07: two of one identity in one store are refused', () => {
    const stored = createCache({ name: 'shop', store: new Map() });
    stored.cacheBatch(loadUsers);
    expect(() => stored.cacheBatch(loadUsers)).toThrow(expect.objectContaining({ code: 'ERR_MILLPOND_NAME_TAKEN' }));
    expect(() => stored.cacheData(loadUsers)).toThrow(expect.objectContaining({ code: 'ERR_MILLPOND_NAME_TAKEN' }));
    stored.cacheBatch(loadUsers, { name: 'other' });
  });
});

test('S09: the wrapper has the name and the length of the load, and the load itself', () => {
  const user = createCache().cacheBatch(loadUsers);
  expect([user.name, user.length, user.original]).toEqual(['loadUsers', 1, loadUsers]);
});

test('its methods, and those of withOptions, survive being taken apart', async () => {
  const { many, withOptions, peek, refresh, stats } = createCache().cacheBatch(loadUsers);
  expect(await many(['a', 'b'])).toEqual(['a', 'b']);
  expect([peek('a'), await refresh('a')]).toEqual(['a', 'a']);
  const events: string[] = [];
  const observed = withOptions({ observe: ({ type }) => events.push(type) });
  const { many: observedMany } = observed;
  expect([await observed('a'), await observedMany(['b', 'c'])]).toEqual(['a', ['b', 'c']]);
  expect(events).toEqual(['hit', 'hit', 'miss']);
  expect(stats().runs).toBe(3);
  expect(() => withOptions(unchecked({ ttl: 1 }))).toThrow('loadUsers.withOptions');
});

test('`this` is no part of the key, even of a load that mentions it', async () => {
  let loads = 0;
  const load = createCache().cacheBatch(function (this: unknown, ids: readonly string[]) {
    loads += 1;
    expect(this).toBeUndefined();
    return [...ids];
  });
  const users = { load };
  await users.load('a');
  await load('a');
  expect(loads).toBe(1);
});

describe.each<[string, () => { cacheBatch: CacheBatchFn; close(): Promise<unknown> }]>([
  ['a disabled cache', () => createCache({ enabled: false })],
  ['a cache that passes through', () => createPassThroughCache({ name: 'shop', store: new Map() })],
])('%s', (_name, make) => {
  test('keeps nothing, loads the calls of a turn together, and hands each caller a row of their own', async () => {
    const loads: string[][] = [];
    const load = make().cacheBatch(
      async (ids: readonly string[]) => {
        loads.push([...ids]);
        return ids.map((id) => ({ id }));
      },
      { ttl: '1h' },
    );
    const [first, second, other] = await load.many(['a', 'a', 'b']);
    expect([first, second, other]).toEqual([{ id: 'a' }, { id: 'a' }, { id: 'b' }]);
    expect(first).not.toBe(second);
    expect(loads).toEqual([['a'], ['a', 'b']]);
    await load.refresh('a');
    expect([loads.length, load.has('a'), load.stats().runs]).toEqual([3, false, 3]);
  });
});

test('a closed cache goes on loading, and keeps nothing', async () => {
  const { cache } = pond();
  const load = cache.cacheBatch(loadUsers);
  await load('a');
  await cache.close();
  expect(await load.many(['a', 'b'])).toEqual(['a', 'b']);
  expect([load.has('a'), load.stats().entries]).toEqual([false, 0]);
});

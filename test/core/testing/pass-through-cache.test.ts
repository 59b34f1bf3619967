import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createCache, diskStore, holdCache } from '@millpond/core';
import { createFaultyStore, createPassThroughCache } from '@millpond/core/testing';

describe('a cache that passes through', () => {
  test('runs every call and keeps nothing, and counts the runs', async () => {
    await using cache = createPassThroughCache();
    let runs = 0;
    const load = cache.cacheData(async (id: string) => `${id}${(runs += 1)}`, { ttl: '1h' });
    const sync = cache.cacheDataSync((id: string) => `${id}${(runs += 1)}`);
    expect(await Promise.all([load('a'), load('a'), load.refresh('a')])).toEqual(['a1', 'a2', 'a3']);
    expect([sync('b'), sync('b')]).toEqual(['b4', 'b5']);
    expect([load.has('a'), cache.stats().entries]).toEqual([false, 0]);
    expect([load.stats().runs, sync.stats().runs]).toEqual([3, 2]);
  });

  test('hands on the very value, and the very error', async () => {
    const { cacheData } = createPassThroughCache();
    const value = { socket: () => 'not data' };
    const error = new Error('mine');
    expect(await cacheData(async () => value)()).toBe(value);
    await expect(cacheData(() => Promise.reject(error))()).rejects.toBe(error);
  });

  test('shares resources, and releases them when it is closed', async () => {
    const released: object[] = [];
    const cache = createPassThroughCache();
    const getPool = cache.cacheResource(async () => ({}), { onRelease: (pool) => released.push(pool) });
    const pool = await getPool();
    expect(await getPool()).toBe(pool);
    await cache.close();
    expect(released).toEqual([pool]);
  });

  test('touches no store, whether its own options name one or those of a function', async () => {
    const store = createFaultyStore();
    const options = { name: 'shop', store, enabled: true } as const;
    await using cache = createPassThroughCache(options);
    const load = cache.cacheData(async () => 1, { name: 'load', version: '1', tags: ['t'], ttl: '1h' });
    const own = cache.cacheData(async () => 2, { name: 'own', version: '1', store });
    expect([await load(), await own()]).toEqual([1, 2]);
    expect(await load.delete()).toEqual({ store: 'none' });
    expect(await cache.invalidateTags('t')).toEqual({ store: 'none' });
    await cache.flush();
    expect(store.operations).toEqual([]);
    // The same options make a cache that does.
    await using real = createCache(options);
    await real.invalidateTags('t');
    expect(store.operations).not.toEqual([]);
  });

  test('touches no disk, and needs no name for it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millpond-'));
    try {
      const path = join(folder, 'kept');
      await using cache = createPassThroughCache({ persist: diskStore({ path }) });
      await using other = createPassThroughCache();
      const load = cache.cacheData(async () => 1);
      const own = other.cacheData(async () => 1, { persist: diskStore({ path }) });
      await Promise.all([load(), own(), cache.flush(), other.flush()]);
      expect(existsSync(path)).toBe(false);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('refuses the options that a cache refuses', () => {
    const wrong = (value: unknown): never => value as never;
    expect(() => createPassThroughCache({ maxBytes: -1 })).toThrow('createCache: option `maxBytes` is -1');
    expect(() => createPassThroughCache(wrong(5))).toThrow('createCache');
    const { cacheData } = createPassThroughCache();
    expect(() => cacheData(async () => 1, { ttl: 0 })).toThrow('option `ttl` is 0');
    expect(() => cacheData(async () => 1, wrong('1h'))).toThrow('cacheData');
    expect(() => cacheData(wrong('load'))).toThrow('the first argument is not a function');
  });

  test('is a cache to those who take one', async () => {
    const cache = createPassThroughCache({ name: 'shop' });
    const heard: unknown[] = [];
    cache.on('cleared', (event) => heard.push(event));
    const held = holdCache({ cache }, 'here');
    await held.cache.clear();
    expect([held.cache.name, heard]).toEqual(['shop', [{ type: 'cleared', cache: 'shop', fn: undefined }]]);
  });
});

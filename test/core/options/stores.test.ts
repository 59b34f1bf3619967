import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCache, diskStore } from '@millpond/core';
import { expect, test } from 'vitest';

/** A Keyv storage adapter over a Map that notes whether it was disconnected. */
function adapter(): { readonly store: object & Pick<Map<string, string>, 'clear'>; readonly ended: () => number } {
  const kept = new Map<string, string>();
  let ended = 0;
  const store = {
    opts: {},
    namespace: undefined,
    get: async (key: string) => kept.get(key),
    set: async (key: string, value: string) => void kept.set(key, value),
    delete: async (key: string) => kept.delete(key),
    clear: () => kept.clear(),
    disconnect: async () => void (ended += 1),
  };
  return { store, ended: () => ended };
}

test('a store that was given is closed only when the cache was told to, and a function’s own store never', async () => {
  const [kept, told, own] = [adapter(), adapter(), adapter()];
  const one = createCache({ name: 'one', store: kept.store as never });
  const other = createCache({ name: 'other', store: told.store as never, closeStore: true });
  const load = other.cacheData(async () => 1, { name: 'load', store: own.store as never });
  await load();
  await Promise.all([one.close(), other.close()]);
  expect([kept.ended(), told.ended(), own.ended()]).toEqual([0, 1, 0]);
});

test('S52: `persist` takes a folder, and a value is there after a restart with the life that remains', async () => {
  const path = await mkdtemp(join(tmpdir(), 'millpond-persist-'));
  try {
    let calls = 0;
    const start = () => {
      const cache = createCache({ name: 'shop', persist: diskStore({ path }), readDeadline: '5s' });
      return {
        cache,
        load: cache.cacheData(async (id: string) => ({ id, calls: ++calls }), { name: 'load', ttl: '1h' }),
      };
    };
    const first = start();
    await first.load('a');
    await first.cache.close();
    const second = start();
    expect(await second.load('a')).toEqual({ id: 'a', calls: 1 });
    await second.load.clear();
    await second.cache.close();
    expect(await start().load('a')).toEqual({ id: 'a', calls: 2 });
  } finally {
    await rm(path, { recursive: true, force: true });
  }
});

test('what is no disk store is refused as `persist`, and a disk store as `store`', () => {
  for (const persist of ['disc', new Map(), {}]) {
    expect(() => createCache({ name: 'shop', persist: persist as never })).toThrow(
      /`persist`.*diskStore\(\{ path \}\)/,
    );
  }
  const disk = diskStore({ path: join(tmpdir(), 'never-made') });
  expect(() => createCache({ name: 'shop', store: disk as never })).toThrow(/persist/);
});

test('a refresh has no caller, so it is refused for functions that run in their caller’s context', () => {
  const { cacheData } = createCache();
  const options = { ttl: '1m', staleWhileRevalidate: '1m', context: 'caller' } as const;
  expect(() => cacheData(async () => 1, options)).toThrow(/staleWhileRevalidate.*context: 'caller'/);
  const load = cacheData(async () => 1, { ttl: '1m', context: 'caller' });
  expect(() => load.withOptions({ staleWhileRevalidate: '1m' })).toThrow(/staleWhileRevalidate.*context: 'caller'/);
});

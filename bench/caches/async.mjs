import { getOrSet, HOUR } from './get-or-set.mjs';

/*
 * Caches around an asynchronous function, each used as its documentation recommends, in memory, with its defaults and a ttl of
 * an hour where it has one. By name: opens the cache and gives the function that callers call. `run()` computes; `style` says how it
 * is called (calls.mjs); `capacity` is how many entries there will be; `copy` copies by hand. Only what is used is imported.
 */

const millpond =
  (options) =>
  async ({ run, style, capacity }) => {
    const { createCache } = await import('@millpond/core');
    const cache = createCache({ maxBytes: Math.max(64 << 20, capacity * 4096) });
    return cache.cacheData(style.fnAsync(run), { name: 'load', ttl: '1h', ...options });
  };

export const asyncCaches = {
  millpond: millpond({}),
  'millpond, freeze': millpond({ copy: 'freeze' }),
  'millpond, share': millpond({ copy: 'share' }),

  /** An async function around Map.get: nothing asynchronous can do less. */
  async floor({ run, style }) {
    const { slot } = style;
    const values = new Map();
    const fill = async (at) => {
      const value = await run();
      values.set(at, value);
      return value;
    };
    if (style.kind === 'three') {
      return async (id, language, brief) => {
        const at = slot(id, language, brief);
        return values.get(at) ?? fill(at);
      };
    }
    return async (argument) => {
      const at = slot(argument);
      return values.get(at) ?? fill(at);
    };
  },

  /** The same, and a copy made by who knows what is in the map: no fresh copy can cost less. */
  async 'floor, copied by hand'({ run, style, copy }) {
    const { slot } = style;
    const values = new Map();
    const fill = async (at) => {
      values.set(at, copy(await run()));
      return copy(values.get(at));
    };
    if (style.kind === 'three') {
      return async (id, language, brief) => {
        const at = slot(id, language, brief);
        const value = values.get(at);
        return value === undefined ? fill(at) : copy(value);
      };
    }
    return async (argument) => {
      const at = slot(argument);
      const value = values.get(at);
      return value === undefined ? fill(at) : copy(value);
    };
  },

  bentocache: getOrSet(async ({ run, capacity }) => {
    const [{ BentoCache, bentostore }, { memoryDriver }] = await Promise.all([
      import('bentocache'),
      import('bentocache/drivers/memory'),
    ]);
    const memory = memoryDriver({ maxItems: Math.max(1000, capacity) });
    const bento = new BentoCache({ default: 'memory', stores: { memory: bentostore().useL1Layer(memory) } });
    return (key) => bento.getOrSet({ key, ttl: '1h', factory: () => run() });
  }),

  cacheable: getOrSet(async ({ run }) => {
    const { Cacheable } = await import('cacheable');
    const cacheable = new Cacheable();
    return (key) => cacheable.getOrSet(key, () => run(), { ttl: '1h' });
  }),

  'cache-manager': getOrSet(async ({ run }) => {
    const { createCache } = await import('cache-manager');
    const cache = createCache({ ttl: HOUR });
    return (key) => cache.wrap(key, () => run());
  }),

  /** As its documentation shows it with a store that is named: Keyv's own, which writes text. */
  'cache-manager, Keyv': getOrSet(async ({ run }) => {
    const [{ createCache }, { Keyv }] = await Promise.all([import('cache-manager'), import('keyv')]);
    const cache = createCache({ stores: [new Keyv()], ttl: HOUR });
    return (key) => cache.wrap(key, () => run());
  }),

  keyv: getOrSet(async ({ run }) => {
    const { Keyv } = await import('keyv');
    const keyv = new Keyv({ ttl: HOUR });
    return async (key) => {
      const kept = await keyv.get(key);
      if (kept !== undefined) return kept;
      const value = await run();
      await keyv.set(key, value);
      return value;
    };
  }),

  /** Its functions take one argument, of which it makes the key. */
  async 'async-cache-dedupe'({ run, style, capacity }) {
    const { createCache } = await import('async-cache-dedupe');
    const cache = createCache({ ttl: 3600, storage: { type: 'memory', options: { size: Math.max(1024, capacity) } } });
    cache.define('load', async (_argument) => run());
    if (style.kind === 'three') return (id, language, brief) => cache.load({ id, language, brief });
    return (argument) => cache.load(argument);
  },

  cachified: getOrSet(async ({ run, capacity }) => {
    const [{ cachified, totalTtl }, { LRUCache }] = await Promise.all([
      import('@epic-web/cachified'),
      import('lru-cache'),
    ]);
    const entries = new LRUCache({ max: Math.max(1000, capacity) });
    const cache = {
      set(key, value) {
        const ttl = totalTtl(value?.metadata);
        return entries.set(key, value, {
          ttl: ttl === Infinity ? undefined : ttl,
          start: value?.metadata?.createdTime,
        });
      },
      get: (key) => entries.get(key),
      delete: (key) => entries.delete(key),
    };
    return (key) => cachified({ key, cache, ttl: HOUR, getFreshValue: () => run() });
  }),

  /** Makes the keys itself. */
  async ocache({ run, style, capacity }) {
    const { createMemoryStorage, defineCachedFunction } = await import('ocache');
    const storage = createMemoryStorage({ maxSize: Math.max(1000, capacity) });
    return defineCachedFunction(style.fnAsync(run), { name: 'load', maxAge: 3600, swr: false, storage });
  },

  'lru-cache fetch': getOrSet(async ({ run, capacity }) => {
    const { LRUCache } = await import('lru-cache');
    const cache = new LRUCache({ max: Math.max(1000, capacity), ttl: HOUR, fetchMethod: () => run() });
    return (key) => cache.fetch(key);
  }),

  /** What can be told apart as text is, in its primitive mode; an object by a normalizer. */
  async memoizee({ run, style }) {
    const { default: memoize } = await import('memoizee');
    const keys = style.kind === 'object' ? { normalizer: ([query]) => JSON.stringify(query) } : { primitive: true };
    return memoize(style.fnAsync(run), { promise: true, maxAge: HOUR, ...keys });
  },

  /** Has no ttl. Takes its first argument as it is for the key unless told. */
  async 'p-memoize'({ run, style }) {
    const { default: pMemoize } = await import('p-memoize');
    return pMemoize(style.fnAsync(run), style.kind === 'string' ? {} : { cacheKey: JSON.stringify });
  },
};

/** Millpond's own, and the floors: all others are peers. */
export const asyncPeers = Object.keys(asyncCaches).filter((name) => !/^millpond|^floor/.test(name));

import { getOrSet, HOUR } from './get-or-set.mjs';

/* Caches around a synchronous function, as in async.mjs. */

/** What an application writes around a cache that does not compute. */
const getElseSet = (cache, run) => (key) => {
  const kept = cache.get(key);
  if (kept !== undefined) return kept;
  const value = run();
  cache.set(key, value);
  return value;
};

const nodeCache = (options) =>
  getOrSet(async ({ run }) => {
    const { default: NodeCache } = await import('node-cache');
    const cache = new NodeCache({ stdTTL: 3600, ...options });
    return getElseSet(cache, run);
  });

const millpond =
  (options) =>
  async ({ run, style }) => {
    const { createCache } = await import('@millpond/core');
    return createCache().cacheDataSync(style.fn(run), { name: 'load', ttl: '1h', ...options });
  };

export const syncCaches = {
  millpond: millpond({}),
  'millpond, freeze': millpond({ copy: 'freeze' }),
  'millpond, share': millpond({ copy: 'share' }),

  /** Map.get: nothing can do less. */
  async floor({ run, style }) {
    const { slot } = style;
    const values = new Map();
    const fill = (at) => {
      const value = run();
      values.set(at, value);
      return value;
    };
    if (style.kind === 'three') {
      return (id, language, brief) => {
        const at = slot(id, language, brief);
        return values.get(at) ?? fill(at);
      };
    }
    return (argument) => {
      const at = slot(argument);
      return values.get(at) ?? fill(at);
    };
  },

  /** The same, and a copy made by who knows what is in the map: no fresh copy can cost less. */
  async 'floor, copied by hand'({ run, style, copy }) {
    const { slot } = style;
    const values = new Map();
    const kept = (at) => {
      const found = values.get(at);
      if (found !== undefined) return found;
      const value = copy(run());
      values.set(at, value);
      return value;
    };
    if (style.kind === 'three') return (id, language, brief) => copy(kept(slot(id, language, brief)));
    return (argument) => copy(kept(slot(argument)));
  },

  'node-cache': nodeCache({}),
  'node-cache, no clones': nodeCache({ useClones: false }),

  'cacheable memory': getOrSet(async ({ run }) => {
    const { CacheableMemory } = await import('cacheable');
    const cache = new CacheableMemory({ ttl: '1h' });
    return getElseSet(cache, run);
  }),

  'lru-cache get': getOrSet(async ({ run }) => {
    const { LRUCache } = await import('lru-cache');
    const cache = new LRUCache({ max: 1000, ttl: HOUR });
    return getElseSet(cache, run);
  }),

  async memoizee({ run, style }) {
    const { default: memoize } = await import('memoizee');
    const keys = style.kind === 'object' ? { normalizer: ([query]) => JSON.stringify(query) } : { primitive: true };
    return memoize(style.fn(run), { maxAge: HOUR, ...keys });
  },
};

export const syncPeers = Object.keys(syncCaches).filter((name) => !/^millpond|^floor/.test(name));

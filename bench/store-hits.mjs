import { deepStrictEqual } from 'node:assert';
import { cpuMicroseconds } from './cpu.mjs';
import { payloads } from './payloads.mjs';
import { startRedis } from './redis.mjs';

/*
 * A hit that memory has no answer for: what the client spends on it, at 64 calls in flight. There are four times as many
 * keys as memory may hold, read in turn, so that every read goes to the server, and what it brings is put into memory where
 * there is one. Millpond's figures include its fences (tokens), read with each entry.
 */

const IN_FLIGHT = 64;
const KEYS = 1024;
/** How many entries the memory tiers hold. */
const MEMORY = 256;

const keys = Array.from({ length: KEYS }, (_, index) => `key-${index}`);

/** By name: opens a client; `read` answers from the server alone. Called in a process of its own. */
const clients = {
  async millpond(url, make) {
    const [{ createCache }, { default: KeyvRedis }] = await Promise.all([
      import('@millpond/core'),
      import('@keyv/redis'),
    ]);
    const cache = createCache({ name: 'bench', store: new KeyvRedis(url), closeStore: true, readDeadline: '5s' });
    const load = cache.cacheData(async (_key) => make(), { name: 'load', version: '1', maxEntries: MEMORY });
    await eachInTurn((key) => load(key));
    await cache.flush();
    const runs = load.stats().runs;
    const check = () => deepStrictEqual(load.stats().runs, runs);
    return { read: (key) => load(key), check, exact: true, close: () => cache.close() };
  },

  async keyv(url, make) {
    const [{ default: Keyv }, { default: KeyvRedis }] = await Promise.all([import('keyv'), import('@keyv/redis')]);
    const keyv = new Keyv({ store: new KeyvRedis(url), namespace: 'bench' });
    await eachInTurn((key) => keyv.set(key, make(), 3_600_000));
    return { read: (key) => keyv.get(key), close: () => keyv.disconnect() };
  },

  async bentocache(url, make) {
    const [{ BentoCache, bentostore }, { redisDriver }, { Redis }] = await Promise.all([
      import('bentocache'),
      import('bentocache/drivers/redis'),
      import('ioredis'),
    ]);
    const connection = new Redis(url);
    const bento = new BentoCache({
      default: 'redis',
      stores: { redis: bentostore().useL2Layer(redisDriver({ connection })) },
    });
    const factory = () => make();
    await eachInTurn((key) => bento.set({ key, value: make(), ttl: '1h' }));
    return { read: (key) => bento.getOrSet({ key, factory, ttl: '1h' }), close: () => bento.disconnectAll() };
  },

  async cacheable(url, make) {
    const [{ Cacheable, Keyv, KeyvCacheableMemory }, { default: KeyvRedis }] = await Promise.all([
      import('cacheable'),
      import('@keyv/redis'),
    ]);
    const primary = new Keyv({ store: new KeyvCacheableMemory({ lruSize: MEMORY }) });
    const cacheable = new Cacheable({ primary, secondary: new KeyvRedis(url) });
    await eachInTurn((key) => cacheable.set(key, make(), '1h'));
    return { read: (key) => cacheable.get(key), close: () => cacheable.disconnect() };
  },

  /** The limit: the client that all but bentocache use gets the text, and nobody looks at it. */
  async 'client alone'(url, make) {
    const { createClient } = await import('@keyv/redis');
    const client = createClient({ url });
    await client.connect();
    const text = JSON.stringify(make());
    await eachInTurn((key) => client.set(key, text));
    return { read: (key) => client.get(key), text, close: () => client.close() };
  },
};

async function eachInTurn(act) {
  for (const key of keys) await act(key);
}

/** Calls `read` with 64 in flight for so many milliseconds; the number of calls. */
async function readFor(read, milliseconds) {
  const end = performance.now() + milliseconds;
  let next = 0;
  const one = async () => {
    while (performance.now() < end) await read(keys[next++ % KEYS]);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, one));
  return next;
}

/** What the value is where only JSON is kept. */
function expected(make, { exact, text }) {
  return text ?? (exact === true ? make() : JSON.parse(JSON.stringify(make())));
}

export default {
  title: 'CPU time of the client for one hit of the store, 64 in flight',
  unit: 'us',
  baseline: 'keyv',
  cases: Object.keys(payloads),
  candidates: Object.keys(clients),
  limits: { millpond: { 'small object': 0.6, '100 rows': 0.3, '18 KB document': 0.3 } },
  start: startRedis,
  async measure(candidate, name, { url, milliseconds }) {
    const make = payloads[name];
    const client = await clients[candidate](url, make);
    deepStrictEqual(await client.read(keys[0]), expected(make, client));
    await readFor(client.read, milliseconds);
    const before = cpuMicroseconds();
    const calls = await readFor(client.read, milliseconds);
    const each = (cpuMicroseconds() - before) / calls;
    client.check?.();
    deepStrictEqual(await client.read(keys[1]), expected(make, client));
    await client.close();
    return each;
  },
};

import { deepStrictEqual } from 'node:assert';
import { cpuMicroseconds } from '../cpu.mjs';
import { payloads } from '../payloads.mjs';
import { rawSocket } from '../raw-socket.mjs';
import { startRedis } from '../redis.mjs';
import { losses } from '../returned.mjs';

/*
 * A hit that memory has no answer for: what the client spends on it, at 64 calls in flight. There are four times as many
 * keys as memory may hold, read in turn, so that every read goes to the server, and what it brings is put into memory where
 * there is one. Millpond's figures include its fences (tokens), read with each entry.
 */

const IN_FLIGHT = 64;
const KEYS = 1024;
/** How many entries the memory tiers hold. */
const MEMORY = 256;
/** A hit is much more code than those of the other benchmarks, so it takes longer until all of it is compiled. */
const WARM = 600;
const SHORTEST = 200;

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
    return { read: (key) => load(key), check, close: () => cache.close() };
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

  /** The client that all but bentocache use gets the text, and nobody looks at it. */
  async 'client alone'(url, make) {
    const { createClient } = await import('@keyv/redis');
    const client = createClient({ url });
    await client.connect();
    const text = JSON.stringify(make());
    await eachInTurn((key) => client.set(key, text));
    return { read: (key) => client.get(key), text, close: () => client.close() };
  },

  /** The limit: bytes are asked for and counted. */
  async 'raw socket'(url, make) {
    const socket = await rawSocket(url);
    const text = JSON.stringify(make());
    await eachInTurn((key) => socket.send(['SET', key, text]));
    return { read: (key) => socket.send(['GET', key]), text: Buffer.from(text), close: () => socket.close() };
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

/** What is wrong with what came back. */
function verdict(value, make, { text }) {
  if (text !== undefined) {
    deepStrictEqual(value, text);
    return 'what is stored, unread';
  }
  const lost = losses(value, make());
  return lost.length === 0 ? 'fresh copy' : `copy, loses ${lost.join(', ')}`;
}

export default {
  area: 'F',
  title: 'A hit of the store',
  about:
    'CPU time of the client for one hit that memory has no answer for, through Redis on loopback, with 64 calls in flight. The whole call is counted, and what it does to memory.',
  unit: 'ns',
  baseline: 'keyv',
  peers: ['keyv', 'bentocache', 'cacheable'],
  candidates: Object.keys(clients),
  cases: ['small object', '100 rows', '18 KB document'],
  quick: { cases: ['small object', '100 rows'] },
  start: startRedis,
  async measure(candidate, name, { url, milliseconds }) {
    const make = payloads[name];
    const client = await clients[candidate](url, make);
    const returns = verdict(await client.read(keys[0]), make, client);
    await readFor(client.read, Math.max(WARM, milliseconds));
    const before = cpuMicroseconds();
    const calls = await readFor(client.read, Math.max(SHORTEST, milliseconds));
    const figure = ((cpuMicroseconds() - before) * 1000) / calls;
    client.check?.();
    verdict(await client.read(keys[1]), make, client);
    await client.close();
    return { figure, returns };
  },
};

// A process over a local store that does what it is told by messages: node local-process.mjs <kind> <folder> <truth>.
// <truth> holds a file for each key, with the number of its present value. A value is computed from that file.
import { closeSync, openSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCache, diskStore, lmdbStore } from '../../../../packages/core/dist/index.js';
import { createTestClock } from '../../../../packages/core/dist/testing/index.js';

const [kind, path, truth] = process.argv.slice(2);
const MEMORY_TTL = 100;
const KEYS = 8;
const open = [];
/** What is known of the truth without opening its files. */
const known = new Map();

const events = [];
let runs = 0;
// No deadline passes while a busy disk works; memory is over when a message says so.
const clock = createTestClock(Date.now());
const make = { disk: diskStore, lmdb: lmdbStore }[kind];
const cache = createCache({
  name: 'shared',
  persist: make({ path, maxBytes: 400_000 }),
  memoryTtl: MEMORY_TTL,
  readDeadline: '1h',
  clock,
  logger: { warn() {} },
});
for (const type of ['storeFailed', 'storeDamaged', 'invalidationPending', 'storeDegraded', 'storeRecovered']) {
  cache.on(type, (event) => events.push(`${type} ${event.error?.message ?? ''}`));
}

const present = async (key) => known.get(key) ?? Number(await readFile(join(truth, String(key)), 'utf8'));
const load = cache.cacheData(
  async (key) => {
    runs += 1;
    const number = await present(key);
    for (let turn = 0; turn < (number * 7) % 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    // Long enough to be torn, and every part of it says what it is of.
    return { key, number, parts: Array.from({ length: (number % 40) * 20 }, () => [key, number].join(':')) };
  },
  { name: 'load', version: '1', ttl: '1h', tags: (_, key) => [`tag ${key % 3}`] },
);

/** What is wrong with a value, if anything. */
function fault(key, least, value) {
  if (value.key !== key) return `of ${value.key}`;
  if (value.number < least) return `number ${value.number} although ${least} was acknowledged`;
  const whole = (value.number % 40) * 20;
  if (value.parts.length !== whole) return 'cut';
  return value.parts.every((part) => part === `${key}:${value.number}`) ? undefined : 'mixed';
}

async function raise(key) {
  const number = (await present(key)) + 1;
  await writeFile(join(truth, `${key} of ${process.pid}`), String(number));
  await rename(join(truth, `${key} of ${process.pid}`), join(truth, String(key)));
  return number;
}

async function invalidate(how, key) {
  switch (how) {
    case 'delete':
      return load.delete(key);
    case 'clear':
      return load.clear();
    case 'cache':
      return cache.clear();
    case 'tag':
      return cache.invalidateTags(`tag ${key % 3}`);
  }
}

const ways = ['delete', 'delete', 'delete', 'clear', 'cache', 'tag'];
const any = (count) => Math.floor(Math.random() * count);

const commands = {
  async check({ key, least }) {
    await clock.advance(MEMORY_TTL);
    const value = await load(key);
    return fault(key, least, value) ?? 'right';
  },
  async call({ key }) {
    await load(key);
    return runs;
  },
  /** Changes the truth, and invalidates what was computed of it. */
  async raise({ how, key }) {
    const number = await raise(key);
    return { number, ...(await invalidate(how, key)) };
  },
  /** Works without end, and tells of every acknowledged invalidation. */
  async work() {
    for (;;) {
      const key = any(KEYS);
      if (any(3) > 0) await Promise.all([load(key), load(any(KEYS))]);
      else {
        const number = await raise(key);
        const { store } = await invalidate(ways[any(ways.length)], key);
        if (store === 'acknowledged') process.send({ acknowledged: { key, number } });
      }
      await clock.advance(MEMORY_TTL);
    }
  },
  async flush() {
    await cache.flush();
  },
  async runs() {
    return runs;
  },
  async advance({ ms }) {
    await clock.advance(ms);
  },
  /** Opens files until the system gives no more. */
  async exhaust({ keys }) {
    for (let key = 0; key < keys; key += 1) known.set(key, await present(key));
    try {
      for (;;) open.push(openSync('/dev/null'));
    } catch {
      // That was the last one.
    }
  },
  async relieve() {
    for (const file of open.splice(0)) closeSync(file);
  },
  async events() {
    return events.splice(0);
  },
  /** Goes on as a user who owns nothing. */
  async become({ uid }) {
    process.setuid(uid);
  },
  async close() {
    await cache.close();
  },
};

process.on('message', ({ id, command, ...what }) => {
  commands[command](what).then(
    (answer) => process.send({ id, answer }),
    (error) => process.send({ id, error: String(error?.stack) }),
  );
});
process.send({ ready: true });

// A process that shares a Redis with others: node redis-process.mjs <url> <ms that its clock is wrong>
// Does what it is told by messages, one step a message, and answers each. Its time stands still but for `advance`.
import KeyvRedis from '@keyv/redis';
import { createCache } from '@millpond/core';
import { createTestClock } from '@millpond/core/testing';

const [url, skew] = process.argv.slice(2);
const clock = createTestClock(Date.now() + Number(skew));
const cache = createCache({
  name: 'shop',
  store: new KeyvRedis(url),
  closeStore: true,
  memoryTtl: '10s',
  clock,
  // A jump of time passes the deadlines of what is under way.
  logger: { warn() {} },
});

let value = '';
let runs = 0;
/** Runs wait here while it is closed. */
let gate = { closed: false, reached() {}, open() {} };

async function load(key) {
  runs += 1;
  const mine = value;
  if (gate.closed) {
    const passed = new Promise((resolve) => (gate.open = resolve));
    gate.reached();
    await passed;
  }
  return `${key} ${mine}`;
}

const cached = cache.cacheData(load, { name: 'load', version: '1', ttl: '1m', tags: (_, key) => [`tag of ${key}`] });

const steps = {
  learn: (now) => void (value = now),
  call: (key) => cached(key),
  runs: () => runs,
  /** Begins a run that takes until `finish`. */
  async begin(key) {
    const reached = new Promise((resolve) => (gate = { closed: true, reached: resolve, open() {} }));
    gate.run = cached.refresh(key);
    await reached;
  },
  finish() {
    gate.closed = false;
    gate.open();
    return gate.run;
  },
  delete: (key) => cached.delete(key),
  clear: () => cached.clear(),
  clearAll: () => cache.clear(),
  invalidate: (tag) => cache.invalidateTags(tag),
  advance: (ms) => clock.advance(ms),
  flush: () => cache.flush(),
  close: () => cache.close(),
};

process.on('message', async ({ step, argument }) => {
  try {
    process.send({ answer: await steps[step](argument) });
  } catch (error) {
    process.send({ error: String(error) });
  }
  if (step === 'close') process.disconnect();
});

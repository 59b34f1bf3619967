// How much the heap grows by what a cache keeps, and what its byte budget says: node --expose-gc heap.mjs <kind> <count>
import { setImmediate } from 'node:timers/promises';
import { createCache } from '@millpond/core';

/** A text in one piece, as it comes from a socket: V8 keeps the pieces of what was put together with `+`. */
const text = (...parts) => parts.join('');

const small = (id) => ({
  id,
  name: text('user number ', id),
  email: text('user', id, '@example.org'),
  active: id % 2 === 0,
  score: id * 1.25,
});
const row = (id) => ({ ...small(id), city: text('city ', id % 100), note: null, at: new Date(id) });
const key = (id) => [text('key:', id)];

const kinds = {
  number: { make: (id) => id + 0.5, args: key },
  'small object': { make: small, args: key },
  'small object with ttl': { make: small, args: key, options: { ttl: '1h' } },
  'small object with maxEntries': { make: small, args: key, options: { maxEntries: 1e6 } },
  'small object with a tag': { make: small, args: key, options: { tags: ({ id }) => [text('user:', id)] } },
  'small object with the tag of all': { make: small, args: key, options: { tags: ['users'] } },
  'small object by three primitives': { make: small, args: (id) => ['org', id, text('user:', id, ':profile')] },
  'small object by an object': { make: small, args: (id) => [{ id, page: 2, filter: { tag: text('tag:', id) } }] },
  'small object by a long text': { make: small, args: (id) => [text('k'.repeat(300), id)] },
  'text of 200 characters': { make: (id) => text(id, '.'.repeat(200)), args: key },
  '100 rows': { make: (id) => Array.from({ length: 100 }, (_, index) => row(id * 100 + index)), args: key },
  Buffer: { make: (id) => Buffer.alloc(3000, id), args: key },
};

async function used() {
  for (let round = 0; round < 4; round += 1) {
    globalThis.gc();
    await setImmediate();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const [kind, count] = process.argv.slice(2);
const { make, args, options } = kinds[kind];
const cache = createCache({ maxBytes: 2 ** 32 });
let id = 0;
const wrapped = () => cache.cacheData(async (..._args) => make(id), options);

/** Each call twice more than it is computed, so that it is found by what finds it fastest. */
async function fill(load, most) {
  for (id = 0; id < most; id += 1) for (let time = 0; time < 3; time += 1) await load(...args(id));
}

// What all share comes first: code, hidden classes.
const before = wrapped();
await fill(before, 300);
await before.clear();

const ratios = [];
let [real, counted] = [0, 0];
for (let round = 0; round < 3; round += 1) {
  const load = wrapped();
  const [heap, bytes] = [await used(), cache.stats().bytes];
  await fill(load, Number(count));
  real = (await used()) - heap;
  counted = cache.stats().bytes - bytes;
  ratios.push(counted / real);
  await load.clear();
}
const ratio = ratios.toSorted((one, other) => one - other)[1];
console.log(JSON.stringify({ ratio, perEntry: Math.round(real / count), counted: Math.round(counted / count) }));

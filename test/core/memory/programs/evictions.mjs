// Reads a store through a memory of few entries: says how many full collections that took, and how many megabytes more the old
// generation holds than before.
import { createCache } from '@millpond/core';
import { watchCollections } from '../../../support/collections.mjs';

const cache = createCache({ name: 'shop', store: new Map() });
const load = cache.cacheData(async (id) => ({ id, text: 'some text', tags: [id] }), {
  name: 'load',
  version: '1',
  maxEntries: 256,
});
const ids = Array.from({ length: 1024 }, (_, id) => id);

await read(1);
await cache.flush();
await read(64);
const since = watchCollections();
await read(256);
console.log(JSON.stringify(since()));
await cache.close();

/** All of them, so often, 64 at once. */
async function read(times) {
  for (let time = 0; time < times; time += 1) {
    for (let from = 0; from < ids.length; from += 64)
      await Promise.all(ids.slice(from, from + 64).map((id) => load(id)));
  }
}

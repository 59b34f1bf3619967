// Reads a store through a memory of few entries: says how many full collections that took, and how many megabytes more the old
// generation holds than before.
import { PerformanceObserver, constants } from 'node:perf_hooks';
import { getHeapSpaceStatistics } from 'node:v8';
import { createCache } from '@millpond/core';

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
globalThis.gc();

let full = 0;
new PerformanceObserver((list) => {
  for (const { detail } of list.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) full += 1;
}).observe({ entryTypes: ['gc'] });
const before = old();
await read(256);
console.log(JSON.stringify({ full, more: Math.round((old() - before) / 1e6) }));
await cache.close();

/** All of them, so often, 64 at once. */
async function read(times) {
  for (let time = 0; time < times; time += 1) {
    for (let from = 0; from < ids.length; from += 64)
      await Promise.all(ids.slice(from, from + 64).map((id) => load(id)));
  }
}

function old() {
  const spaces = getHeapSpaceStatistics().filter(({ space_name: name }) => name === 'old_space');
  return spaces.reduce((sum, { space_used_size: bytes }) => sum + bytes, 0);
}

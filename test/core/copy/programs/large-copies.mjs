// Makes copies of a large value and drops them, after others like them were held: says how many full collections that took,
// and how many megabytes more the old generation holds than it did before.
import { PerformanceObserver, constants } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { getHeapSpaceStatistics } from 'node:v8';
import { createCache } from '@millpond/core';

const rows = Array.from({ length: 10_000 }, (_, id) => ({
  id,
  name: `Customer number ${id}`,
  active: id % 3 !== 0,
  balance: id * 12.5,
  address: { city: `City ${id}`, at: new Date(id) },
  tags: [id, id + 1],
}));
const load = createCache().cacheData(async () => rows, { name: 'load' });

const held = [];
for (let copy = 0; copy < 40; copy += 1) held.push(await load());
held.length = 0;
globalThis.gc();

let full = 0;
new PerformanceObserver((list) => {
  for (const { detail } of list.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) full += 1;
}).observe({ entryTypes: ['gc'] });
const before = old();
for (let copy = 0; copy < 200; copy += 1) {
  await load();
  await turn();
}
console.log(JSON.stringify({ full, more: Math.round((old() - before) / 1e6) }));

function old() {
  const spaces = getHeapSpaceStatistics().filter(({ space_name: name }) => name === 'old_space');
  return spaces.reduce((sum, { space_used_size: bytes }) => sum + bytes, 0);
}

// Makes copies of a large value and drops them, after others like them were held: says how many full collections that took,
// and how many megabytes more the old generation holds than it did before.
import { setImmediate as turn } from 'node:timers/promises';
import { createCache } from '@millpond/core';
import { watchCollections } from '../../../support/collections.mjs';

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
const since = watchCollections();
for (let copy = 0; copy < 200; copy += 1) {
  await load();
  await turn();
}
console.log(JSON.stringify(since()));

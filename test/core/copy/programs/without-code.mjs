// Runs where no code may be made of texts, and says so.
import { isDeepStrictEqual } from 'node:util';
import { createCache } from '@millpond/core';

let forbidden = 'nothing';
try {
  // oxlint-disable-next-line typescript/no-implied-eval -- to see that it is forbidden
  forbidden = typeof new Function('return 1');
} catch (error) {
  forbidden = error.constructor.name;
}

const rows = Array.from({ length: 100 }, (_, id) => ({ id, at: new Date(id), tags: ['a'], at2: id % 2 ? null : {} }));
const load = createCache().cacheData(async function load() {
  return rows;
});
let right = 0;
for (let time = 0; time < 1000; time += 1) {
  const copy = await load();
  if (isDeepStrictEqual(copy, rows) && copy[0] !== rows[0]) right += 1;
  copy[0].tags.push('changed');
}
console.log(`${forbidden}, ${right} copies are right`);

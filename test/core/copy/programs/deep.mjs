// Keeps, copies, stores and reads values that are nested as deep as they may be; prints what does not come back.
import { createCache, defineCodec, recordCodec } from '@millpond/core';

class Fields {
  constructor(inner) {
    this.inner = inner;
  }
}
class Encoded extends Fields {}
const codecs = [
  ...recordCodec(Fields),
  defineCodec(Encoded, { name: 'encoded', encode: ({ inner }) => [inner], decode: ([inner]) => new Encoded(inner) }),
];
/** How a value is nested in the next one, and what is in it. */
const kinds = {
  objects: [1001, (inner) => ({ inner }), ({ inner }) => inner],
  arrays: [1001, (inner) => [inner], ([inner]) => inner],
  holes: [1001, (inner) => Object.assign([], { 1: inner }), (array) => (0 in array ? undefined : array[1])],
  Maps: [1001, (inner) => new Map([['k', inner]]), (map) => map.get('k')],
  Sets: [1001, (inner) => new Set([inner]), (set) => [...set][0]],
  causes: [1001, (cause) => new Error('x', { cause }), ({ cause }) => cause],
  fields: [1001, (inner) => new Fields(inner), (fields) => (fields instanceof Fields ? fields.inner : undefined)],
  // Each is two levels: itself, and the array that its codec makes.
  encoded: [500, (inner) => new Encoded(inner), (made) => (made instanceof Encoded ? made.inner : undefined)],
};

/** By a loop: what Node brings to compare with has no room on its stack for that. */
function isCopy(copy, value, unwrap) {
  let [left, right] = [copy, value];
  for (; typeof right === 'object'; [left, right] = [unwrap(left), unwrap(right)]) {
    if (typeof left !== 'object' || left === right) return false;
  }
  return left === right;
}

const store = new Map();
let right = 0;
for (const [name, [levels, wrap, unwrap]] of Object.entries(kinds)) {
  let value = 1;
  for (let level = 0; level < levels; level += 1) value = wrap(value);
  const caches = [1, 2].map(() => createCache({ name: 'deep', store, codecs }));
  for (const cache of caches) {
    const load = cache.cacheData(() => value, { name });
    for (const copy of [await load(), await load()]) {
      if (isCopy(copy, value, unwrap)) right += 1;
    }
    if (cache === caches[1] && load.stats().misses > 0) console.log(`${name}: the store had nothing`);
    await cache.flush();
  }
}
console.log(`${right} of ${Object.keys(kinds).length * 4} are right`);

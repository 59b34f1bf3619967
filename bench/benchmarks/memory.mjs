import { asyncCaches, asyncPeers } from '../caches/async.mjs';
import { styles } from '../caches/calls.mjs';
import { payloads } from '../payloads.mjs';

/*
 * What one entry takes of the heap: the value, its key and all that is kept with them. Each entry has a value of its own, as
 * results are.
 */

const style = styles['a string'];
const caches = ['millpond', 'floor', ...asyncPeers];
const counts = {
  '10,000 small objects': 10_000,
  '100,000 small objects': 100_000,
  '1,000,000 small objects': 1_000_000,
};

/** After as many collections as it takes for the heap to stay as it is. */
async function settledHeap() {
  let used = Infinity;
  for (let attempt = 0; attempt < 10; attempt += 1) {
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
    globalThis.gc();
    const { heapUsed, external } = process.memoryUsage();
    const now = heapUsed + external;
    if (Math.abs(used - now) < 10_000) return now;
    used = now;
  }
  return used;
}

export default {
  area: 'G',
  title: 'What an entry takes of memory',
  about:
    'Bytes of the heap, and of typed arrays, for each entry, with its value (an object of 5 fields) and its key (one string). The floor is a Map of values.',
  unit: 'B',
  baseline: 'floor',
  peers: asyncPeers,
  candidates: caches,
  cases: Object.keys(counts),
  quick: {
    cases: ['100,000 small objects'],
    candidates: ['millpond', 'floor', 'bentocache', 'cacheable', 'lru-cache fetch'],
  },
  once: true,
  node: ['--expose-gc', '--max-old-space-size=8192'],
  async measure(candidate, name) {
    const count = counts[name];
    const run = async () => payloads['small object']();
    // The code, and what is made once, is not the entries'.
    const earlier = await asyncCaches[candidate]({ run, style, capacity: 100 });
    for (let index = 0; index < 100; index += 1) await style.call(earlier, 64 + index);
    const before = await settledHeap();
    const act = await asyncCaches[candidate]({ run, style, capacity: count });
    // Beyond the strings that the loops of other benchmarks share: each key is a text of its own.
    for (let index = 0; index < count; index += 1) await style.call(act, 1000 + index);
    const figure = ((await settledHeap()) - before) / count;
    // So that both are still held when the heap is looked at.
    await Promise.all([style.call(act, 1000), style.call(earlier, 64)]);
    return { figure };
  },
};

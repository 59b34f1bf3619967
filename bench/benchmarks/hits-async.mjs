import { asyncCaches, asyncPeers } from '../caches/async.mjs';
import { cases, isPossible, measureHits, quickCases } from './hits.mjs';

export default {
  area: 'A',
  title: 'A hit in memory, asynchronous',
  about:
    'CPU time of `await load(…)` when the answer is there. The floor is an async function around `Map.get`, which shares one object with everybody.',
  unit: 'ns',
  baseline: 'floor',
  peers: asyncPeers,
  candidates: Object.keys(asyncCaches),
  cases,
  quick: { cases: quickCases, candidates: ['millpond', 'floor', 'floor, copied by hand', ...asyncPeers] },
  isPossible,
  measure: measureHits(asyncCaches, 'loopAsync'),
};

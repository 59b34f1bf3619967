import { syncCaches, syncPeers } from '../caches/sync.mjs';
import { cases, isPossible, measureHits, quickCases } from './hits.mjs';

export default {
  area: 'A',
  title: 'A hit in memory, synchronous',
  about:
    'CPU time of `load(…)` when the answer is there. The floor is `Map.get`, which shares one object with everybody.',
  unit: 'ns',
  baseline: 'floor',
  peers: syncPeers,
  candidates: Object.keys(syncCaches),
  cases,
  quick: { cases: quickCases.slice(0, 2), candidates: ['millpond', 'floor', ...syncPeers] },
  isPossible,
  measure: measureHits(syncCaches, 'loop'),
};

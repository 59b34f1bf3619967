// What share of requests each way of choosing what to evict finds: node hit-ratio.mjs. Nothing is timed, nothing random.
import { createCache } from '@millpond/core';
import { LRUCache } from 'lru-cache';
import { loop, mixed, popular, popularWithScans, sessions, shifting } from './traces.mjs';

const length = 300_000;
const objects = 30_000;

const traces = {
  'popular, skew 0.7': popular({ objects, length, skew: 0.7 }),
  'popular, skew 0.9': popular({ objects, length, skew: 0.9 }),
  'popular, skew 1.1': popular({ objects, length, skew: 1.1 }),
  'popular and scans, 20 %': popularWithScans({ objects, length, skew: 0.9, share: 0.2, walk: 2000 }),
  'popular and scans, 50 %': popularWithScans({ objects, length, skew: 0.9, share: 0.5, walk: 5000 }),
  'popularity shifts': shifting({ objects, length, skew: 0.9, period: 10_000 }),
  sessions: sessions({ open: 200, length, things: 6, requests: 30 }),
  'popular and sessions': mixed({ objects, length, skew: 0.9, open: 200, things: 6, requests: 30 }),
  loop: loop({ objects: 10_000, length }),
};

/** Each answers with its hits for a trace, in a cache of so many entries. */
const candidates = {
  millpond(trace, maxEntries) {
    const cache = createCache();
    const load = cache.cacheDataSync((key) => key, { maxEntries });
    for (const key of trace) load(key);
    return load.stats().hits;
  },
  'lru-cache': (trace, max) => {
    const lru = new LRUCache({ max });
    let hits = 0;
    for (const key of trace) {
      if (lru.get(key) === undefined) lru.set(key, key);
      else hits += 1;
    }
    return hits;
  },
  FIFO(trace, max) {
    const kept = new Set();
    let hits = 0;
    for (const key of trace) {
      if (kept.has(key)) {
        hits += 1;
        continue;
      }
      if (kept.size === max) kept.delete(kept.values().next().value);
      kept.add(key);
    }
    return hits;
  },
  optimal,
};

/** Evicts what is asked for again latest, which no cache can know (Belady, IBM Systems Journal 5(2), 1966). */
function optimal(trace, max) {
  const next = new Uint32Array(trace.length);
  const seen = new Map();
  for (let at = trace.length - 1; at >= 0; at -= 1) {
    next[at] = seen.get(trace[at]) ?? trace.length;
    seen.set(trace[at], at);
  }
  // By the place of its next request each request is in a bucket of its own; those that never come are together.
  const keptUntil = new Map();
  const byNext = new Map();
  const never = new Set();
  let [latest, hits] = [0, 0];
  const places = new Uint8Array(trace.length + 1);
  for (const [at, key] of trace.entries()) {
    const until = keptUntil.get(key);
    if (until !== undefined) {
      hits += 1;
      byNext.delete(at);
      places[at] = 0;
    } else if (keptUntil.size === max) {
      let victim = never.values().next().value;
      if (victim === undefined) {
        while (places[latest] === 0) latest -= 1;
        victim = byNext.get(latest);
        byNext.delete(latest);
        places[latest] = 0;
      }
      never.delete(victim);
      keptUntil.delete(victim);
    }
    keptUntil.set(key, next[at]);
    if (next[at] === trace.length) never.add(key);
    else {
      byNext.set(next[at], key);
      places[next[at]] = 1;
      latest = Math.max(latest, next[at]);
    }
  }
  return hits;
}

const names = Object.keys(candidates);
console.log(['trace', 'room', ...names].map((text, column) => text.padEnd(column === 0 ? 26 : 11)).join(''));
for (const [name, trace] of Object.entries(traces)) {
  const distinct = new Set(trace).size;
  for (const share of [0.01, 0.1]) {
    const room = Math.round(distinct * share);
    const ratios = names.map((each) => `${((100 * candidates[each](trace, room)) / trace.length).toFixed(1)} %`);
    const cells = [name.padEnd(26), `${share * 100} %`.padEnd(11), ...ratios.map((ratio) => ratio.padEnd(11))];
    console.log(cells.join(''));
  }
}

import { deepStrictEqual } from 'node:assert';
import { setImmediate as turn } from 'node:timers/promises';
import { asyncCaches, asyncPeers } from '../caches/async.mjs';
import { styles } from '../caches/calls.mjs';
import { cpuMicroseconds } from '../cpu.mjs';
import { byHand, payloads } from '../payloads.mjs';
import { median } from '../statistics.mjs';

/*
 * Many callers of one key that nobody has: how often it is computed, and what it costs until all of them are answered.
 */

const make = payloads['small object'];
const style = styles['a string'];

/** By hand: the promise of whoever computes, shared by all. */
async function floor({ run }) {
  const promises = new Map();
  return async (key) => {
    const found = promises.get(key);
    if (found !== undefined) return found;
    const promise = run();
    promises.set(key, promise);
    return promise;
  };
}

const { millpond, ...others } = asyncCaches;
const caches = { millpond, floor, ...Object.fromEntries(asyncPeers.map((name) => [name, others[name]])) };

export default {
  area: 'G',
  title: 'Many callers of a key that nobody has',
  about:
    'CPU time from the first call until the last caller has an answer; the function takes one turn of the event loop. The floor hands one promise to all.',
  unit: 'ns',
  baseline: 'floor',
  peers: asyncPeers,
  candidates: Object.keys(caches),
  cases: ['1 caller', '100 callers', '10,000 callers'],
  quick: {
    cases: ['10,000 callers'],
    candidates: ['millpond', 'floor', 'bentocache', 'cacheable', 'lru-cache fetch', 'p-memoize'],
  },
  async measure(candidate, name, { milliseconds }) {
    const callers = Number(name.split(' ')[0].replace(',', ''));
    let runs = 0;
    const run = async () => {
      runs += 1;
      await turn();
      return make();
    };
    const act = await caches[candidate]({ run, style, capacity: 1000, copy: byHand['small object'] });
    let key = 0;
    const storm = () => Promise.all(Array.from({ length: callers }, () => style.call(act, 64 + (key % 1000))));
    const figures = [];
    const end = performance.now() + 2 * milliseconds;
    while (figures.length < 6 || performance.now() < end) {
      key += 1;
      if (key === 1000) break;
      await turn();
      const before = cpuMicroseconds();
      const answers = await storm();
      figures.push((cpuMicroseconds() - before) * 1000);
      deepStrictEqual(answers.at(-1), make());
    }
    const each = runs / figures.length;
    // The first third warms up.
    const figure = median(figures.slice(Math.floor(figures.length / 3)));
    return { figure, returns: each === 1 ? 'computed once' : `computed ${Math.round(each)} times` };
  },
};

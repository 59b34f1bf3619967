import { setImmediate as turn } from 'node:timers/promises';
import { asyncCaches } from '../caches/async.mjs';
import { styles } from '../caches/calls.mjs';
import { cpuMicroseconds } from '../cpu.mjs';
import { byHand, payloads } from '../payloads.mjs';

/* The longest time for which hits of a large value keep the event loop from everything else. */

const make = payloads['10,000 rows'];
const style = styles['a string'];
const names = ['millpond', 'bentocache', 'cacheable', 'cache-manager, Keyv', 'keyv', 'floor, copied by hand'];

export default {
  area: 'G',
  title: 'The longest turn of the event loop',
  about:
    'The most CPU time that one turn took among hits of 10,000 rows, one a turn, with what the garbage collector does in it: for so long nobody else is served.',
  unit: 'ns',
  baseline: 'floor, copied by hand',
  peers: names.filter((name) => !/^millpond|^floor/.test(name)),
  candidates: names,
  cases: ['hits of 10,000 rows'],
  quick: { cases: ['hits of 10,000 rows'] },
  async measure(candidate, _name, { milliseconds }) {
    const run = async () => make();
    const act = await asyncCaches[candidate]({ run, style, capacity: 4, copy: byHand['10,000 rows'] });
    for (let index = 0; index < 4; index += 1) await style.call(act, index);
    const hitsFor = async (time) => {
      let longest = 0;
      const end = performance.now() + time;
      for (let index = 0; performance.now() < end || index < 20; index += 1) {
        await turn();
        const before = cpuMicroseconds();
        await style.call(act, index % 4);
        longest = Math.max(longest, (cpuMicroseconds() - before) * 1000);
      }
      return longest;
    };
    await hitsFor(milliseconds);
    return { figure: await hitsFor(milliseconds) };
  },
};

import { asyncCaches } from '../caches/async.mjs';
import { styles } from '../caches/calls.mjs';
import { byHand, payloads, rows } from '../payloads.mjs';
import { sink, timed } from '../timing.mjs';

/*
 * How the cost of a hit grows: with the number of entries, with the size of the arguments, with the size of the value, with the
 * number of callers at once. What is counted is one hit.
 */

const names = ['millpond', 'floor', 'floor, copied by hand', 'bentocache', 'cacheable', 'lru-cache fetch'];
const small = { make: payloads['small object'], copy: byHand['small object'] };
const one = async (act, index) => style.call(act, index);
const style = styles['a string'];

/** 64 of so many entries, far from each other, are asked for in turn. */
function entries(count) {
  const step = Math.max(1, Math.floor(count / 64));
  const asked = Array.from({ length: Math.min(64, count) }, (_, index) => `user-${1000 + index * step}`);
  return {
    ...small,
    capacity: count,
    style,
    fill: async (act) => {
      for (let index = 0; index < count; index += 1) await style.call(act, 1000 + index);
    },
    loop: async (act, times) => {
      for (let index = 0; index < times; index += 1) sink.value = await act(asked[index % asked.length]);
    },
  };
}

/** One object with so many properties, made anew for each call. */
function leaves(count) {
  const fields = Array.from({ length: count }, (_, index) => `"field${index}": id + ${index}`);
  // oxlint-disable-next-line typescript/no-implied-eval -- a literal of as many properties as the case has
  const makeArgument = new Function('id', `return { "id": id, ${fields.slice(1).join(', ')} };`);
  return {
    ...small,
    capacity: 64,
    style: styles['an object'],
    fill: async (act) => {
      for (let index = 0; index < 64; index += 1) await act(makeArgument(index));
    },
    loop: async (act, times) => {
      for (let index = 0; index < times; index += 1) sink.value = await act(makeArgument(index & 63));
    },
  };
}

/** A value of so many rows. */
function rowsOf(count) {
  return {
    make: () => rows(count),
    copy: byHand['100 rows'],
    capacity: 4,
    style,
    fill: async (act) => {
      for (let index = 0; index < 4; index += 1) await one(act, index);
    },
    loop: async (act, times) => {
      for (let index = 0; index < times; index += 1) sink.value = await one(act, index & 3);
    },
  };
}

/** So many callers at once, each of a key of 64; counted is one of them. */
function callers(count) {
  return {
    ...small,
    capacity: 64,
    style,
    fill: async (act) => {
      for (let index = 0; index < 64; index += 1) await one(act, index);
    },
    loop: async (act, times) => {
      for (let done = 0; done < times; done += count) {
        sink.value = await Promise.all(Array.from({ length: count }, (_, index) => style.call(act, index & 63)));
      }
    },
    atLeast: count,
  };
}

const setups = {
  '1 entry': () => entries(1),
  '1,000 entries': () => entries(1000),
  '1,000,000 entries': () => entries(1_000_000),
  'an argument of 1 property': () => leaves(1),
  'an argument of 10 properties': () => leaves(10),
  'an argument of 100 properties': () => leaves(100),
  'an argument of 1,000 properties': () => leaves(1000),
  'a value of 1 row': () => rowsOf(1),
  'a value of 100 rows': () => rowsOf(100),
  'a value of 10,000 rows': () => rowsOf(10_000),
  '1 caller at once': () => callers(1),
  '100 callers at once': () => callers(100),
  '10,000 callers at once': () => callers(10_000),
};

const cases = Object.keys(setups);

export default {
  area: 'G',
  title: 'How it grows',
  about:
    'CPU time of one asynchronous hit in memory, as entries, arguments, values and callers grow. Where nothing else is said, a small object and one string.',
  unit: 'ns',
  baseline: 'floor',
  peers: ['bentocache', 'cacheable', 'lru-cache fetch'],
  candidates: names,
  cases,
  quick: { cases: ['1 entry', '1,000 entries'], candidates: ['millpond', 'floor'] },
  node: ['--max-old-space-size=8192'],
  /** What is drawn as one line. */
  lines: [
    { title: 'entries', cases: cases.slice(0, 3) },
    { title: 'properties of the argument', cases: cases.slice(3, 7) },
    { title: 'rows of the value', cases: cases.slice(7, 10) },
    { title: 'callers at once', cases: cases.slice(10) },
  ],
  async measure(candidate, name, { milliseconds }) {
    const { make, copy, capacity, style, fill, loop, atLeast = 1 } = setups[name]();
    let runs = 0;
    const run = async () => {
      runs += 1;
      return make();
    };
    const act = await asyncCaches[candidate]({ run, style, capacity, copy });
    await fill(act);
    const before = runs;
    const figure = await timed((times) => loop(act, times * atLeast), milliseconds);
    if (runs !== before) throw new Error(`${candidate} computed again: these are not hits.`);
    return { figure: figure / atLeast };
  },
};

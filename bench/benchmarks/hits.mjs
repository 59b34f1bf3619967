import { deepStrictEqual } from 'node:assert';
import { styles } from '../caches/calls.mjs';
import { byHand, callsOf, payloads } from '../payloads.mjs';
import { returned } from '../returned.mjs';
import { sink, timed } from '../timing.mjs';

/*
 * What a hit in memory costs, for every payload and every way of calling. What a candidate hands out is tried first, in the
 * same process, and nothing may have been computed again at the end.
 */

/** `small object, a string` and so on. */
export const cases = Object.keys(payloads).flatMap((payload) =>
  Object.keys(styles).map((style) => `${payload}, ${style}`),
);

export const quickCases = ['small object, a string', 'small object, an object', '100 rows, a string'];

/** What cannot be frozen so that nobody can change it is refused by Millpond. */
export function isPossible(candidate, name) {
  return candidate !== 'millpond, freeze' || !/rows|Buffer/.test(name);
}

/** `caches` by name, as in caches/async.mjs; `loop` is the name of the loop that calls them. */
export function measureHits(caches, loop) {
  return async (candidate, name, { milliseconds }) => {
    const [payload, by] = name.split(', ');
    const [make, style, calls] = [payloads[payload], styles[by], callsOf(payload)];
    let runs = 0;
    const run = () => {
      runs += 1;
      return make();
    };
    const act = await caches[candidate]({ run, style, capacity: calls + 1, copy: byHand[payload] });
    const probe = () => style.call(act, calls);
    const returns = await returned(await probe(), probe, make);
    for (let index = 0; index < calls; index += 1) await style.call(act, index);
    const expected = await style.call(act, 0);
    const before = runs;
    const figure = await timed((count) => style[loop](act, count, calls - 1, sink), milliseconds);
    deepStrictEqual(runs, before, 'Something was computed again: these are not hits.');
    deepStrictEqual(await style.call(act, 0), expected);
    return { figure, returns };
  };
}

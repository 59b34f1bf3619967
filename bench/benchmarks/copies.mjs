import { deserialize, serialize } from 'node:v8';
import { copyRoom } from '../internals.mjs';
import { byHand, callsOf, payloads } from '../payloads.mjs';
import { copied } from '../returned.mjs';
import { sink, timed } from '../timing.mjs';

/*
 * What a copy costs. The floor is one that is written by hand for exactly this value. All copy several values in turn.
 */

/** By name: how a value is prepared for being copied, and copied. */
const copiers = {
  /** The master is made once, when a value is kept, and copied for every caller. */
  async millpond() {
    const { keep } = await copyRoom();
    return { prepare: (value) => keep(value, { fn: 'bench', mode: 'clone' }), copy: (kept) => kept.copy() };
  },
  /** What it copies it has made itself, so that V8 finds all of it in one form. */
  floor: async (payload) => ({ prepare: byHand[payload], copy: byHand[payload] }),
  structuredClone: async () => plain(structuredClone),
  rfdc: async () => plain((await import('rfdc')).default()),
  klona: async () => plain((await import('klona')).klona),
  'fast-copy': async () => plain((await import('fast-copy')).copy),
  v8: async () => plain((value) => deserialize(serialize(value))),
  JSON: async () => plain((value) => JSON.parse(JSON.stringify(value))),
};

function plain(copy) {
  return { prepare: (value) => value, copy };
}

export default {
  area: 'C',
  title: 'A copy',
  about:
    'CPU time of one faithful copy of a value that is kept. The floor is a copy written by hand for exactly this value; for bytes, memory that is not cleared and one `set`.',
  unit: 'ns',
  baseline: 'structuredClone',
  peers: ['structuredClone', 'rfdc', 'klona', 'fast-copy', 'v8', 'JSON'],
  candidates: Object.keys(copiers),
  cases: Object.keys(payloads).filter((name) => name !== 'a number'),
  quick: { cases: ['small object', '100 rows'] },
  async measure(candidate, name, { milliseconds }) {
    const make = payloads[name];
    const { prepare, copy } = await copiers[candidate](name);
    const returns = copied((value) => copy(prepare(value)), make);
    const mask = callsOf(name) - 1;
    const sources = Array.from({ length: mask + 1 }, () => prepare(make()));
    const figure = await timed((count) => {
      for (let index = 0; index < count; index += 1) sink.value = copy(sources[index & mask]);
    }, milliseconds);
    return { figure, returns };
  },
};

import * as v8 from 'node:v8';
import { codecRoom, copyRoom } from '../internals.mjs';
import { callsOf, payloads } from '../payloads.mjs';
import { losses } from '../returned.mjs';
import { sink, timed } from '../timing.mjs';

/*
 * A value to what is stored, and back. What comes back is compared with what went in.
 */

/** By name: both ways, and what is encoded where that is not the value itself. */
const codecs = {
  async millpond() {
    const [{ decodeValue, encodeKept }, { keep }] = await Promise.all([codecRoom(), copyRoom()]);
    // What is stored is the master that memory has already.
    const given = (value) => keep(value, { fn: 'bench', mode: 'clone' });
    return { given, encode: (kept) => encodeKept(kept, 'bench'), decode: decodeValue };
  },
  JSON: async () => ({ encode: JSON.stringify, decode: JSON.parse }),
  v8: async () => ({ encode: v8.serialize, decode: v8.deserialize }),
  async superjson() {
    const { default: superjson } = await import('superjson');
    return { encode: (value) => superjson.stringify(value), decode: (text) => superjson.parse(text) };
  },
  async devalue() {
    const { parse, stringify } = await import('devalue');
    return { encode: (value) => stringify(value), decode: (text) => parse(text) };
  },
  async msgpackr() {
    const { Packr } = await import('msgpackr');
    const packr = new Packr({ moreTypes: true, structuredClone: true });
    return { encode: (value) => packr.pack(value), decode: (bytes) => packr.unpack(bytes) };
  },
};

const loops = {
  decode: (codec, values) => {
    const stored = values.map((value) => codec.encode(value));
    return (index) => codec.decode(stored[index]);
  },
  encode: (codec, values) => (index) => codec.encode(values[index]),
};

async function measure(way, candidate, name, milliseconds) {
  const make = payloads[name];
  const codec = await codecs[candidate]();
  const { given = (value) => value } = codec;
  const stored = codec.encode(given(make()));
  const back = codec.decode(stored);
  const lost = losses(back, make());
  const words = [lost.length === 0 ? 'faithful' : `loses ${lost.join(', ')}`];
  // Whoever writes into it writes into what is stored.
  if (ArrayBuffer.isView(back) && ArrayBuffer.isView(stored) && back.buffer === stored.buffer) words.push('not a copy');
  const returns = words.join(', ');
  if (way === 'size') return { figure: Buffer.byteLength(stored), returns };
  const mask = callsOf(name) - 1;
  const act = loops[way](
    codec,
    Array.from({ length: mask + 1 }, () => given(make())),
  );
  const figure = await timed((count) => {
    for (let index = 0; index < count; index += 1) sink.value = act(index & mask);
  }, milliseconds);
  return { figure, returns };
}

/** A benchmark of one way: `decode`, `encode` or `size`. */
export function codecBenchmark(way, { title, about, unit, cases }) {
  return {
    area: 'D',
    title,
    about,
    unit,
    baseline: 'JSON',
    peers: Object.keys(codecs).filter((name) => name !== 'millpond'),
    candidates: Object.keys(codecs),
    cases,
    quick: { cases: ['100 rows'] },
    once: way === 'size',
    measure: (candidate, name, { milliseconds }) => measure(way, candidate, name, milliseconds),
  };
}

export const codecCases = Object.keys(payloads).filter((name) => name !== 'a number');

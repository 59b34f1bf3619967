import type { Random } from './random.js';

/*
 * Damage by the hundred thousand: what disks, networks and other programs do to stored bytes. (damage.ts does the same as
 * arbitraries of fast-check, which shrink, and are a hundred times slower.)
 */

/** What stands in frames and payloads, and what does not belong there. */
const TELLING: readonly [string, ...string[]] = [
  '~',
  '#',
  '"',
  ...Array.from('[]{},:\\0159-+eRMSNAEOQHGCPTuXb\0\n'),
  '\ufffd',
  '\ud800',
  '\udc00',
  '~g',
  '~t',
  '~#',
  '["~#M",',
  '"__proto__":',
  '"constructor":{"prototype":{"polluted":1}}',
  '9'.repeat(20),
  '['.repeat(50),
];

type Harm = (text: string, random: Random) => string;

const splice = (text: string, at: number, removed: number, put: string): string =>
  text.slice(0, at) + put + text.slice(at + removed);

const place: (text: string, random: Random) => number = (text, random) => random.below(Math.max(1, text.length));

const HARMS: readonly [Harm, ...Harm[]] = [
  function changed(text, random) {
    return splice(text, place(text, random), 1, random.one(TELLING));
  },
  function added(text, random) {
    return splice(text, place(text, random), 0, random.one(TELLING));
  },
  function anyUnit(text, random) {
    return splice(text, place(text, random), 1, String.fromCharCode(random.below(0x10000)));
  },
  function flippedBit(text, random) {
    const bytes = Buffer.from(text);
    const at = random.below(Math.max(1, bytes.length));
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    return bytes.toString();
  },
  function zeroed(text, random) {
    const bytes = Buffer.from(text);
    const at = random.below(Math.max(1, bytes.length));
    bytes.subarray(at, at + 1 + random.below(64)).fill(0);
    return bytes.toString();
  },
  function cutOut(text, random) {
    return splice(text, place(text, random), 1 + random.below(40), '');
  },
  function repeated(text, random) {
    const at = place(text, random);
    return splice(text, at, 0, text.slice(at, at + 1 + random.below(40)));
  },
  function movedAway(text, random) {
    const [from, to] = [place(text, random), place(text, random)];
    const part = text.slice(from, from + 1 + random.below(20));
    return splice(splice(text, from, part.length, ''), to, 0, part);
  },
  function withoutEnd(text, random) {
    return text.slice(0, place(text, random));
  },
  function withoutBegin(text, random) {
    return text.slice(place(text, random));
  },
];

/** A text to which one to three of these have happened; rarely it is the same text as before. */
export function harmed(text: string, random: Random): string {
  let result = text;
  for (let times = 1 + random.below(3); times > 0; times -= 1) result = random.one(HARMS)(result, random);
  return result;
}

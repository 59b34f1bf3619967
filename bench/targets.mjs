import { shown } from './figures.mjs';

/*
 * What Millpond aims at, in one table. Each line compares two figures of one case of one run: `of` is a candidate, or
 * `fastest` of the peers whose answers are as `returning` says; `atMost` is the largest ratio to it, `faster` how many times faster
 * at least, `plus` the most nanoseconds over it. `within` is the most that the figure itself may be, where a ratio says nothing.
 */

/** Peers whose callers do not get one object with everybody else. */
const COPIES = /^copy|^fresh copy/;
const FAITHFUL = /^fresh copy$/;

const SMALL = ['small object, a string'];

export const targets = [
  // A: hits in memory.
  ...each(['a number, a string', ...SMALL], (of) => [
    { area: 'A', in: 'hits-async', case: of, of: 'floor', atMost: 1.3 },
    { area: 'A', in: 'hits-async', case: of, of: 'lru-cache fetch', faster: 1.3 },
  ]),
  { area: 'A', in: 'hits-async', case: SMALL[0], of: 'fastest', returning: COPIES, faster: 25 },
  { area: 'A', in: 'hits-sync', case: SMALL[0], of: 'floor', atMost: 2.5 },
  { area: 'A', in: 'hits-sync', case: SMALL[0], of: 'node-cache', faster: 25 },
  { area: 'A', in: 'hits-sync', case: SMALL[0], of: 'lru-cache get', atMost: 1 },
  { area: 'A', in: 'hits-async', case: 'small object, an object', of: 'floor', atMost: 2.5 },
  { area: 'A', in: 'hits-async', case: 'small object, an object', of: 'fastest', faster: 4 },
  { area: 'A', in: 'hits-sync', case: 'small object, an object', of: 'lru-cache get', faster: 5 },
  ...each(['100 rows, a string', '18 KB document, a string'], (of) => [
    { area: 'A', in: 'hits-async', case: of, of: 'fastest', returning: COPIES, faster: 10 },
    { area: 'A', in: 'hits-async', case: of, of: 'floor, copied by hand', atMost: 1.2 },
  ]),
  { area: 'A', in: 'hits-async', case: '10,000 rows, a string', of: 'fastest', returning: COPIES, faster: 8 },
  { area: 'A', in: 'hits-async', case: '10,000 rows, a string', within: 800_000 },
  { area: 'A', in: 'hits-async', case: '1 MB Buffer, a string', of: 'floor, copied by hand', atMost: 1.2 },

  // B: keys.
  ...each(['one string', 'three primitives', 'small object', 'object of 20 keys'], (of) => [
    { area: 'B', in: 'keys', case: of, of: 'JSON.stringify', faster: 5 },
    { area: 'B', in: 'keys', case: of, of: 'ohash', faster: 12 },
    { area: 'B', in: 'keys', case: of, of: 'cacheable wrap', faster: 20 },
    { area: 'B', in: 'keys', case: of, candidate: 'millpond, canonical text', of: 'JSON.stringify', atMost: 0.8 },
  ]),

  // C: copies.
  ...each(['small object', '100 rows', '10,000 rows', '18 KB document'], (of) => [
    { area: 'C', in: 'copies', case: of, of: 'structuredClone', faster: of === '18 KB document' ? 50 : 18 },
    { area: 'C', in: 'copies', case: of, of: 'fastest', returning: FAITHFUL, faster: 3 },
    { area: 'C', in: 'copies', case: of, of: 'floor', atMost: 1.15 },
  ]),

  // D: what is stored.
  ...each(['100 rows', '10,000 rows', '18 KB document'], (of) => [
    { area: 'D', in: 'codec-decode', case: of, of: 'JSON', atMost: 0.65 },
  ]),
  ...each(['100 rows', '10,000 rows'], (of) => [{ area: 'D', in: 'codec-size', case: of, of: 'JSON', atMost: 0.6 }]),

  // F: hits of a store.
  { area: 'F', in: 'store-hits', case: 'small object', of: 'keyv', atMost: 0.6 },
  { area: 'F', in: 'store-hits', case: '100 rows', of: 'keyv', atMost: 0.3 },
  { area: 'F', in: 'store-hits', case: '18 KB document', of: 'keyv', atMost: 0.3 },
  { area: 'F', in: 'store-hits', case: 'small object', of: 'raw socket', atMost: 2.5 },

  // G: many callers, long turns, memory, growth.
  { area: 'G', in: 'stampede', case: '10,000 callers', of: 'floor', plus: 5_000_000 },
  { area: 'G', in: 'turns', case: 'hits of 10,000 rows', within: 6_000_000 },
  { area: 'G', in: 'memory', case: '100,000 small objects', within: 250 },
  ...each(['1,000 entries', '1,000,000 entries'], (of) => [
    { area: 'G', in: 'growth', case: of, than: '1 entry', atMost: 1.5 },
  ]),
];

function each(list, make) {
  return list.flatMap(make);
}

/**
 * The targets of one benchmark, against its results. `says` is the target in words, `got` what came out, `off` how many times it
 * is what it may be (over 1 is missed). `kept` is undefined where a figure that it needs is missing.
 */
export function judge(benchmark, definition, results) {
  return targets
    .filter((target) => target.in === benchmark)
    .map((target) => ({ area: target.area, case: target.case, ...verdict(target, definition, results) }));
}

function verdict(target, definition, results) {
  const { candidate = 'millpond', case: of } = target;
  const own = results.find((result) => result.candidate === candidate && result.case === of)?.median;
  const other = otherOf(target, definition, results)?.median;
  const says = wordsOf(target, candidate, otherOf(target, definition, results));
  if (own === undefined || (other === undefined && target.within === undefined)) return { says };
  const unit = target.in === 'memory' ? 'B' : 'ns';
  if (target.within !== undefined) return { says, unit, ...atMost(own, target.within) };
  if (target.plus !== undefined) return { says, unit, ...atMost(own - other, target.plus) };
  if (target.atMost !== undefined) return { says, unit: 'x', ...atMost(own / other, target.atMost) };
  const got = other / own;
  return { says, unit: 'x', got, kept: got >= target.faster, off: target.faster / got };
}

function atMost(got, bound) {
  return { got, kept: got <= bound, off: got / bound };
}

/** What a target compares with. */
function otherOf(target, definition, results) {
  if (target.than !== undefined) {
    return results.find((result) => result.candidate === 'millpond' && result.case === target.than);
  }
  const rivals = results.filter((result) => result.case === target.case && result.median !== undefined);
  if (target.of !== 'fastest') return rivals.find((result) => result.candidate === target.of);
  const { returning = /(?:)/ } = target;
  const peers = rivals.filter(
    (result) => definition.peers.includes(result.candidate) && returning.test(result.returns),
  );
  return peers.sort((one, other) => one.median - other.median)[0];
}

function wordsOf(target, candidate, other) {
  if (target.within !== undefined) return `at most ${shown(target.within, target.in === 'memory' ? 'B' : 'ns')}`;
  const who = candidate === 'millpond' ? '' : `${candidate.replace('millpond, ', '')}: `;
  const name =
    target.than ?? (target.of === 'fastest' ? `the fastest peer${ofKind(target)}${named(other)}` : target.of);
  if (target.plus !== undefined) return `${who}at most ${shown(target.plus, 'ns')} more than ${name}`;
  if (target.faster !== undefined) return `${who}at least ${target.faster} times faster than ${name}`;
  return `${who}at most ${target.atMost} times ${name}`;
}

function ofKind({ returning }) {
  if (returning === COPIES) return ' that copies';
  return returning === FAITHFUL ? ' that copies faithfully' : '';
}

function named(other) {
  return other === undefined ? '' : ` (${other.candidate})`;
}

import { keyRoom } from '../internals.mjs';
import { sink, timed } from '../timing.mjs';

/*
 * Arguments to an entry: what making a key and looking it up costs. 64 calls in turn, the objects made anew for each, as callers do.
 */

const CALLS = 64;
const strings = Array.from({ length: CALLS }, (_, index) => `user-${index}`);

const argumentsOf = {
  'one string': (index) => [strings[index]],
  'three primitives': (index) => [index, 'de', true],
  'small object': (index) => [{ id: index, page: 1, filter: { status: 'open', tag: 'blue' } }],
  'object of 20 keys': (index) => [
    {
      id: index,
      name: 'Ada',
      city: 'Oslo',
      from: 1,
      to: 20,
      active: true,
      sort: 'name',
      order: 'ascending',
      page: 1,
      size: 50,
      locale: 'en',
      zone: 'UTC',
      draft: false,
      archived: false,
      minimum: 0.5,
      maximum: 99.5,
      group: 'north',
      owner: 'me',
      tag: 'blue',
      depth: 3,
    },
  ],
};

function load(_argument) {
  return undefined;
}

/** A Map whose keys `keyOf` makes. */
const mapped = (keyOf) => {
  const entries = new Map();
  return {
    put(args, item) {
      const key = keyOf(args);
      entries.set(key, item);
      return key;
    },
    find: (args) => entries.get(keyOf(args)),
  };
};

/** By name: something that finds items by arguments. */
const finders = {
  /** The way of a hit: arguments that were seen are found by an alias, others by the text. */
  async millpond() {
    const [{ AliasTable, onlyOfKey }, byText] = await Promise.all([keyRoom(), finders['millpond, canonical text']()]);
    const table = new AliasTable();
    return {
      put(args, item) {
        const key = byText.put(args, item);
        const only = onlyOfKey(key);
        if (only === undefined) table.note(args, item);
        else table.singles.set(only, item);
      },
      find: (args) => table.find(args) ?? byText.find(args),
    };
  },
  /** The way of a miss, and what goes to a store. */
  async 'millpond, canonical text'() {
    const { createKeyer } = await keyRoom();
    const keyer = createKeyer({
      fn: 'load',
      original: load,
      key: undefined,
      isIgnored: () => false,
      hashers: [],
      stored: true,
    });
    return mapped((args) => keyer.keyOf(undefined, args));
  },
  'JSON.stringify': async () => mapped((args) => JSON.stringify(args)),
  async ohash() {
    const { hash } = await import('ohash');
    return mapped((args) => hash(args));
  },
  async 'cacheable wrap'() {
    const { createWrapKey } = await import('@cacheable/utils');
    return mapped((args) => createWrapKey(load, args));
  },
  /** The identity of what is asked for, taken from the arguments by hand. */
  floor: async () => mapped(([first]) => (typeof first === 'object' ? first.id : first)),
};

/** Calls that are different ones, and how to say so. */
const differ = {
  '1 and "1"': [[1], ['1']],
  'NaN and null': [[NaN], [null]],
  'a Date and its text': [[new Date(0)], ['1970-01-01T00:00:00.000Z']],
  'two Maps': [[new Map([[1, 2]])], [new Map([[1, 3]])]],
  'undefined and null in an object': [[{ a: undefined }], [{ a: null }]],
};

/** What the finder takes for one call, or for two, and should not. */
function tried(make) {
  const confused = Object.entries(differ).filter(([, [one, other]]) => finds(make(), one, other));
  const ordered = !finds(make(), [{ a: 1, b: 2 }], [{ b: 2, a: 1 }]);
  const words = [];
  if (confused.length > 0) words.push(`confuses ${confused.map(([name]) => name).join('; ')}`);
  if (ordered) words.push('order of properties counts');
  return words.length === 0 ? 'tells apart what differs' : words.join('. ');
}

function finds({ put, find }, one, other) {
  try {
    put(one, {});
    return find(other) !== undefined;
  } catch {
    return false;
  }
}

export default {
  area: 'B',
  title: 'From arguments to an entry',
  about: 'CPU time of making the key of a call and looking it up in memory, for arguments that were looked up before.',
  unit: 'ns',
  baseline: 'JSON.stringify',
  peers: ['JSON.stringify', 'ohash', 'cacheable wrap'],
  candidates: Object.keys(finders),
  cases: Object.keys(argumentsOf),
  quick: { cases: ['one string', 'small object'] },
  async measure(candidate, name, { milliseconds }) {
    const finder = await finders[candidate]();
    const others = await Promise.all(Array.from({ length: 6 }, () => finders[candidate]()));
    const returns = candidate === 'floor' ? 'knows its argument' : tried(() => others.pop());
    const make = argumentsOf[name];
    for (let index = 0; index < CALLS; index += 1) finder.put(make(index), { alias: undefined });
    const figure = await timed((count) => {
      for (let index = 0; index < count; index += 1) sink.value = finder.find(make(index & (CALLS - 1)));
    }, milliseconds);
    if (sink.value === undefined) throw new Error(`${candidate} does not find what it was given.`);
    return { figure, returns };
  },
};

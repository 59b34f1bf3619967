import { isDeepStrictEqual } from 'node:util';

/*
 * What a cache hands out, found out by trying: whether hits share objects with each other or with the caller who computed,
 * and whether they are what was computed.
 */

/**
 * In words: `a value` (nobody can change it), `shared` (one object for all), `fresh copy`, `copy, loses Date`; with
 * `, first caller leaks` when what the first caller does to its result is seen by later ones. `first` is what the
 * computing call got, `hit` makes a further call, `make` makes what was computed.
 */
export async function returned(first, hit, make) {
  const expected = make();
  if (typeof expected !== 'object' || expected === null) return 'a value';
  const [one, other] = [await hit(), await hit()];
  if (one === other) return 'shared';
  const lost = losses(one, expected);
  const words = [lost.length === 0 ? 'fresh copy' : `copy, loses ${lost.join(', ')}`];
  if (objectsIn(one).some((object) => objectsIn(other).includes(object))) words[0] = 'copy in part';
  spoil(first);
  if (!isDeepStrictEqual(await hit(), one)) words.push('first caller leaks');
  return words.join(', ');
}

/** What a copier hands out, in the same words. */
export function copied(copy, make) {
  const expected = make();
  if (typeof expected !== 'object' || expected === null) return 'a value';
  const source = make();
  const result = copy(source);
  const own = new Set(objectsIn(source));
  const lost = losses(result, expected);
  if (objectsIn(result).some((object) => own.has(object))) return 'copy in part';
  return lost.length === 0 ? 'fresh copy' : `copy, loses ${lost.join(', ')}`;
}

/** The kinds of things that are not what they should be, each once. */
export function losses(value, expected, found = new Set()) {
  if (isDeepStrictEqual(value, expected)) return [...found];
  const kind = kindOf(expected);
  const isContainer = kind === 'Object' || kind === 'Array';
  if (!isContainer || kindOf(value) !== kind) found.add(kind);
  else for (const key of Object.keys(expected).slice(0, 100)) losses(value[key], expected[key], found);
  return [...found];
}

function kindOf(value) {
  if (typeof value !== 'object' || value === null) return typeof value;
  return value.constructor?.name ?? 'Object';
}

/** The objects that a value is made of; of long arrays, some. */
function objectsIn(value, found = []) {
  if (typeof value !== 'object' || value === null) return found;
  found.push(value);
  if (Array.isArray(value)) for (const item of value.slice(0, 20)) objectsIn(item, found);
  else if (!ArrayBuffer.isView(value)) for (const item of Object.values(value)) objectsIn(item, found);
  return found;
}

/** Changes something at the bottom of a value. */
function spoil(value) {
  if (ArrayBuffer.isView(value)) value[0] ^= 1;
  const last = objectsIn(value).findLast((object) => kindOf(object) === 'Object');
  if (last !== undefined && !Object.isFrozen(last)) last.spoiled = true;
}

import type { MemberStep } from '../path.js';
import { readMap, readSet } from './read.js';
import type { Walk } from './walk.js';
import { tableBytes } from './weigh.js';

/** The master of a Map that was not met before; the Map itself, when it is `owned`. */
export function mapMaster(walk: Walk, source: Map<unknown, unknown>, owned: boolean): object {
  const map = owned ? source : new Map<unknown, unknown>();
  walk.meet(source, map);
  const entries = readMap(source);
  walk.bytes += tableBytes(entries.length / 2, 3);
  for (let index = 0; index < entries.length; index += 2) {
    const key = entries[index];
    const isObject = typeof key === 'object' && key !== null;
    const keyMaster = member(walk, key, 'keys', index / 2);
    const master = member(walk, entries[index + 1], isObject ? 'values' : 'get', isObject ? index / 2 : key);
    if (!owned) map.set(keyMaster, master);
  }
  return map;
}

/** The same of a Set. */
export function setMaster(walk: Walk, source: Set<unknown>, owned: boolean): object {
  const set = owned ? source : new Set<unknown>();
  walk.meet(source, set);
  const members = readSet(source);
  walk.bytes += tableBytes(members.length, 2);
  for (let index = 0; index < members.length; index++) {
    const master = member(walk, members[index], 'members', index);
    if (!owned) set.add(master);
  }
  return set;
}

/** Like a child; the step is only made for what may need it. */
function member(walk: Walk, value: unknown, of: MemberStep['of'], at: unknown): unknown {
  return walk.weighs(value) ? value : walk.child(value, { of, at });
}

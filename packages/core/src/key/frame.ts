import { types } from 'node:util';
import { stringText } from './text.js';

/** How the children of a frame are named in a path, and joined in its text. */
export type FrameKind = 'list' | 'fields' | 'map' | 'set' | 'hashed' | 'method';

/** One object whose text is being made: the explicit stack has one for each level, so that depth costs no call stack. */
export interface Frame {
  readonly object: object;
  readonly kind: FrameKind;
  /** The children themselves; undefined when they are read from `object`, one by one, by `keys`. */
  readonly items: ArrayLike<unknown> | undefined;
  readonly keys: readonly PropertyKey[];
  /** What stands before each child, and before the text of its key; undefined for nothing. */
  readonly heads: readonly string[] | undefined;
  /** How many children there are. */
  readonly count: number;
  /** What ends the text. */
  readonly end: string;
  /** The child whose turn it is. */
  at: number;
  /** The text so far; of a map or set, that of the member under way. */
  text: string;
  /** The finished members of a map or set, which have no order. */
  readonly members: string[] | undefined;
  /** The level of the outermost container that a back-reference below points to. */
  lowest: number;
  /** How many objects waited for their group when this frame was opened. */
  waiting: number;
}

const NO_KEYS: readonly PropertyKey[] = [];

function makeFrame(object: object, kind: FrameKind, start: string, end: string, given: Partial<Frame>): Frame {
  const { items, keys = NO_KEYS, heads, members } = given;
  const count = items === undefined ? keys.length : items.length;
  return {
    object,
    kind,
    items,
    keys,
    heads,
    count,
    end,
    at: 0,
    text: start,
    members,
    lowest: Number.POSITIVE_INFINITY,
    waiting: 0,
  };
}

/** A plain object: every own property counts, enumerable or not; their order does not. */
export function openPlain(object: object): Frame {
  return makeFrame(object, 'fields', '{', '}', { keys: sortedKeys(object) });
}

/** An array without holes and without properties of its own, or any other. */
export function openArray(array: readonly unknown[]): Frame {
  const keys = Object.getOwnPropertyNames(array);
  // The engine lists the indexes first, then 'length'; a proxy may list them as it likes.
  const simple = keys.length === array.length + 1 && keys[array.length] === 'length' && !types.isProxy(array);
  if (!simple || Object.getOwnPropertySymbols(array).length > 0) return openUnusualArray(array);
  return makeFrame(array, 'list', '[', ']', { items: array });
}

/** Runs of holes are counted instead of walked: an array of a few elements may be 4,294,967,295 long. */
function openUnusualArray(array: readonly unknown[]): Frame {
  const { length } = array;
  const names: PropertyKey[] = [];
  const indexes: number[] = [];
  for (const name of Object.getOwnPropertyNames(array).sort()) {
    const index = Number(name);
    if (Number.isInteger(index) && index >= 0 && index < length && String(index) === name) indexes.push(index);
    else if (name !== 'length') names.push(name);
  }
  indexes.sort((a, b) => a - b);
  const heads = indexes.map((index, at) => holes(index - (indexes[at - 1] ?? -1) - 1));
  const rest = holes(length - (indexes.at(-1) ?? -1) - 1);
  const extra = [...names, ...sortedSymbols(array)];
  if (extra.length === 0) return makeFrame(array, 'fields', '[', `${rest}]`, { keys: indexes, heads });
  heads.push(`${rest}|`);
  return makeFrame(array, 'fields', '[', ']', { keys: [...indexes, ...extra], heads });
}

function holes(count: number): string {
  return count === 0 ? '' : `h${count};`;
}

/** A Map: its members are [key, value, key, value, ...]. */
export function openMap(map: ReadonlyMap<unknown, unknown>): Frame {
  const items: unknown[] = [];
  for (const [key, value] of map) items.push(key, value);
  return makeFrame(map, 'map', '', '', { items, members: [] });
}

/** A Set. */
export function openSet(set: ReadonlySet<unknown>): Frame {
  return makeFrame(set, 'set', '', '', { items: [...set], members: [] });
}

/** An object whose key is what a hasher or its own method answered; `start` tells which. */
export function openAnswer(object: object, kind: 'hashed' | 'method', start: string, answer: unknown): Frame {
  return makeFrame(object, kind, start, '', { items: [answer] });
}

function sortedKeys(object: object): readonly PropertyKey[] {
  const names = Object.getOwnPropertyNames(object);
  if (!isSorted(names)) names.sort();
  const symbols = sortedSymbols(object);
  return symbols.length === 0 ? names : [...names, ...symbols];
}

function isSorted(names: readonly string[]): boolean {
  let before: string | undefined;
  for (const name of names) {
    if (before !== undefined && name < before) return false;
    before = name;
  }
  return true;
}

function sortedSymbols(object: object): readonly symbol[] {
  const symbols = Object.getOwnPropertySymbols(object);
  const nameOf = (symbol: symbol): string => Symbol.keyFor(symbol) ?? '';
  return symbols.length < 2 ? symbols : symbols.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/**
 * What stands before the child whose turn it is; undefined when it is a property named by a symbol that is unique to
 * this process, and so has no text.
 */
export function headOf(frame: Frame): string | undefined {
  const head = frame.heads?.[frame.at] ?? '';
  const key = frame.keys[frame.at];
  if (key === undefined || typeof key === 'number') return head;
  if (typeof key === 'string') return head + stringText(key);
  const name = Symbol.keyFor(key);
  return name === undefined ? undefined : `${head}y${stringText(name)}`;
}

/** The child whose turn it is; a property is read once. */
export function childOf(frame: Frame): unknown {
  if (frame.items !== undefined) return frame.items[frame.at];
  const key = frame.keys[frame.at];
  return key === undefined ? undefined : read(frame.object, key);
}

/** Reads a property that an object was just seen to have. */
function read(object: object, key: PropertyKey): unknown {
  return (object as Record<PropertyKey, unknown>)[key];
}

/** Adds the text of the child whose turn it was. */
export function take(frame: Frame, text: string): void {
  frame.at += 1;
  frame.text += text;
  if (frame.members === undefined || (frame.kind === 'map' && frame.at % 2 === 1)) return;
  frame.members.push(frame.text);
  frame.text = '';
}

/** The whole text, when all children were taken. */
export function finish(frame: Frame): string {
  if (frame.members === undefined) return frame.text + frame.end;
  return `${frame.kind === 'map' ? 'M' : 'E'}${frame.members.sort().join('')}}`;
}

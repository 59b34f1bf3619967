import { types } from 'node:util';
import type { Step } from '../path.js';
import { bytesOf } from './binary.js';
import { kindOf } from './kind.js';
import { instantOf, isLeaf, type LeafKind } from './leaf.js';

/*
 * One object as it was, to tell later where it has changed. No code of its own is run: accessors count by themselves,
 * proxies are not looked into, and what an instance holds in private fields is not seen.
 */

/** So many bytes of binary data count as one place. */
const BYTES = 64;

/** The object itself has changed, where no step leads to. */
export const SELF: unique symbol = Symbol('itself');

/** A place in an object, and what was there. */
type Place = readonly [step: Step, value: unknown];

/** What one object was. */
export interface Look {
  readonly places: readonly Place[];
  /** How many places it counts as: those, itself, and what else is compared. */
  readonly cost: number;
  /** The first place that is not what it was. */
  change(): Step | typeof SELF | undefined;
}

const NOTHING: Look = { places: [], cost: 1, change: () => undefined };

/** Looks at so many places of an object at most. */
export function lookAt(object: object, most: number): Look {
  if (types.isProxy(object) || types.isModuleNamespaceObject(object)) return NOTHING;
  if (types.isMap(object)) return members(object, (value, key, index) => entrySteps(key, value, index), most);
  if (types.isSet(object)) return members(object, (member, _, at) => [[{ of: 'members', at }, member]], most);
  const kind = kindOf(object);
  if (kind !== undefined && isLeaf(kind)) return content(object, kind, most);
  if (ArrayBuffer.isView(object)) return NOTHING;
  return Array.isArray(object) ? items(object, most) : properties(object, most);
}

/** Like a loop over the object, but for what an accessor would answer. */
function valueAt(object: object, key: PropertyKey): unknown {
  const found: { readonly get?: unknown; readonly value?: unknown } | undefined = Reflect.getOwnPropertyDescriptor(
    object,
    key,
  );
  return found?.get ?? found?.value;
}

function changed(object: object, places: readonly Place[]): Step | undefined {
  return places.find(([step, value]) => typeof step !== 'object' && !Object.is(valueAt(object, step), value))?.[0];
}

function items(array: readonly unknown[], most: number): Look {
  const { length } = array;
  const places = Array.from({ length: Math.min(length, most) }, (_, index): Place => [index, valueAt(array, index)]);
  return {
    places,
    cost: 1 + places.length,
    change: () => changed(array, places) ?? (array.length === length ? undefined : Math.min(array.length, length)),
  };
}

function properties(object: object, most: number): Look {
  const names = Object.getOwnPropertyNames(object);
  const places = names.slice(0, most).map((name): Place => [name, valueAt(object, name)]);
  const known = new Set(names);
  return {
    places,
    cost: 1 + places.length,
    change() {
      const step = changed(object, places);
      // Of an object that is too large for a picture, not even the names are listed again.
      if (step !== undefined || names.length > most) return step;
      const now = Object.getOwnPropertyNames(object);
      return now.length === names.length ? undefined : (now.find((name) => !known.has(name)) ?? SELF);
    },
  };
}

type Members = ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>;
type StepsOf = (value: unknown, key: unknown, index: number) => readonly Place[];

function members(table: Members, stepsOf: StepsOf, most: number): Look {
  const size = sizeOf(table);
  const list = (): readonly Place[] => {
    const found: Place[] = [];
    let index = 0;
    for (const [key, value] of entriesOf(table)) {
      if (found.length >= most) break;
      found.push(...stepsOf(value, key, index));
      index += 1;
    }
    return found;
  };
  const places = list();
  return {
    places,
    cost: 1 + places.length,
    change() {
      const now = list();
      const at = places.findIndex(([, value], index) => !Object.is(value, now[index]?.[1]));
      if (at >= 0) return places[at]?.[0];
      return sizeOf(table) === size ? undefined : (now[places.length]?.[0] ?? SELF);
    },
  };
}

/** Whatever methods its class or its owner has put in the place of these. */
function entriesOf(table: Members): Iterable<[unknown, unknown]> {
  return types.isMap(table) ? Map.prototype.entries.call(table) : Set.prototype.entries.call(table);
}

function sizeOf(table: Members): number {
  return Reflect.get(types.isMap(table) ? Map.prototype : Set.prototype, 'size', table);
}

function entrySteps(key: unknown, value: unknown, index: number): readonly Place[] {
  const isPrimitive = (typeof key !== 'object' || key === null) && typeof key !== 'function';
  return [
    [isPrimitive ? { of: 'get', at: key } : { of: 'values', at: index }, value],
    [{ of: 'keys', at: index }, key],
  ];
}

function content(object: object, kind: LeafKind, most: number): Look {
  const before = contentOf(object, kind, most);
  const cost = 1 + (before instanceof Uint8Array ? Math.ceil(before.length / BYTES) : 0);
  const change = (): typeof SELF | undefined => (isSame(before, contentOf(object, kind, most)) ? undefined : SELF);
  return { places: [], cost, change };
}

/** What an object without children holds: text, a number, or its first bytes. */
function contentOf(object: object, kind: LeafKind, most: number): unknown {
  try {
    const read = readers[kind](object as never);
    return read instanceof Uint8Array ? Buffer.from(read.subarray(0, most * BYTES)) : read;
  } catch {
    // Memory that was transferred away meanwhile: that it cannot be read any more is the content.
    return undefined;
  }
}

const readers: { readonly [K in LeafKind]: (leaf: never) => unknown } = {
  date: instantOf,
  // These two cannot be given another content.
  regexp: () => undefined,
  boxed: () => undefined,
  url: (url: URL) => url.href,
  'search-params': (params: URLSearchParams) => params.toString(),
  headers: (headers: Headers) => JSON.stringify([...headers.entries()]),
  buffer: bytesOf,
  'typed-array': bytesOf,
  'data-view': bytesOf,
  'array-buffer': (memory: ArrayBuffer) => new Uint8Array(memory),
};

function isSame(one: unknown, other: unknown): boolean {
  const areBytes = one instanceof Uint8Array && other instanceof Uint8Array;
  return areBytes ? Buffer.compare(one, other) === 0 : Object.is(one, other);
}

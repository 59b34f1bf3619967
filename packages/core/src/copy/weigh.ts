import { types } from 'node:util';

/*
 * Bytes that values take in V8's heap on 64-bit Node (words of 8 bytes). Estimates: a string that many places share is
 * counted at each, hidden classes (shared by all rows of a table) are not counted, and fractions in an array weigh what
 * they take where the array has ever held anything else.
 */

const WORD = 8;
/** Map, properties, elements. */
const OBJECT = 3 * WORD;
/** The object, its backing store's header. */
const ARRAY = 6 * WORD;
/** The longest text that is not looked through for characters beyond Latin-1. */
const SHORT = 12;

/** An object of so many properties: the slots alone; what they refer to is counted by itself. */
export function objectBytes(properties: number): number {
  return OBJECT + properties * WORD;
}

/** An array of so many items: the slots alone. */
export function arrayBytes(items: number): number {
  return ARRAY + items * WORD;
}

/** A Map (3 words an entry) or Set (2): a hash table with room, half as many buckets. */
export function tableBytes(entries: number, words: 2 | 3): number {
  const room = Math.max(4, 2 ** Math.ceil(Math.log2(Math.max(1, entries))));
  return 9 * WORD + room * (words + 0.5) * WORD;
}

/** A view, the ArrayBuffer below it and what keeps its memory, with that memory. */
export function binaryBytes(bytes: number): number {
  return 232 + bytes;
}

/** A Date: its instant and the fields that it keeps of its last reading. */
export const DATE_BYTES: number = 13 * WORD;

/** A RegExp, an Error, a URL and the like, without the texts in it. */
export const SMALL_BYTES: number = 30 * WORD;

/** A boxed primitive, or a small object of two or three words. */
export const BOX_BYTES: number = 6 * WORD;

/** What a primitive adds to the slot that refers to it. */
export function primitiveBytes(value: unknown): number {
  if (typeof value === 'string') return stringBytes(value);
  // Small integers live in the slot itself.
  if (typeof value === 'number') return (value | 0) === value ? 0 : 2 * WORD;
  return typeof value === 'bigint' ? 2 * WORD + Math.ceil(value.toString(16).length / 16) * WORD : 0;
}

/** A string: a header, and one byte a character, or two when it has one beyond Latin-1. */
export function stringBytes(text: string): number {
  const wide = text.length > SHORT && /[^\0-\u00ff]/.test(text);
  // Whole words, without leaving whole numbers: that is what they are kept as.
  return 2 * WORD + (((wide ? 2 * text.length : text.length) + WORD - 1) & -WORD);
}

/** How many objects are looked at to weigh a value that is shared as it is. */
const MOST = 100_000;

/**
 * The estimated bytes of a value that was not taken apart (`copy: 'share'`). It runs no code of the value: getters and
 * proxies weigh nothing. Of more than 100,000 objects it weighs that many.
 */
export function weigh(value: unknown): number {
  if (!isObject(value)) return primitiveBytes(value);
  const seen = new Set<object>([value]);
  let bytes = 0;
  // A Set is iterated in order of insertion, also over what is added meanwhile: it is its own queue.
  for (const object of seen) {
    bytes += bytesOfOne(object, (child) => {
      if (seen.size < MOST) seen.add(child);
    });
  }
  return bytes;
}

function bytesOfOne(object: object, reach: (child: object) => void): number {
  if (types.isProxy(object) || types.isModuleNamespaceObject(object)) return OBJECT;
  const add = (value: unknown): number => {
    if (!isObject(value)) return primitiveBytes(value);
    reach(value);
    return 0;
  };
  if (ArrayBuffer.isView(object)) return binaryBytes(object.byteLength);
  if (types.isAnyArrayBuffer(object)) return binaryBytes(object.byteLength);
  let bytes = 0;
  if (types.isMap(object)) {
    bytes += tableBytes(object.size, 3);
    Map.prototype.forEach.call(object, (value, key) => void (bytes += add(key) + add(value)));
  } else if (types.isSet(object)) {
    bytes += tableBytes(object.size, 2);
    Set.prototype.forEach.call(object, (member) => void (bytes += add(member)));
  }
  const keys = Reflect.ownKeys(object);
  bytes += Array.isArray(object) ? arrayBytes(keys.length - 1) : objectBytes(keys.length);
  for (const key of keys) bytes += add(Object.getOwnPropertyDescriptor(object, key)?.value);
  return bytes;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

import { errorName } from './kind.js';
import { refusalOfExtra, refusalOfSymbolKey } from './refusal.js';

/**
 * Shallow reads. Each takes one object of a foreign value apart, reads every property of it once, and answers with
 * fresh containers: what a getter or a proxy says later reaches nobody (hazard 45).
 */

/** An object of named properties, all of them own, enumerable data. */
export type Fields = Record<string, unknown>;

/** The own enumerable properties of an object, as a fresh plain object. */
export function readFields(source: object): Fields {
  // Spread defines properties, so that neither `__proto__` nor a setter on Object.prototype takes part.
  const fields: Fields = { ...source };
  refuseSymbolKeys(fields);
  return fields;
}

/** The same, as an object with this prototype, or with none. No constructor and no setter takes part. */
export function readFieldsAs(source: object, prototype: object | null): Fields {
  const fields = { __proto__: prototype, ...source } as unknown as Fields;
  refuseSymbolKeys(fields);
  return fields;
}

/** The items of an array, as a fresh array of exactly their number. */
export interface ReadArray {
  readonly items: unknown[];
  /** Whether it has holes, or properties beside its items. */
  readonly odd: boolean;
}

/** Reads an array: its items, holes and named properties. Time is linear in what it holds, not in its length. */
export function readArray(source: readonly unknown[]): ReadArray {
  const { length } = source;
  const items: unknown[] = [];
  for (let index = 0; index < length; index++) {
    const item = source[index];
    if (item === undefined && !Object.hasOwn(source, index)) break;
    items.push(item);
  }
  refuseSymbolKeys(source);
  const keys = Object.keys(source);
  // A slice has no spare room behind its items, as an array that grew has.
  if (items.length === length && areItems(keys, length)) return { items: items.slice(), odd: false };
  return { items: addRest(items, source, keys, length), odd: true };
}

function addRest(items: unknown[], source: readonly unknown[], keys: readonly string[], length: number): unknown[] {
  const read = items.length;
  items.length = length;
  for (const key of keys) if (!isIndexBelow(key, read)) defineField(items, key, Reflect.get(source, key));
  return items;
}

function isIndexBelow(key: string, end: number): boolean {
  const index = Number(key);
  return index < end && String(index) === key;
}

/** Whether an object is a plain array. */
export function isArray(object: object): boolean {
  return Array.isArray(object) && Object.getPrototypeOf(object) === Array.prototype;
}

/** Whether an object is a plain one, without symbols. */
export function isRecord(object: object): boolean {
  return (
    Object.getPrototypeOf(object) === Object.prototype &&
    !Array.isArray(object) &&
    Object.getOwnPropertySymbols(object).length === 0
  );
}

/** Whether an array that is ours already has holes, or properties beside its items. */
export function isOdd(array: readonly unknown[]): boolean {
  return !areItems(Object.keys(array), array.length);
}

/** Names come after indexes: when the last of `length` keys is the last index, all of them are indexes. */
function areItems(keys: readonly string[], length: number): boolean {
  return keys.length === length && (length === 0 || keys[length - 1] === String(length - 1));
}

/** What an error is made of, beside its class. */
export interface ErrorParts {
  readonly name: string;
  /** What the language keeps non-enumerable: the message, stack, cause, and errors of an aggregate. */
  readonly hidden: Fields;
  /** Its own enumerable properties, such as `code`. */
  readonly shown: Fields;
}

// The stack is last: V8 makes it when it is first looked at, and reads the message and the name for it.
const HIDDEN = ['message', 'name', 'cause', 'errors', 'error', 'suppressed', 'stack'];

/** Reads an error. Of its non-enumerable properties only those count that the language defines. */
export function readError(source: object): ErrorParts {
  const hidden: Fields = {};
  for (const key of HIDDEN) {
    const isHidden = Object.hasOwn(source, key) && !Object.prototype.propertyIsEnumerable.call(source, key);
    if (isHidden) hidden[key] = Reflect.get(source, key);
  }
  return { name: errorName(source), hidden, shown: readFields(source) };
}

/** Keys and values in turn: [key, value, key, value, ...]. */
export function readMap(source: ReadonlyMap<unknown, unknown>): unknown[] {
  refuseExtras(source);
  const entries: unknown[] = [];
  Map.prototype.forEach.call(source, (value, key) => entries.push(key, value));
  return entries;
}

/** The members of a Set, in order. */
export function readSet(source: ReadonlySet<unknown>): unknown[] {
  refuseExtras(source);
  const members: unknown[] = [];
  Set.prototype.forEach.call(source, (member) => members.push(member));
  return members;
}

/** Defines an own, enumerable data property, whatever the prototype has by that name. */
export function defineField(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

/**
 * Refuses properties that were added to an object whose content is elsewhere: a copy would lose them. `expected` is
 * the number of enumerable ones that it has by nature (the characters of a String object).
 */
export function refuseExtras(source: object, expected = 0): void {
  refuseSymbolKeys(source);
  const extra = Object.keys(source)[expected];
  if (extra !== undefined) throw refusalOfExtra(source, extra);
}

function refuseSymbolKeys(source: object): void {
  const keys = Object.getOwnPropertySymbols(source);
  if (keys.length === 0) return;
  for (const key of keys) {
    if (Object.prototype.propertyIsEnumerable.call(source, key)) throw refusalOfSymbolKey(key);
  }
}

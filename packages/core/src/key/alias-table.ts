import { types } from 'node:util';
import { ArgumentLeaves } from './argument-leaves.js';
import { shapesOf } from './argument-shape.js';
import { LONGEST_TEXT } from './leaf.js';
import { leafReaderOf, type LeafReader } from './leaf-reader.js';

/** So many aliases of one hash are told apart one by one; more are not noted (hash flooding). */
const LONGEST_CHAIN = 16;

/** What is found so often by reading arguments of any shape is worth a reader of its own. */
const WORTH_A_READER = 16;
/** A function whose arguments have more shapes reads the others as before. */
const MOST_READERS = 8;

/** What something is found by: the one primitive argument, or the leaves of all. */
export type Alias = { readonly only: unknown } | Tuple<unknown>;

interface Tuple<T> {
  /** What has read the leaves, if that was one for their shape: it leaves out what all arguments of the shape have. */
  readonly reader: LeafReader | undefined;
  readonly hash: number;
  readonly leaves: readonly unknown[];
  readonly item: T;
  /** Another one of the same hash. */
  next: Tuple<T> | undefined;
}

/** What aliases lead to. It has one at most: the first that it was asked for by. */
export interface Aliased {
  alias: Alias | undefined;
}

const NO_ARGUMENT: unique symbol = Symbol('no argument');

/** One for all: nothing of it is used any more when other code runs. */
const leaves = new ArgumentLeaves();

/**
 * Finds what calls with the same arguments were answered with, without making their key. Who finds nothing makes the
 * key: an alias is only a shorter way.
 */
export class AliasTable<T extends Aliased> {
  readonly #single = new Map<unknown, T>();
  readonly #tuples = new Map<number, Tuple<T>>();
  readonly #readers: LeafReader[] = [];
  /** How many tuples were read by none of them. */
  #others = 0;
  #foundOthers = 0;
  #worthAReader = WORTH_A_READER;

  /** What was noted for arguments that have the same key. */
  find(args: readonly unknown[]): T | undefined {
    if (args.length === 1) {
      // What a Map does not tell apart as keys do was not noted in it.
      const found = this.#single.get(args[0]);
      if (found !== undefined) return found;
    } else if (args.length === 0) return this.#single.get(NO_ARGUMENT);
    return this.#tuples.size === 0 ? undefined : this.#findTuple(args);
  }

  #findTuple(args: readonly unknown[]): T | undefined {
    const reader = this.#readBy(args);
    if (reader !== undefined) {
      const found = this.#at(reader);
      if (found !== undefined) return found;
    }
    if (this.#others === 0 || !leaves.read(args)) return undefined;
    const found = this.#at(undefined);
    if (found !== undefined) this.#learn(args, found, reader !== undefined);
    return found;
  }

  /** The reader that has read arguments just now. */
  #readBy(args: readonly unknown[]): LeafReader | undefined {
    for (let index = 0; index < this.#readers.length; index++) {
      const reader = this.#readers[index];
      if (leaves.read(args, reader)) return reader;
    }
    return undefined;
  }

  /** What was noted for what a reader has read just now. */
  #at(reader: LeafReader | undefined): T | undefined {
    for (let tuple = this.#tuples.get(leaves.hash); tuple !== undefined; tuple = tuple.next) {
      if (tuple.reader === reader && areRead(tuple.leaves)) return tuple.item;
    }
    return undefined;
  }

  /** Notes again what was found without a reader, when there is one now. */
  #learn(args: readonly unknown[], found: T, isRead: boolean): void {
    if (!isRead && !this.#makesReader(args)) return;
    this.forget(found);
    this.note(args, found);
  }

  #makesReader(args: readonly unknown[]): boolean {
    this.#foundOthers += 1;
    if (this.#foundOthers < this.#worthAReader || this.#readers.length >= MOST_READERS) return false;
    this.#foundOthers = 0;
    const shapes = args.every(isSteady) ? shapesOf(args) : undefined;
    const reader = shapes && leafReaderOf(shapes);
    // Arguments that get none may come again and again.
    if (reader === undefined) this.#worthAReader *= 2;
    else this.#readers.push(reader);
    return reader !== undefined;
  }

  /** Notes what calls with these arguments are answered with. */
  note(args: readonly unknown[], item: T): void {
    if (item.alias !== undefined) return;
    const only = args.length < 2 ? onlyOf(args) : undefined;
    if (only !== undefined) {
      const alias = { only: detached(only) };
      this.#single.set(alias.only, item);
      item.alias = alias;
      return;
    }
    const reader = this.#readBy(args);
    // What says now this and now that was given a key for what it said before.
    if ((reader === undefined && !leaves.read(args)) || !args.every(isSteady)) return;
    const { hash, list, count } = leaves;
    const first = this.#tuples.get(hash);
    if (lengthOf(first) >= LONGEST_CHAIN) return;
    const tuple = { reader, hash, leaves: list.slice(0, count).map(detached), item, next: first };
    this.#tuples.set(hash, tuple);
    item.alias = tuple;
    if (reader === undefined) this.#others += 1;
  }

  /** Something is not an answer any more. */
  forget(item: T): void {
    const { alias } = item;
    if (alias === undefined) return;
    item.alias = undefined;
    if ('only' in alias) {
      if (this.#single.get(alias.only) === item) this.#single.delete(alias.only);
      return;
    }
    if (alias.reader === undefined) this.#others -= 1;
    this.#unchain(alias);
  }

  #unchain(alias: Tuple<unknown>): void {
    const first = this.#tuples.get(alias.hash);
    if (first === alias) {
      if (first.next === undefined) this.#tuples.delete(alias.hash);
      else this.#tuples.set(alias.hash, first.next);
      return;
    }
    for (let tuple = first; tuple !== undefined; tuple = tuple.next) {
      if (tuple.next === alias) tuple.next = tuple.next.next;
    }
  }
}

function lengthOf(first: Tuple<unknown> | undefined): number {
  let length = 0;
  for (let tuple = first; tuple !== undefined; tuple = tuple.next) length += 1;
  return length;
}

/** The one argument by which a call is found, if a Map tells its values apart as keys do; undefined if not. */
function onlyOf(args: readonly unknown[]): unknown {
  if (args.length === 0) return NO_ARGUMENT;
  const [only] = args;
  switch (typeof only) {
    case 'string':
      return only.length <= LONGEST_TEXT ? only : undefined;
    case 'boolean':
    case 'bigint':
      return only;
    case 'number':
      // To a Map, 0 and -0 are one.
      return only === 0 ? undefined : only;
    case 'object':
      return only === null ? null : undefined;
    case 'undefined':
    case 'function':
    case 'symbol':
    default:
      return undefined;
  }
}

/** The same text without the longer one that it may have been cut out of, which V8 would keep as long as the part. */
function detached(value: unknown): unknown {
  return typeof value === 'string' ? ` ${value}`.slice(1) : value;
}

/** Whether these are the leaves that were read last. */
function areRead(noted: readonly unknown[]): boolean {
  const { list, count } = leaves;
  if (noted.length !== count) return false;
  for (let index = 0; index < count; index++) if (noted[index] !== list[index]) return false;
  return true;
}

/** Whether a value is what it is, however often it is read. */
function isSteady(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (types.isProxy(value)) return false;
  return Object.values(Object.getOwnPropertyDescriptors(value)).every(
    (property) => property.get === undefined && isSteady(property.value),
  );
}

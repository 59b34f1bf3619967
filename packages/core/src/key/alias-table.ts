import { types } from 'node:util';
import { LastingMap } from '../lasting-map.js';
import { ArgumentLeaves } from './argument-leaves.js';
import { shapesOf } from './argument-shape.js';
import { leafReaderOf, type LeafReader, type Leaves, type Noted } from './leaf-reader.js';
import { detached, NO_ARGUMENT, onlyOf } from './only.js';

/** So many aliases of one hash are told apart one by one; more are not noted (hash flooding). */
const LONGEST_CHAIN = 16;

/** What is found so often by reading arguments of any shape is worth a reader of its own. */
const WORTH_A_READER = 16;
/** A function whose arguments have more shapes reads the others as before. */
const MOST_READERS = 8;

/** What something is found by: the leaves of all arguments. */
export type Alias = Pick<Noted<unknown>, 'reader' | 'hash' | 'leaves'>;

interface Tuple<T> extends Noted<T> {
  next: Tuple<T> | undefined;
}

/** What aliases lead to. It has one at most: the first that it was asked for by. */
export interface Aliased {
  alias: Alias | undefined;
}

/** One for all: nothing of it is used any more when other code runs. */
const leaves = new ArgumentLeaves();

/**
 * Finds what calls with the same arguments were answered with, without making their key. Who finds nothing makes the
 * key: an alias is only a shorter way.
 */
export class AliasTable<T extends Aliased> {
  /** What has no more than one argument, a primitive, by that ({@link onlyOf}): filled by whoever keeps it. */
  readonly singles: LastingMap<unknown, T> = new LastingMap();
  readonly #tuples = new Map<number, Tuple<T>>();
  readonly #readers: LeafReader[] = [];
  /** How many tuples were read by none of them. */
  #others = 0;
  #foundOthers = 0;
  #worthAReader = WORTH_A_READER;
  readonly #weigh: (item: T, alias: Alias, isNoted: boolean) => void;

  /** `weigh` is told of each alias that is noted, and of each that is forgotten: it takes memory meanwhile. */
  constructor(weigh: (item: T, alias: Alias, isNoted: boolean) => void = () => undefined) {
    this.#weigh = weigh;
  }

  /** What was noted for arguments that have the same key. */
  find(args: readonly unknown[]): T | undefined {
    if (args.length === 1) {
      // What a Map does not tell apart as keys do was not noted in it.
      const found = this.singles.get(args[0]);
      if (found !== undefined) return found;
    } else if (args.length === 0) return this.singles.get(NO_ARGUMENT);
    return this.#tuples.size === 0 ? undefined : this.#findTuple(args);
  }

  #findTuple(args: readonly unknown[]): T | undefined {
    const found = this.#byReader(args);
    if (found !== undefined || this.#others === 0 || !leaves.read(args)) return found;
    const other = this.#byAny();
    if (other !== undefined) this.#learn(args, other);
    return other;
  }

  #byReader(args: readonly unknown[]): T | undefined {
    try {
      for (let index = 0; index < this.#readers.length; index++) {
        const found = this.#readers[index]?.find(args, this.#tuples);
        if (found !== undefined) return found;
      }
    } catch {
      // A getter threw: keys have to deal with it.
    }
    return undefined;
  }

  /** What was noted for what was read just now. */
  #byAny(): T | undefined {
    for (let tuple = this.#tuples.get(leaves.hash); tuple !== undefined; tuple = tuple.next) {
      if (tuple.reader === undefined && areRead(tuple.leaves)) return tuple.item;
    }
    return undefined;
  }

  /** The leaves of arguments, by a reader of their shape if there is one. */
  #read(args: readonly unknown[]): (Leaves & Pick<Alias, 'reader'>) | undefined {
    for (const reader of this.#readers) {
      const read = readBy(reader, args);
      if (read !== undefined) return { ...read, reader };
    }
    return leaves.read(args) ? { ...leaves.kept(), reader: undefined } : undefined;
  }

  /** Notes again what was found without a reader, when there is one now. */
  #learn(args: readonly unknown[], found: T): void {
    if (this.#read(args)?.reader === undefined && !this.#makesReader(args)) return;
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

  /** Notes what calls with these arguments are answered with, unless that is found by the one that they are. */
  note(args: readonly unknown[], item: T): void {
    if (item.alias !== undefined || (args.length < 2 && onlyOf(args) !== undefined)) return;
    const read = this.#read(args);
    // What says now this and now that was given a key for what it said before.
    if (read === undefined || !args.every(isSteady)) return;
    const { reader, hash } = read;
    const first = this.#tuples.get(hash);
    if (lengthOf(first) >= LONGEST_CHAIN) return;
    const tuple = { reader, hash, leaves: read.leaves.map(detached), item, next: first };
    this.#tuples.set(hash, tuple);
    item.alias = tuple;
    if (reader === undefined) this.#others += 1;
    this.#weigh(item, tuple, true);
  }

  /** Something is not an answer any more. */
  forget(item: T): void {
    const { alias } = item;
    if (alias === undefined) return;
    item.alias = undefined;
    if (alias.reader === undefined) this.#others -= 1;
    this.#unchain(alias);
    this.#weigh(item, alias, false);
  }

  #unchain(alias: Alias): void {
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

/** Whatever a getter throws, keys have to deal with it. */
function readBy(reader: LeafReader, args: readonly unknown[]): Leaves | undefined {
  try {
    return reader.read(args);
  } catch {
    return undefined;
  }
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

import { types } from 'node:util';
import { ArgumentLeaves } from './argument-leaves.js';
import { detached, onlyOf } from './only.js';

/** So many aliases of one hash are told apart one by one; more are not noted (hash flooding). */
const LONGEST_CHAIN = 16;

/** What something is found by: the leaves of all arguments. */
export interface Alias {
  readonly hash: number;
  readonly leaves: readonly unknown[];
}

/** Of those with one hash, one leads to the next. */
interface Tuple<T> extends Alias {
  readonly item: T;
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
  readonly singles: Map<unknown, T> = new Map();
  readonly #tuples = new Map<number, Tuple<T>>();
  readonly #weigh: (item: T, alias: Alias, isNoted: boolean) => void;

  /** `weigh` is told of each alias that is noted, and of each that is forgotten: it takes memory meanwhile. */
  constructor(weigh: (item: T, alias: Alias, isNoted: boolean) => void = () => undefined) {
    this.#weigh = weigh;
  }

  /** What was noted for arguments that have the same key. */
  find(args: readonly unknown[]): T | undefined {
    if (args.length < 2) {
      const only = onlyOf(args);
      if (only !== undefined) return this.singles.get(only);
    }
    if (this.#tuples.size === 0 || !leaves.read(args)) return undefined;
    const { hash, list } = leaves;
    for (let tuple = this.#tuples.get(hash); tuple !== undefined; tuple = tuple.next) {
      if (areSame(tuple.leaves, list)) return tuple.item;
    }
    return undefined;
  }

  /** Notes what calls with these arguments are answered with, unless that is found by the one that they are. */
  note(args: readonly unknown[], item: T): void {
    if (item.alias !== undefined || (args.length < 2 && onlyOf(args) !== undefined)) return;
    // What says now this and now that was given a key for what it said before.
    if (!leaves.read(args) || !args.every(isSteady)) return;
    const first = this.#tuples.get(leaves.hash);
    if (lengthOf(first) >= LONGEST_CHAIN) return;
    const tuple = { hash: leaves.hash, leaves: leaves.list.map(detached), item, next: first };
    this.#tuples.set(tuple.hash, tuple);
    item.alias = tuple;
    this.#weigh(item, tuple, true);
  }

  /** Something is not an answer any more. */
  forget(item: T): void {
    const { alias } = item;
    if (alias === undefined) return;
    item.alias = undefined;
    this.#weigh(item, alias, false);
    const first = this.#tuples.get(alias.hash);
    if (first !== alias) {
      for (let tuple = first; tuple !== undefined; tuple = tuple.next) {
        if (tuple.next === alias) tuple.next = tuple.next.next;
      }
    } else if (first.next === undefined) this.#tuples.delete(alias.hash);
    else this.#tuples.set(alias.hash, first.next);
  }
}

function lengthOf(chain: Tuple<unknown> | undefined): number {
  let length = 0;
  for (let tuple = chain; tuple !== undefined; tuple = tuple.next) length += 1;
  return length;
}

function areSame(some: readonly unknown[], others: readonly unknown[]): boolean {
  if (some.length !== others.length) return false;
  for (let index = 0; index < some.length; index++) if (some[index] !== others[index]) return false;
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

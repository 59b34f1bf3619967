import { types } from 'node:util';
import { ArgumentLeaves, LONGEST_TEXT } from './argument-leaves.js';

/** So many aliases of one hash are told apart one by one; more are not noted (hash flooding). */
const LONGEST_CHAIN = 16;

/** What something is found by: the one primitive argument, or the leaves of all. */
export type Alias = { readonly only: unknown } | Tuple<unknown>;

interface Tuple<T> {
  readonly hash: number;
  readonly leaves: readonly unknown[];
  readonly item: T;
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
  readonly #tuples = new Map<number, Tuple<T>[]>();

  /** What was noted for arguments that have the same key. */
  find(args: readonly unknown[]): T | undefined {
    if (args.length === 1) {
      // What a Map does not tell apart as keys do was not noted in it.
      const found = this.#single.get(args[0]);
      if (found !== undefined) return found;
    } else if (args.length === 0) return this.#single.get(NO_ARGUMENT);
    if (this.#tuples.size === 0 || !leaves.read(args)) return undefined;
    const { hash, list } = leaves;
    return this.#tuples.get(hash)?.find((tuple) => areSame(tuple.leaves, list))?.item;
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
    // What says now this and now that was given a key for what it said before.
    if (!leaves.read(args) || !args.every(isSteady)) return;
    const tuple = { hash: leaves.hash, leaves: leaves.list.map(detached), item };
    const chain = this.#tuples.get(tuple.hash) ?? [];
    if (chain.length >= LONGEST_CHAIN) return;
    chain.push(tuple);
    this.#tuples.set(tuple.hash, chain);
    item.alias = tuple;
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
    const chain = this.#tuples.get(alias.hash)?.filter((tuple) => tuple !== alias);
    if (chain === undefined || chain.length === 0) this.#tuples.delete(alias.hash);
    else this.#tuples.set(alias.hash, chain);
  }
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

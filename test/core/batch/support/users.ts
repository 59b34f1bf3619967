import type { BatchOptions, Cache, CachedBatch } from '@millpond/core';
import { gate, type Gate } from '../../support/gate.js';

/** A row of the table that these tests load from. */
export interface User {
  readonly id: string;
  version: number;
}

/** A table that counts what it is asked for, and can be made to wait or to fail. */
export class Table {
  /** The ids of each load, in the order of the loads. */
  readonly loads: string[][] = [];
  version = 1;
  /** Loads wait at it, if there is one. */
  door: Gate<void> | undefined;
  failure: unknown;
  /** Ids that have no row. */
  readonly missing = new Set<string>();

  /** Makes loads wait until the test opens the gate. */
  hold(): Gate<void> {
    this.door = gate();
    return this.door;
  }

  readonly load = async (ids: readonly string[]): Promise<User[]> => {
    this.loads.push([...ids]);
    const { version, failure } = this;
    await this.door?.passed;
    if (failure !== undefined) throw failure;
    // As a database returns them: in an order of its own, without those that are not there.
    return ids
      .filter((id) => !this.missing.has(id))
      .map((id) => ({ id, version }))
      .toReversed();
  };
}

/** A cached batch function over a table, named `user`. */
export function usersOf(
  cache: Cache,
  table: Table,
  options: BatchOptions<string, User | undefined> = {},
): CachedBatch<string, User | undefined, readonly User[]> {
  return cache.cacheBatch(table.load, { name: 'user', idOf: (row: User) => row.id, ...options });
}

/** Ids `'0'`, `'1'`, ... */
export function idsUpTo(count: number): string[] {
  return Array.from({ length: count }, (_, place) => String(place));
}

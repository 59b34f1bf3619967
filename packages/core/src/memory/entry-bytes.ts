import { arrayBytes, primitiveBytes, stringBytes } from '../copy/index.js';
import type { Alias } from '../key/index.js';

/** What every entry has, and its slot in a Map, which has room for half as many again. */
const ENTRY = 96 + 42;
/** The place in the index by expiry, and the instant. */
const EXPIRY = 20;
/** The place in the order of a shelf with limits. */
const IN_SHELF = 48;
/** An alias, and its slot in the table. */
const ALIAS = 64 + 42;

/** The estimated bytes of an entry beside what it keeps: its key, its slot in the Map, its places in the indexes. */
export function entryBytes(key: string, only: unknown, expiresAt: number, inShelf: boolean): number {
  const keyBytes = only === undefined ? stringBytes(key) : primitiveBytes(only);
  return ENTRY + keyBytes + (expiresAt === Infinity ? 0 : EXPIRY) + (inShelf ? IN_SHELF : 0);
}

/** The estimated bytes of what an entry is found by without its key. */
export function aliasBytes({ leaves }: Alias): number {
  let bytes = ALIAS + arrayBytes(leaves.length);
  for (const leaf of leaves) bytes += primitiveBytes(leaf);
  return bytes;
}

import { arrayBytes, primitiveBytes, stringBytes } from '../copy/index.js';
import type { Alias } from '../key/index.js';

/** The entry itself, and its slot in a Map, which has room for half as many again. */
const ENTRY = 136 + 42;
/** An instant, and the place in the index by expiry. */
const EXPIRY = 28;
/** The place in the order of a shelf with limits. */
const IN_SHELF = 48;
/** An alias, and its slot in the table. */
const ALIAS = 64 + 42;

/** The estimated bytes of an entry beside its value: its key, its slot in the Map, its places in the indexes. */
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

import type { Guard } from './guard.js';
import type { CacheNames } from './names.js';
import type { Outbox } from './outbox.js';
import type { StoreFunctionIdentity, StoreTierOptions } from './store-types.js';
import type { Tokens } from './tokens.js';
import type { WriteQueue } from './write-queue.js';

/** What the functions of one tier share. */
export interface StoreContext {
  readonly options: StoreTierOptions;
  readonly names: CacheNames;
  readonly guard: Guard;
  readonly tokens: Tokens;
  readonly queue: WriteQueue;
  readonly outbox: Outbox;
  /** How long tokens of cache, functions and tags live; longer than any entry. */
  readonly tokenTtl: number;
  /** False once the tier is being closed: nothing new is written. */
  readonly isOpen: () => boolean;
}

const HOUR = 3_600_000;

/** What is older is not written: the tombstone that outdates it might be gone before its entry is over (hazard 6). */
export const OLDEST_RUN: number = HOUR / 2;

/** The longest that an entry of a function is served, in milliseconds. */
export function longestLife({ storeTtl }: StoreTierOptions, { longestLife = storeTtl }: StoreFunctionIdentity): number {
  return Math.min(storeTtl, longestLife);
}

/**
 * How long the tombstones and marks of a function's calls live: longer than any entry that they outdate, however late
 * that is written. Its computation ended at most half an hour after the invalidation; clocks may be as far apart again.
 */
export function markLife(options: StoreTierOptions, identity: StoreFunctionIdentity): number {
  return Math.ceil(HOUR + longestLife(options, identity));
}

import type { Guard } from './guard.js';
import type { CacheNames } from './names.js';
import type { Outbox } from './outbox.js';
import type { StoreTierOptions } from './store-types.js';
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

/** How long a tombstone lives. */
export const TOMBSTONE_LIFE = 3_600_000;

/** What is older is not written: its tombstone might be gone before it lands (hazard 6). */
export const OLDEST_RUN: number = TOMBSTONE_LIFE / 2;

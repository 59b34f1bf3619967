import type { FunctionStats } from './cached.js';
import type { CoarseClock } from './coarse-clock.js';
import type { CodecList } from './copy/index.js';
import type { Effects } from './effect/index.js';
import type { Inputs } from './input/index.js';
import type { CacheEvents } from './events.js';
import type { Generations } from './run/generation.js';
import type { Hasher } from './key/index.js';
import type { MemoryTier } from './memory/index.js';
import type { Holdings } from './resource/holdings.js';
import type { Refreshes } from './run/refresh.js';
import type { Scopes } from './scope/index.js';
import type { CacheSettings } from './settings/index.js';
import type { AnyFunction } from './wrapping.js';

/** What a cache gives to the functions that it owns. */
export interface CacheHost {
  readonly settings: CacheSettings;
  /** What hits tell the time by. */
  readonly coarse: CoarseClock;
  /** The hashers of the whole cache. */
  readonly hashers: readonly Hasher[];
  /** The codecs of the whole cache. */
  readonly codecs: CodecList;
  readonly events: CacheEvents;
  readonly effects: Effects;
  readonly inputs: Inputs;
  readonly memory: MemoryTier;
  readonly generations: Generations;
  readonly refreshes: Refreshes;
  /** The resources of all functions. */
  readonly holdings: Holdings;
  /** The sessions and requests that something was made in. */
  readonly scopes: Scopes;
  /** The next number of a run; it grows over all functions of the cache. */
  nextRun(): number;
  /** Whether `close()` was called. */
  readonly closed: boolean;
}

/** What a cache asks of each function that it owns. */
export interface OwnedFunction {
  stats(): FunctionStats;
  /** Drops every entry in this process and outdates what is under way. */
  clearHere(): void;
  /** Lets everything go, and outdates what is under way. */
  close(): void;
}

/** A cached function as its caller sees it, and as its cache owns it. */
export interface Built {
  readonly wrapper: AnyFunction;
  readonly owned: OwnedFunction;
}

import type { MissReason } from '../events.js';
import type { KeyPart } from '../key/index.js';
import type { BrokenFence } from '../store/index.js';

/** What is known of one call, found out without changing anything. All lengths of time are in milliseconds, from now. */
export interface Explanation {
  /** All of it in a sentence or two, for people; its words may change from release to release. */
  readonly summary: string;
  /** The name under which the function is shown. */
  readonly fn: string;
  /**
   * How a call made now would be answered: `hit` also with a failure that is kept. A cache that is switched off, or
   * closed, does not answer but `miss`.
   */
  readonly next: 'hit' | 'stale' | 'join' | 'miss';
  /** Why the last look-up of this call that missed did so; undefined when none is remembered (256 calls are). */
  readonly lastMiss: MissReason | undefined;
  readonly key: KeyExplanation;
  readonly memory: MemoryExplanation;
  /** Undefined when the function has no store. */
  readonly store: StoreExplanation | undefined;
  /** The run under way for this call, if there is one. */
  readonly run: RunExplanation | undefined;
  /** The failure that is kept by `errorTtl`, if there is one. */
  readonly failure: FailureExplanation | undefined;
}

/** What tells the call apart from all others. */
export interface KeyExplanation {
  /** What `keyOf` answers. */
  readonly text: string;
  /** `this` (where it was given), each argument, or the answer of the option `key` instead of all these. */
  readonly parts: readonly KeyPart[];
  /** The identity of the function: its `name`, or its own name and a digest of its source. */
  readonly name: string;
  /** The option `version`, or the fingerprint of the function's source. It counts in a store only. */
  readonly version: string;
  /** The name and the version of the cache. They count in a store only. */
  readonly cache: { readonly name: string | undefined; readonly version: string };
  /** The names of the inputs by which its result varies for who asks, in the order of the reads, as far as that is known. */
  readonly inputs: readonly string[];
  /** How many variants of the call memory holds. */
  readonly variants: number;
}

/** How long a value lived, and has to live. */
export interface ValueExplanation {
  /** Since its computation ended. */
  readonly age: number;
  /** How long that took. */
  readonly computeMs: number;
  /** How much longer it is fresh; 0 when it is no more, undefined when it never expires. */
  readonly freshFor: number | undefined;
  /** How much longer it may be served while a refresh runs behind it; undefined when it never expires. */
  readonly staleWhileRevalidateFor: number | undefined;
  /** How much longer it may be served when computing fails; undefined when it never expires. */
  readonly staleIfErrorFor: number | undefined;
  /** Its estimated size in memory, or that of its text in the store. */
  readonly bytes: number;
  readonly tags: readonly string[];
  /** The names of the effects that act with each hand-out, in order. */
  readonly effects: readonly string[];
}

/**
 * What memory holds: nothing, or a value that is `fresh`, `stale` (served while it is refreshed), `fallback` (served if
 * computing fails), `expired`, `invalidated` by a tag, or past the cache's `memoryTtl`, so that the store is asked first.
 */
export type MemoryExplanation =
  /** `gone`: why it is not there (any more), as far as that is remembered. */
  | { readonly state: 'none'; readonly gone: MissReason | undefined }
  | (ValueExplanation & {
      readonly state: 'fresh' | 'stale' | 'fallback' | 'expired' | 'invalidated' | 'memory-ttl';
      /** Its tags that were invalidated since it was computed. */
      readonly invalidated: readonly string[];
      /** How much longer it is trusted without asking the store; undefined when there is no store. */
      readonly trustedFor: number | undefined;
      /** How much longer no refresh is tried, because the last one failed; 0 otherwise. */
      readonly noRefreshFor: number;
      /** Whether it was used since what to evict was last looked for: then it stays longer than what was not. */
      readonly usedLately: boolean;
    });

/** What the store holds, under which key. */
export type StoreExplanation = { readonly key: string } & (
  | /** It did not answer within `readDeadline`, failed, or is not asked: it is taken for dead, or the cache is closed. */
    { readonly state: 'down' }
    /** Nothing; `deleted` when the call was deleted within the last hour, by any process. */
  | { readonly state: 'none'; readonly deleted: boolean }
  /** Something that is not an entry of this call. */
  | { readonly state: 'damaged'; readonly why: string }
  | (ValueExplanation & { readonly state: 'fresh' | 'stale' | 'fallback' | 'expired' })
  /** An entry that is outdated, or of which it cannot be told. */
  | (ValueExplanation & { readonly state: 'invalidated'; readonly by: BrokenFence })
);

/** A failure that is thrown again without a run, unless there is something stale to serve. */
export interface FailureExplanation {
  readonly error: unknown;
  /** Since it was thrown. */
  readonly age: number;
  /** How much longer it is kept. */
  readonly keptFor: number;
}

/** A run that is under way. */
export interface RunExplanation {
  /** Since it began, the look into the store included. */
  readonly age: number;
  /** What it does: it looks into the store, or the function runs. */
  readonly phase: 'store' | 'function';
  /** How many callers wait for it. */
  readonly waiting: number;
  /** Whether a call made now would wait for it too; not when it began before an invalidation, or too long ago. */
  readonly joinable: boolean;
}

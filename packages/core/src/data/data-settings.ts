import { checkTimeouts, isTagList } from '../settings/index.js';
import { parseDuration } from '../duration.js';
import { invalidOption } from '../errors/index.js';
import type { ErrorClass } from '../options.js';
import type { AnyDataOptions } from '../settings/index.js';
import type { CallPolicy } from './call-policy.js';

/** The policy of one data function, every default filled in; durations in milliseconds. */
export interface DataSettings {
  /** What governs a call that says nothing for itself. */
  readonly policy: CallPolicy;
  /** How long after their life entries are kept: the longest stale window of any call. Grows by `retain` (hazard 54). */
  readonly retention: number;
  retain(policy: CallPolicy): void;
  readonly hasTtl: boolean;
  /** The longest that a value is served, stale windows included; undefined when only the results tell. */
  readonly longestLife: number | undefined;
  /** By how much of itself a life is shortened at most, in memory and in a store. */
  readonly jitter: { readonly memory: number; readonly store: number };
  readonly inherits: boolean;
  /** How long a failure is kept; undefined for failures that are not. */
  failureTtl(error: unknown): number | undefined;
  readonly keepsFailures: boolean;
  /** Tags that are known before the function has run. */
  readonly staticTags: readonly string[];
  /** The ttl of a result. Throws `ERR_MILLPOND_INVALID_OPTION` when the `ttl` function returned no duration. */
  ttlOf(value: unknown, args: readonly unknown[]): number | undefined;
  /** Whether results may have tags that only they tell: their own, or those of parts in memory only (`learnTags`). */
  readonly learnsTags: boolean;
  learnTags(): void;
  /** Every tag of a result. Throws `ERR_MILLPOND_INVALID_OPTION` when the `tags` function returned no list. */
  tagsOf(value: unknown, args: readonly unknown[]): readonly string[];
  /** Whether a result is to be kept. */
  wanted(value: unknown, args: readonly unknown[]): boolean;
}

/** Of the ttl of what is in a store, unless the option `jitter` says otherwise: so that not all processes miss at once. */
const STORE_JITTER = 0.1;

/** Reads the checked options of a data function once. */
export function dataSettings(options: AnyDataOptions, fn: string): DataSettings {
  const { ttl, tags, when, jitter } = options;
  const fixedTtl = ttl === undefined || typeof ttl === 'function' ? undefined : parseDuration(ttl, fn, 'ttl');
  const staticTags = tags === undefined || typeof tags === 'function' ? [] : [...new Set<string>(tags)];
  const policy = functionPolicy(options, fn);
  let learnsTags = typeof tags === 'function';
  let retention = Math.max(policy.staleWhileRevalidate, policy.staleIfError);
  return {
    policy,
    get retention() {
      return retention;
    },
    retain({ staleWhileRevalidate, staleIfError }) {
      retention = Math.max(retention, staleWhileRevalidate, staleIfError);
    },
    hasTtl: ttl !== undefined,
    get longestLife() {
      return fixedTtl === undefined ? undefined : fixedTtl + retention;
    },
    jitter: { memory: jitter ?? 0, store: jitter ?? STORE_JITTER },
    inherits: options.inherit ?? true,
    failureTtl: failureTtl(options.errorTtl, fn),
    keepsFailures: options.errorTtl !== undefined,
    staticTags,
    get learnsTags() {
      return learnsTags;
    },
    learnTags() {
      learnsTags = true;
    },
    ttlOf: (value, args) =>
      typeof ttl === 'function' ? parseDuration(ask(ttl, value, args), fn, 'ttl(value, ...args)') : fixedTtl,
    tagsOf: (value, args) => (typeof tags === 'function' ? checkedTags(ask(tags, value, args), fn) : staticTags),
    wanted: (value, args) => when === undefined || checkedVerdict(ask(when, value, args), fn),
  };
}

function functionPolicy(options: AnyDataOptions, fn: string): CallPolicy {
  const ms = (option: 'staleWhileRevalidate' | 'staleIfError' | 'softTimeout' | 'hardTimeout'): number | undefined =>
    options[option] === undefined ? undefined : parseDuration(options[option], fn, option);
  const policy = {
    signal: undefined,
    observe: undefined,
    waited: 0,
    forceFresh: false,
    freshWithin: Infinity,
    staleWhileRevalidate: ms('staleWhileRevalidate') ?? 0,
    staleIfError: ms('staleIfError') ?? 0,
    softTimeout: ms('softTimeout'),
    hardTimeout: ms('hardTimeout'),
  };
  checkTimeouts(policy, options.softTimeout, fn);
  return policy;
}

function failureTtl(option: AnyDataOptions['errorTtl'], fn: string): DataSettings['failureTtl'] {
  if (option === undefined) return () => undefined;
  if (typeof option !== 'object') {
    const ttl = parseDuration(option, fn, 'errorTtl');
    return () => ttl;
  }
  const ttl = parseDuration(option.ttl, fn, 'errorTtl.ttl');
  const only: readonly ErrorClass[] = [...option.only];
  return (error) => (only.some((Class) => error instanceof Class) ? ttl : undefined);
}

/** Calls a user's callback with a result and the arguments, whose types were checked where the function was wrapped. */
function ask(callback: (...args: never) => unknown, value: unknown, args: readonly unknown[]): unknown {
  return Reflect.apply(callback, undefined, [value, ...args]);
}

/** A promise is always true: taken for an answer it would keep everything. */
function checkedVerdict(verdict: unknown, fn: string): boolean {
  if (!(verdict instanceof Promise)) return Boolean(verdict);
  verdict.catch(() => {
    // The error below tells what is wrong; what the promise comes to does not matter any more.
  });
  throw invalidOption(fn, 'when(value, ...args)', verdict, 'true or false: what it asks must be known at once');
}

function checkedTags(tags: unknown, fn: string): readonly string[] {
  if (isTagList(tags)) return [...new Set(tags)];
  throw invalidOption(fn, 'tags(value, ...args)', tags, 'a list of texts that are not empty');
}

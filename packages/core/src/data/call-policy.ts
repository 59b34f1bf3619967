import { parseDuration } from '../duration.js';
import { invalidOption } from '../errors/index.js';
import type { CallOptions } from '../options.js';
import { checkDataCallOptions, checkTimeouts, refusedRefresh, type Timeouts } from '../settings/index.js';

/** How old a value may be for one call; milliseconds. */
export interface Freshness {
  readonly staleWhileRevalidate: number;
  readonly staleIfError: number;
  /** Older values are not fresh for this call, whatever their ttl; Infinity for no such bound. */
  readonly freshWithin: number;
}

/** What governs one call: what it says for itself, else what its function says. */
export interface CallPolicy extends Freshness, Timeouts {
  readonly signal: AbortSignal | undefined;
  readonly observe: CallOptions['observe'];
  /** What its caller has waited already (milliseconds), for a run that turned out to be no answer. */
  readonly waited: number;
  /** Run now, whatever is kept. */
  readonly forceFresh: boolean;
  /** After so many milliseconds a stale value is served, when there is one; the run goes on. */
  readonly softTimeout: number | undefined;
  /** After so many milliseconds the caller is rejected, when nothing stale can be served; the run goes on. */
  readonly hardTimeout: number | undefined;
}

/** What a function says that its calls may say otherwise, and what decides which of it they may. */
export interface PolicyBase {
  readonly policy: CallPolicy;
  readonly hasTtl: boolean;
  readonly context: 'detached' | 'caller';
}

/** Reads once, and checks, what one call says for itself, over what its function says. */
export function callPolicy(given: unknown, { policy: base, hasTtl, context }: PolicyBase, where: string): CallPolicy {
  const options = checkDataCallOptions(given, where);
  const ms = (option: 'softTimeout' | 'hardTimeout' | 'freshWithin'): number | undefined =>
    options[option] === undefined ? undefined : parseDuration(options[option], where, option);
  const window = (option: 'staleWhileRevalidate' | 'staleIfError', or: number): number => {
    const value = options[option];
    if (value === undefined || value === 0) return value ?? or;
    if (!hasTtl)
      throw invalidOption(where, option, value, 'left out: without a `ttl` of the function nothing gets stale');
    if (option === 'staleWhileRevalidate' && context === 'caller') throw refusedRefresh(value, where);
    return parseDuration(value, where, option);
  };
  const freshWithin = ms('freshWithin') ?? Infinity;
  const policy: CallPolicy = {
    signal: options.signal,
    observe: options.observe,
    waited: 0,
    forceFresh: options.forceFresh ?? false,
    freshWithin,
    // Who says how old a value may be means it: the function's own window would serve older ones.
    staleWhileRevalidate: window('staleWhileRevalidate', freshWithin === Infinity ? base.staleWhileRevalidate : 0),
    staleIfError: window('staleIfError', base.staleIfError),
    softTimeout: ms('softTimeout') ?? base.softTimeout,
    hardTimeout: ms('hardTimeout') ?? base.hardTimeout,
  };
  checkTimeouts(policy, options.softTimeout, where);
  return policy;
}

import {
  answersAtOnce,
  checkOptions,
  isBoolean,
  isBytes,
  isCount,
  isDuration,
  isDurationOrZero,
  isErrorTtl,
  isEither,
  isFraction,
  isFunction,
  isHashers,
  isIndexes,
  isOneOf,
  isSynchronous,
  isTags,
  isText,
  type Check,
} from './check-options.js';
import { isStoreOrFalse, isPersist } from './store-checks.js';
import { checkCodecs } from '../copy/index.js';
import { invalidOption, notCacheable, type CacheError } from '../errors/index.js';
import type { DataOptions, DataSyncOptions, FunctionOptions, ResourceOptions } from '../options.js';

/** Options of any arguments and result, as they arrive where they are checked. */
export type AnyFunctionOptions = FunctionOptions<never>;
/** See {@link AnyFunctionOptions}. */
export type AnyDataOptions = DataOptions<never, never>;
/** See {@link AnyFunctionOptions}. */
export type AnyDataSyncOptions = DataSyncOptions<never, never>;
/** See {@link AnyFunctionOptions}. */
export type AnyResourceOptions = ResourceOptions<never, never>;

const isTtl: Check = isEither(answersAtOnce, isDuration);

const FUNCTION_CHECKS: Readonly<Record<keyof AnyFunctionOptions, Check>> = {
  name: isText,
  key: isSynchronous,
  ignoreArgs: isIndexes,
  ignoreUnderscored: isBoolean,
  hashers: isHashers,
  label: isEither((value) => value === false, isText),
  maxEntries: isCount,
  flightTimeout: isDuration,
  context: isOneOf('detached', 'caller'),
  scope: isOneOf('global', 'session', 'request'),
};

/** What each option of data may be. */
export const DATA_CHECKS: Readonly<Record<keyof AnyDataOptions, Check>> = {
  ...FUNCTION_CHECKS,
  version: isText,
  ttl: isTtl,
  staleWhileRevalidate: isDuration,
  staleIfError: isDuration,
  softTimeout: isDuration,
  hardTimeout: isDuration,
  errorTtl: isErrorTtl,
  maxConcurrent: isCount,
  jitter: isFraction,
  inherit: isBoolean,
  maxVariants: isCount,
  maxBytes: isBytes,
  when: isSynchronous,
  tags: isTags,
  copy: isOneOf('clone', 'freeze', 'share'),
  codecs: checkCodecs,
  store: isStoreOrFalse,
  persist: isPersist,
  maxValueBytes: isBytes,
};

const {
  store: _store,
  persist: _persist,
  maxValueBytes: _maxValueBytes,
  version: _version,
  staleWhileRevalidate: _staleWhileRevalidate,
  softTimeout: _softTimeout,
  hardTimeout: _hardTimeout,
  maxConcurrent: _maxConcurrent,
  flightTimeout: _flightTimeout,
  maxVariants: _maxVariants,
  context: _context,
  ...DATA_SYNC_CHECKS
} = DATA_CHECKS;

const RESOURCE_CHECKS: Readonly<Record<keyof AnyResourceOptions, Check>> = {
  ...FUNCTION_CHECKS,
  ttl: isDuration,
  staleWhileRevalidate: isDuration,
  staleIfError: isDuration,
  idleTimeout: isDuration,
  softTimeout: isDuration,
  hardTimeout: isDuration,
  maxConcurrent: isCount,
  validate: isFunction,
  onRelease: isFunction,
  identity: isSynchronous,
  releaseAfter: isDurationOrZero,
  rebuild: isOneOf('build-first', 'release-first'),
};

/** Checks the options of `cacheData`. */
export function checkDataOptions(options: unknown, where: string): asserts options is AnyDataOptions {
  checkOptions<AnyDataOptions>(options, DATA_CHECKS, where);
  checkKeyed(options, where);
  checkWindows(options, where);
  if (options.store !== undefined && options.persist !== undefined) {
    throw invalidOption(where, 'persist', options.persist, 'left out where `store` is given (a disk is a store)');
  }
  if (options.scope === 'request') checkNotStored(options, where);
}

/** What ends with a request is of no use to anybody later (hazard 29). */
function checkNotStored(options: AnyDataOptions, where: string): void {
  for (const option of ['store', 'persist'] as const) {
    const given = options[option];
    if (given === undefined || given === false) continue;
    throw invalidOption(
      where,
      option,
      given,
      "left out with scope: 'request': what is of one request is in memory only",
    );
  }
}

/** Checks the options of `cacheDataSync`. */
export function checkDataSyncOptions(options: unknown, where: string): asserts options is AnyDataSyncOptions {
  checkOptions<AnyDataSyncOptions>(options, DATA_SYNC_CHECKS, where);
  checkKeyed(options, where);
  checkWindows(options, where);
}

/** A window in which refreshes run, of a function that runs in its caller's context. */
export function refusedRefresh(window: unknown, where: string): CacheError {
  const allowed = "left out with context: 'caller', because a refresh has no caller whose context it could see";
  return invalidOption(where, 'staleWhileRevalidate', window, allowed);
}

function checkWindows(options: AnyDataOptions | AnyResourceOptions, where: string): void {
  if (options.staleWhileRevalidate !== undefined && options.context === 'caller') {
    throw refusedRefresh(options.staleWhileRevalidate, where);
  }
  for (const window of ['staleWhileRevalidate', 'staleIfError'] as const) {
    if (options[window] !== undefined && options.ttl === undefined) {
      throw invalidOption(
        where,
        window,
        options[window],
        'given together with a `ttl`: without one nothing gets stale',
      );
    }
  }
}

/** Checks the options of `cacheResource`. */
export function checkResourceOptions(options: unknown, where: string): asserts options is AnyResourceOptions {
  const cure = 'A resource never leaves the process: leave the option out, or use cacheData for what it returns.';
  refuseStore(options, where, cure);
  checkOptions<AnyResourceOptions>(options, RESOURCE_CHECKS, where);
  checkKeyed(options, where);
  checkWindows(options, where);
  if (options.rebuild !== 'release-first') return;
  for (const window of ['staleWhileRevalidate', 'staleIfError'] as const) {
    if (options[window] === undefined) continue;
    const allowed = "left out with rebuild: 'release-first', because the old one has gone before the new one is built";
    throw invalidOption(where, window, options[window], allowed);
  }
}

/** What is left out of the arguments says nothing where `key` takes the place of all. */
export function checkKeyed(options: AnyFunctionOptions, where: string): void {
  if (options.key === undefined) return;
  for (const option of ['ignoreArgs', 'ignoreUnderscored'] as const) {
    const given = options[option];
    if (given === undefined || given === false) continue;
    throw invalidOption(where, option, given, 'left out where `key` is given, which takes the place of all arguments');
  }
}

/** Refuses the options that name a store, where there is none. */
export function refuseStore(options: unknown, where: string, cure: string): void {
  const stored = ['store', 'persist'].find((option) => isGiven(options, option));
  if (stored !== undefined) throw notCacheable(where, `option \`${stored}\` is for data`, cure);
}

function isGiven(options: unknown, option: string): boolean {
  return typeof options === 'object' && options !== null && Reflect.get(options, option) !== undefined;
}

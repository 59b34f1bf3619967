import {
  answersAtOnce,
  checkOptions,
  isAnyText,
  isBoolean,
  isBytes,
  isClock,
  isCount,
  isCountOrZero,
  isDuration,
  isDurationOrZero,
  isErrorTtl,
  isEither,
  isFraction,
  isFunction,
  isHashers,
  isIndexes,
  isLogger,
  isOneOf,
  isSignal,
  isSynchronous,
  isTags,
  isText,
  readOptions,
  type Check,
} from './check-options.js';
import { systemClock, type Clock } from './clock.js';
import { checkCodecs } from './copy/index.js';
import { parseDuration, type Duration } from './duration.js';
import { invalidOption, notCacheable } from './errors.js';
import type { CacheLogger } from './events.js';
import type {
  CacheOptions,
  CallOptions,
  DataCallOptions,
  DataOptions,
  DataSyncOptions,
  FunctionOptions,
  ResourceOptions,
} from './options.js';
import { checkStoreInput, isDiskStore } from './store/index.js';

/** Options of any arguments and result, as they arrive where they are checked. */
export type AnyFunctionOptions = FunctionOptions<never>;
/** See {@link AnyFunctionOptions}. */
export type AnyDataOptions = DataOptions<never, never>;
/** See {@link AnyFunctionOptions}. */
export type AnyDataSyncOptions = DataSyncOptions<never, never>;
/** See {@link AnyFunctionOptions}. */
export type AnyResourceOptions = ResourceOptions<never, never>;

const isStore: Check = (value, where) => checkStoreInput(value, where);
const isStoreOrFalse: Check = isEither((value) => value === false, isStore);
const isPersist: Check = (value, where, option) => {
  if (value !== 'disk' && !isDiskStore(value))
    throw invalidOption(where, option, value, "'disk' or diskStore({ path })");
};
const isTtl: Check = isEither(answersAtOnce, isDuration);

const FUNCTION_CHECKS: Readonly<Record<keyof AnyFunctionOptions, Check>> = {
  name: isText,
  key: isSynchronous,
  ignoreArgs: isIndexes,
  ignoreUnderscored: isBoolean,
  hashers: isHashers,
  maxEntries: isCount,
  flightTimeout: isDuration,
  context: isOneOf('detached', 'caller'),
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
  context: _context,
  ...DATA_SYNC_CHECKS
} = DATA_CHECKS;

const RESOURCE_CHECKS: Readonly<Record<keyof AnyResourceOptions, Check>> = {
  ...FUNCTION_CHECKS,
  ttl: isDuration,
  staleWhileRevalidate: isDuration,
  staleIfError: isDuration,
  idleTimeout: isDuration,
  validate: isFunction,
  onRelease: isFunction,
  identity: isSynchronous,
  releaseAfter: isDurationOrZero,
  rebuild: isOneOf('build-first', 'release-first'),
};

const CACHE_CHECKS: Readonly<Record<keyof CacheOptions, Check>> = {
  name: isText,
  version: isAnyText,
  store: isStore,
  closeStore: isBoolean,
  persist: isPersist,
  memoryTtl: isDuration,
  storeTtl: isDuration,
  readDeadline: isDuration,
  maxBytes: isBytes,
  refreshLimit: isCountOrZero,
  refreshCooldown: isDuration,
  closeTimeout: isDuration,
  hashers: isHashers,
  codecs: checkCodecs,
  detectMutations: isBoolean,
  clock: isClock,
  logger: isLogger,
  enabled: isBoolean,
  ttl: isDuration,
  maxEntries: isCount,
  flightTimeout: isDuration,
  staleWhileRevalidate: isDuration,
  staleIfError: isDuration,
  softTimeout: isDuration,
  hardTimeout: isDuration,
  errorTtl: isErrorTtl,
  maxConcurrent: isCount,
  jitter: isFraction,
  maxValueBytes: isBytes,
};

const CALL_CHECKS: Readonly<Record<keyof CallOptions, Check>> = {
  signal: isSignal,
  observe: isFunction,
};

const DATA_CALL_CHECKS: Readonly<Record<keyof DataCallOptions, Check>> = {
  ...CALL_CHECKS,
  freshWithin: isDuration,
  forceFresh: isBoolean,
  staleWhileRevalidate: isDurationOrZero,
  staleIfError: isDurationOrZero,
  softTimeout: isDuration,
  hardTimeout: isDuration,
};

/** Checks the options of `cacheData`. */
export function checkDataOptions(options: unknown, where: string): asserts options is AnyDataOptions {
  checkOptions<AnyDataOptions>(options, DATA_CHECKS, where);
  checkKeyed(options, where);
  checkWindows(options, where);
  if (options.store !== undefined && options.persist !== undefined) {
    throw invalidOption(where, 'persist', options.persist, 'left out where `store` is given (a disk is a store)');
  }
}

/** Checks the options of `cacheDataSync`. */
export function checkDataSyncOptions(options: unknown, where: string): asserts options is AnyDataSyncOptions {
  checkOptions<AnyDataSyncOptions>(options, DATA_SYNC_CHECKS, where);
  checkKeyed(options, where);
  checkWindows(options, where);
}

function checkWindows(options: AnyDataOptions | AnyResourceOptions, where: string): void {
  if (options.staleWhileRevalidate !== undefined && options.context === 'caller') {
    const allowed = "left out with context: 'caller', because a refresh has no caller whose context it could see";
    throw invalidOption(where, 'staleWhileRevalidate', options.staleWhileRevalidate, allowed);
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
  const stored = ['store', 'persist'].find((option) => isGiven(options, option));
  if (stored !== undefined) {
    const cure = 'A resource never leaves the process: leave the option out, or use cacheData for what it returns.';
    throw notCacheable(where, `option \`${stored}\` is for data`, cure);
  }
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
function checkKeyed(options: AnyFunctionOptions, where: string): void {
  if (options.key === undefined) return;
  for (const option of ['ignoreArgs', 'ignoreUnderscored'] as const) {
    const given = options[option];
    if (given === undefined || given === false) continue;
    throw invalidOption(where, option, given, 'left out where `key` is given, which takes the place of all arguments');
  }
}

function isGiven(options: unknown, option: string): boolean {
  return typeof options === 'object' && options !== null && Reflect.get(options, option) !== undefined;
}

/** Reads once, and checks, what one call of a data function says for itself; it cannot change how values are kept. */
export function checkDataCallOptions(given: unknown, where: string): DataCallOptions {
  const options = readOptions(given);
  checkOptions<DataCallOptions>(options, DATA_CALL_CHECKS, where);
  return options;
}

/** The same for one call of a resource. */
export function checkResourceCallOptions(given: unknown, where: string): CallOptions {
  const options = readOptions(given);
  checkOptions<CallOptions>(options, CALL_CHECKS, where);
  return options;
}

/** The options of a cache with every default filled in; durations in milliseconds. */
export interface CacheSettings {
  readonly name: string | undefined;
  readonly version: string;
  readonly closeStore: boolean;
  readonly memoryTtl: number;
  readonly storeTtl: number;
  readonly readDeadline: number;
  readonly maxBytes: number;
  readonly refreshLimit: number;
  readonly refreshCooldown: number;
  readonly closeTimeout: number;
  readonly detectMutations: boolean;
  readonly clock: Clock;
  readonly logger: CacheLogger;
  readonly enabled: boolean;
}

const processWarnings: CacheLogger = {
  warn: (message) => process.emitWarning(message, { type: 'MillpondWarning' }),
};

/** Reads the options of a cache once, and checks them. */
export function cacheOptions(given: unknown): CacheOptions {
  const options = readOptions(given);
  checkOptions<CacheOptions>(options, CACHE_CHECKS, 'createCache');
  return options;
}

/** Fills in the defaults of the checked options of a cache. */
export function cacheSettings(options: CacheOptions): CacheSettings {
  const where = 'createCache';
  const ms = (option: 'memoryTtl' | 'storeTtl' | 'readDeadline' | 'refreshCooldown' | 'closeTimeout', or: Duration) =>
    parseDuration(options[option] ?? or, where, option);
  if (options.store !== undefined && options.persist !== undefined) {
    throw invalidOption(where, 'persist', options.persist, 'left out where `store` is given (a disk is a store)');
  }
  return {
    name: options.name,
    version: options.version ?? '',
    closeStore: options.closeStore ?? false,
    memoryTtl: ms('memoryTtl', '10s'),
    storeTtl: ms('storeTtl', '30d'),
    readDeadline: ms('readDeadline', '50ms'),
    maxBytes: options.maxBytes ?? 64 * 1024 * 1024,
    refreshLimit: options.refreshLimit ?? 10,
    refreshCooldown: ms('refreshCooldown', '60s'),
    closeTimeout: ms('closeTimeout', '10s'),
    detectMutations: options.detectMutations ?? process.env['NODE_ENV'] === 'development',
    clock: options.clock ?? systemClock,
    logger: options.logger ?? processWarnings,
    enabled: options.enabled ?? true,
  };
}

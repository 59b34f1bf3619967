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
  isEither,
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
import { parseDuration, type Duration } from './duration.js';
import { invalidOption, notCacheable } from './errors.js';
import type { CacheLogger } from './events.js';
import type {
  CacheOptions,
  CallOptions,
  DataOptions,
  DataSyncOptions,
  FunctionOptions,
  ResourceOptions,
  StreamOptions,
} from './options.js';
import { checkStoreInput, isDiskStore } from './store/index.js';

/** Options of any arguments and result, as they arrive where they are checked. */
export type AnyFunctionOptions = FunctionOptions<never>;
/** See {@link AnyFunctionOptions}. */
export type AnyDataOptions = DataOptions<never, never>;
/** See {@link AnyFunctionOptions}. */
export type AnyDataSyncOptions = DataSyncOptions<never, never>;
/** See {@link AnyFunctionOptions}. */
export type AnyStreamOptions = StreamOptions<never, never>;
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
  hashers: isHashers,
  maxEntries: isCount,
  flightTimeout: isDuration,
  context: isOneOf('detached', 'caller'),
};

const DATA_CHECKS: Readonly<Record<keyof AnyDataOptions, Check>> = {
  ...FUNCTION_CHECKS,
  version: isText,
  ttl: isTtl,
  staleWhileRevalidate: isDuration,
  staleIfError: isDuration,
  maxBytes: isBytes,
  when: isSynchronous,
  tags: isTags,
  copy: isOneOf('clone', 'freeze', 'share'),
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
  flightTimeout: _flightTimeout,
  context: _context,
  ...DATA_SYNC_CHECKS
} = DATA_CHECKS;

const STREAM_CHECKS: Readonly<Record<keyof AnyStreamOptions, Check>> = {
  name: DATA_CHECKS.name,
  key: DATA_CHECKS.key,
  ignoreArgs: DATA_CHECKS.ignoreArgs,
  hashers: DATA_CHECKS.hashers,
  maxEntries: DATA_CHECKS.maxEntries,
  flightTimeout: DATA_CHECKS.flightTimeout,
  context: DATA_CHECKS.context,
  ttl: DATA_CHECKS.ttl,
  maxBytes: DATA_CHECKS.maxBytes,
  when: DATA_CHECKS.when,
  tags: DATA_CHECKS.tags,
  copy: DATA_CHECKS.copy,
  maxValueBytes: DATA_CHECKS.maxValueBytes,
};

const RESOURCE_CHECKS: Readonly<Record<keyof AnyResourceOptions, Check>> = {
  ...FUNCTION_CHECKS,
  ttl: isDuration,
  validate: isFunction,
  onRelease: isFunction,
  releaseAfter: isDurationOrZero,
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
  clock: isClock,
  logger: isLogger,
  enabled: isBoolean,
  ttl: isDuration,
  maxEntries: isCount,
};

const CALL_CHECKS: Readonly<Record<keyof CallOptions, Check>> = {
  signal: isSignal,
  observe: isFunction,
};

/** Checks the options of `cacheData`. */
export function checkDataOptions(options: unknown, where: string): asserts options is AnyDataOptions {
  checkOptions<AnyDataOptions>(options, DATA_CHECKS, where);
  checkWindows(options, where);
  if (options.store !== undefined && options.persist !== undefined) {
    throw invalidOption(where, 'persist', options.persist, 'left out where `store` is given (a disk is a store)');
  }
}

/** Checks the options of `cacheDataSync`. */
export function checkDataSyncOptions(options: unknown, where: string): asserts options is AnyDataSyncOptions {
  checkOptions<AnyDataSyncOptions>(options, DATA_SYNC_CHECKS, where);
  checkWindows(options, where);
}

function checkWindows(options: AnyDataOptions, where: string): void {
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

/** Checks the options of `cacheStream`. */
export function checkStreamOptions(options: unknown, where: string): asserts options is AnyStreamOptions {
  refuseStore(
    options,
    where,
    'Streams are kept in memory: leave the option out, or collect the items and use cacheData.',
  );
  checkOptions<AnyStreamOptions>(options, STREAM_CHECKS, where);
}

/** Checks the options of `cacheResource`. */
export function checkResourceOptions(options: unknown, where: string): asserts options is AnyResourceOptions {
  const cure = 'A resource never leaves the process: leave the option out, or use cacheData for what it returns.';
  refuseStore(options, where, cure);
  checkOptions<AnyResourceOptions>(options, RESOURCE_CHECKS, where);
}

function refuseStore(options: unknown, where: string, cure: string): void {
  const stored = ['store', 'persist'].find((option) => isGiven(options, option));
  if (stored !== undefined) throw notCacheable(where, `option \`${stored}\` is for data`, cure);
}

function isGiven(options: unknown, option: string): boolean {
  return typeof options === 'object' && options !== null && Reflect.get(options, option) !== undefined;
}

/** Reads once, and checks, what one call says for itself; it cannot change how the function keeps or copies. */
export function callOptions(given: unknown, where: string): CallOptions {
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
    clock: options.clock ?? systemClock,
    logger: options.logger ?? processWarnings,
    enabled: options.enabled ?? true,
  };
}

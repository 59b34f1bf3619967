import {
  checkOptions,
  isAnyText,
  isBoolean,
  isBytes,
  isClock,
  isCount,
  isCountOrZero,
  isDuration,
  isErrorTtl,
  isFraction,
  isHashers,
  isLogger,
  isText,
  readOptions,
  type Check,
} from './check-options.js';
import { isStore, isPersist } from './store-checks.js';
import { checkOrder } from './timeouts.js';
import { systemClock, type Clock } from '../clock.js';
import { checkCodecs } from '../copy/index.js';
import { parseDuration, type Duration } from '../duration.js';
import { invalidOption } from '../errors/index.js';
import type { CacheLogger } from '../events.js';
import type { CacheOptions } from '../options.js';

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
  maxSessions: isCount,
  sessionIdle: isDuration,
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
  readonly maxSessions: number;
  readonly sessionIdle: number;
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
  const where = 'createCache';
  checkOptions<CacheOptions>(options, CACHE_CHECKS, where);
  const { softTimeout, hardTimeout } = options;
  if (softTimeout === undefined || hardTimeout === undefined) return options;
  const soft = parseDuration(softTimeout, where, 'softTimeout');
  checkOrder(soft, parseDuration(hardTimeout, where, 'hardTimeout'), softTimeout, where);
  return options;
}

type TimeOption = 'memoryTtl' | 'storeTtl' | 'readDeadline' | 'refreshCooldown' | 'sessionIdle' | 'closeTimeout';

/** Fills in the defaults of the checked options of a cache. */
export function cacheSettings(options: CacheOptions): CacheSettings {
  const where = 'createCache';
  const ms = (option: TimeOption, or: Duration): number => parseDuration(options[option] ?? or, where, option);
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
    maxSessions: options.maxSessions ?? 10_000,
    sessionIdle: ms('sessionIdle', '30m'),
    closeTimeout: ms('closeTimeout', '10s'),
    detectMutations: options.detectMutations ?? process.env['NODE_ENV'] === 'development',
    clock: options.clock ?? systemClock,
    logger: options.logger ?? processWarnings,
    enabled: options.enabled ?? true,
  };
}

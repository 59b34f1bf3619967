import {
  checkOptions,
  isBoolean,
  isDuration,
  isDurationOrZero,
  isFunction,
  isSignal,
  readOptions,
  type Check,
} from './check-options.js';
import type { CallOptions, DataCallOptions } from '../options.js';

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

/** What every option may be, checked where a function is wrapped or a cache is made, and its default. */

export { cacheOptions, cacheSettings, type CacheSettings } from './cache-settings.js';
export { checkDataCallOptions, checkResourceCallOptions } from './call-settings.js';
export {
  checkOptions,
  checkTags,
  isBoolean,
  isCount,
  isDurationOrZero,
  isOneOf,
  isSynchronous,
  isTagList,
  isText,
  type Check,
} from './check-options.js';
export { withDefaults } from './defaults.js';
export { checkTimeouts, type Timeouts } from './timeouts.js';
export {
  checkDataOptions,
  checkDataSyncOptions,
  checkKeyed,
  refusedRefresh,
  refuseStore,
  checkResourceOptions,
  DATA_CHECKS,
  type AnyDataOptions,
  type AnyDataSyncOptions,
  type AnyFunctionOptions,
  type AnyResourceOptions,
} from './function-settings.js';

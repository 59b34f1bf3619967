export { createCache } from './cache.js';
export type {
  Cache,
  CacheDataFn,
  CacheDataSyncFn,
  CacheResourceFn,
  CacheStats,
  CacheStreamFn,
  CloseReport,
  StreamItem,
  StreamSource,
} from './cache-types.js';
export type {
  CachedData,
  CachedDataSync,
  CachedResource,
  CachedStream,
  DeepReadonly,
  FunctionStats,
  Invalidation,
  StreamIterator,
} from './cached.js';
export type { Clock, Timer } from './clock.js';
export { cacheData, cacheDataSync, cacheResource, cacheStream, defaultCache } from './default-cache.js';
export type { Duration } from './duration.js';
export { CacheError, type CacheErrorCode } from './errors.js';
export type {
  CacheEvent,
  CacheEventOf,
  CacheEventType,
  CacheListener,
  CacheLogger,
  MissReason,
  RemovalReason,
} from './events.js';
export { holdCache, type CacheOrOptions, type HeldCache } from './hold-cache.js';
export { defineHasher, fingerprint, type Hasher } from './key/index.js';
export type {
  CacheOptions,
  CallOptions,
  CallOutcome,
  CopyMode,
  DataOptions,
  DataSyncOptions,
  FunctionOptions,
  ReleaseReason,
  ResourceOptions,
  StreamOptions,
} from './options.js';
export { currentSignal } from './run/run-context.js';
export { diskStore, type DiskStoreInput, type StoreInput } from './store/index.js';

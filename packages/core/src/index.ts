export { createCache } from './cache.js';
export type {
  Cache,
  CacheBatchFn,
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
  CachedBatch,
  CachedData,
  CachedDataSync,
  CachedResource,
  CachedStream,
  DeepReadonly,
  FunctionStats,
  Invalidation,
  Lease,
  StreamIterator,
} from './cached.js';
export type { Clock, Timer } from './clock.js';
export { cacheBatch, cacheData, cacheDataSync, cacheResource, cacheStream, defaultCache } from './default-cache.js';
export { defineCodec, recordCodec, type ClassOf, type Codec, type CodecList, type CodecOptions } from './copy/index.js';
export type { Duration } from './duration.js';
export { CacheError, type CacheErrorCode } from './errors/index.js';
export type {
  CacheEvent,
  CacheEventOf,
  CacheEventType,
  CacheListener,
  CacheLogger,
  MissReason,
  RemovalReason,
} from './events.js';
export type { EffectOptions } from './effect/index.js';
export {
  nodeResponse,
  requestExchanges,
  type CookieOptions,
  type Exchange,
  type ExchangedRequest,
  replyResponse,
  type ExchangedResponse,
  type ExchangeHost,
  type ExchangeOptions,
  type LogLevel,
  type RequestExchanges,
  type RequestLogger,
} from './exchange/index.js';
export type { InputOptions } from './input/index.js';
export { holdCache, type CacheOrOptions, type HeldCache } from './hold-cache.js';
export { defineHasher, fingerprint, standsFor, type Hasher, type KeyPart } from './key/index.js';
export type {
  BatchOptions,
  CacheOptions,
  CallOptions,
  CallOutcome,
  CopyMode,
  DataCallOptions,
  DataOptions,
  DataSyncOptions,
  ErrorClass,
  ErrorTtl,
  FunctionDefaults,
  FunctionOptions,
  IdOfRow,
  ReleaseReason,
  ResourceOptions,
  StreamOptions,
} from './options.js';
export type {
  Explanation,
  FailureExplanation,
  KeyExplanation,
  MemoryExplanation,
  RunExplanation,
  StoreExplanation,
  ValueExplanation,
} from './observe/explanation.js';
export { currentSignal } from './run/run-context.js';
export {
  requestScopeOptions,
  requestScopes,
  whenClosed,
  type Closing,
  type OpenScope,
  type RequestScopes,
  type ScopedRequest,
  type ScopeOptions,
  type SessionIdentity,
  type SessionOfRequest,
  type SessionRequest,
  type SessionSource,
} from './scope/index.js';
export {
  diskStore,
  lmdbStore,
  type BrokenFence,
  type LocalStore,
  type LocalStoreOptions,
  type StoreInput,
} from './store/index.js';

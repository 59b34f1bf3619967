export * from '@millpond/core';
export { CacheData } from './cache-data.decorator.js';
export type {
  CacheModuleAsyncOptions,
  CacheModuleExtras,
  CacheModuleOptions,
  CacheOptionsFactory,
} from './cache-module-options.interface.js';
export { CacheModule } from './cache.module.js';
export { CacheResource } from './cache-resource.decorator.js';
export type { CachedMethodDecorator } from './decorate.js';
export { getCachedData, getCachedResource, type AsyncMethodName } from './get-cached.js';
export { getCacheToken, InjectCache } from './inject-cache.decorator.js';
export {
  provideResource,
  tenantContexts,
  type InjectFor,
  type ProvideResourceOptions,
  type TenantContextsOptions,
  type TenantPayload,
} from './resources/index.js';
export {
  getExchangeToken,
  InjectExchange,
  type HttpRequest,
  type RequestScopeOptions,
  type Scopes,
} from './scopes/index.js';

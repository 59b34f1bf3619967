import type { CacheOrOptions } from '@millpond/core';
import type { FactoryProvider, ModuleMetadata, Type } from '@nestjs/common';
import type { WithScopes } from './scopes/index.js';

/** The options of a cache that the module makes and closes, or `{ cache }`, made elsewhere, which it does not close. */
export type CacheModuleOptions = CacheOrOptions & WithScopes;

/** What the module itself can be told. */
export interface CacheModuleExtras {
  /** Whether every module of the app can use the cache without importing `CacheModule` again. Default true. */
  readonly isGlobal?: boolean | undefined;
}

/** A class that makes the options of `CacheModule.forRootAsync`. */
export interface CacheOptionsFactory {
  createCacheOptions(): CacheModuleOptions | Promise<CacheModuleOptions>;
}

/** Options of `CacheModule.forRootAsync`: exactly one of `useFactory`, `useClass` and `useExisting`. */
export interface CacheModuleAsyncOptions extends CacheModuleExtras, Pick<ModuleMetadata, 'imports'> {
  /** Makes the options, from what `inject` names. */
  readonly useFactory?: FactoryProvider<CacheModuleOptions | Promise<CacheModuleOptions>>['useFactory'] | undefined;
  /** What `useFactory` gets as its arguments. */
  readonly inject?: FactoryProvider['inject'] | undefined;
  /** A class to make, whose `createCacheOptions()` is asked. */
  readonly useClass?: Type<CacheOptionsFactory> | undefined;
  /** A provider of an imported module, whose `createCacheOptions()` is asked. */
  readonly useExisting?: Type<CacheOptionsFactory> | undefined;
}

import { holdCache, type Cache, type HeldCache } from '@millpond/core';
import {
  Inject,
  Module,
  type DynamicModule,
  type FactoryProvider,
  type NestModule,
  type Provider,
} from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import type {
  CacheModuleAsyncOptions,
  CacheModuleExtras,
  CacheModuleOptions,
  CacheOptionsFactory,
} from './cache-module-options.interface.js';
import { CacheRegistry } from './cache-registry.js';
import { oneOptionsSource } from './errors.js';
import { getCacheToken } from './inject-cache.decorator.js';
import { trouble } from './log.js';
import { SCOPED_RESOURCES, ScopedResources } from './resources/index.js';
import { getExchangeToken, HttpScopes } from './scopes/index.js';

const OPTIONS = Symbol('@millpond/nest: the options of CacheModule');
const HELD = Symbol('@millpond/nest: the cache of CacheModule');

/**
 * Gives an app its cache: import `CacheModule.forRoot()` once, in the root module, and use `@CacheData()` and
 * `@CacheResource()` anywhere. A cache that the module makes is closed with the app (`app.close()`, or a signal after
 * `app.enableShutdownHooks()`): resources are released, and what waits for a store is written.
 */
export class CacheModule implements NestModule {
  readonly #host: HttpAdapterHost;
  readonly #scopes: HttpScopes;
  readonly #resources: ScopedResources;

  /** Nest makes it, of what {@link moduleWith} provides. */
  constructor(host: HttpAdapterHost, scopes: HttpScopes, resources: ScopedResources) {
    this.#host = host;
    this.#scopes = scopes;
    this.#resources = resources;
  }

  /**
   * With the options of a cache (default: in memory only), or `{ cache }`, one made elsewhere.
   *
   * @throws CacheError (when the app is made) `ERR_MILLPOND_INVALID_OPTION`
   */
  static forRoot(options: CacheModuleOptions & CacheModuleExtras = {}): DynamicModule {
    const { isGlobal, ...rest } = options;
    return moduleWith([{ provide: OPTIONS, useValue: rest }], { isGlobal });
  }

  /** With options that a factory or a class of the app makes. */
  static forRootAsync(options: CacheModuleAsyncOptions): DynamicModule {
    return { ...moduleWith(optionsProviders(options), options), imports: options.imports ?? [] };
  }

  /** Called by Nest: from here on requests are seen before the middleware of any module. */
  configure(): void {
    const { httpAdapter } = this.#host;
    this.#resources.watch(httpAdapter);
    this.#scopes.watch(httpAdapter);
  }
}

Module({})(CacheModule);
[HttpAdapterHost, HttpScopes, SCOPED_RESOURCES].forEach((token, at) => Inject(token)(CacheModule, undefined, at));

function moduleWith(options: readonly Provider[], { isGlobal }: CacheModuleExtras): DynamicModule {
  return {
    module: CacheModule,
    global: isGlobal ?? true,
    providers: [
      ...options,
      { provide: HELD, useFactory: hold, inject: [OPTIONS] },
      { provide: getCacheToken(), useFactory: ({ cache }: HeldCache) => cache, inject: [HELD] },
      { provide: getExchangeToken(), useFactory: ({ exchange }: Cache) => exchange, inject: [getCacheToken()] },
      {
        provide: SCOPED_RESOURCES,
        useFactory: makeResources,
        inject: [getCacheToken(), HttpScopes, ModulesContainer],
      },
      {
        provide: HttpScopes,
        useFactory: (cache: Cache, { scopes }: CacheModuleOptions) => new HttpScopes(cache, scopes),
        inject: [getCacheToken(), OPTIONS],
      },
      {
        provide: CacheRegistry,
        useFactory: makeRegistry,
        inject: [getCacheToken(), HELD, ModulesContainer, SCOPED_RESOURCES, HttpScopes],
      },
    ],
    exports: [getCacheToken(), getExchangeToken(), CacheRegistry, SCOPED_RESOURCES],
  };
}

function hold({ scopes: _scopes, ...options }: CacheModuleOptions): HeldCache {
  return holdCache(options, 'CacheModule', trouble);
}

/** The cache is asked for beside the one that is held, so that a test can put another in its place. */
function makeRegistry(
  cache: Cache,
  held: HeldCache,
  modules: ModulesContainer,
  resources: ScopedResources,
  scopes: HttpScopes,
): CacheRegistry {
  return new CacheRegistry(cache, held, modules, { resources, scopes });
}

function makeResources(cache: Cache, scopes: HttpScopes, modules: ModulesContainer): ScopedResources {
  return new ScopedResources(cache, scopes, modules);
}

function optionsProviders({ useFactory, inject, useClass, useExisting }: CacheModuleAsyncOptions): Provider[] {
  const given = Object.entries({ useFactory, useClass, useExisting }).filter(([, source]) => source !== undefined);
  if (given.length !== 1) throw oneOptionsSource(given.map(([name]) => name));
  if (useFactory !== undefined) return [{ provide: OPTIONS, useFactory, inject: inject ?? [] }];
  const maker = useClass ?? useExisting;
  const asked: FactoryProvider = {
    provide: OPTIONS,
    useFactory: (factory: CacheOptionsFactory) => factory.createCacheOptions(),
    inject: maker === undefined ? [] : [maker],
  };
  return useClass === undefined ? [asked] : [asked, useClass];
}

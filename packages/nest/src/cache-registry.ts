import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { CacheError, fingerprint, type Cache, type HeldCache } from '@millpond/core';
import { cacheOfClass, cacheOfInstance, ofInstance, type AnyCached, type Identity } from './cached-functions.js';
import { methodName, methodOf, methodsOf, type CachedMethod } from './cached-method.js';
import { sameIdentity, shortLivedWithoutKey, together } from './errors.js';
import { onUncached } from './fall-through.js';
import { attach, cachedOf, registryOf, type Registry } from './host.js';
import { reportClose, trouble } from './log.js';
import type { ScopedResources } from './resources/index.js';
import type { HttpScopes } from './scopes/index.js';
import { canSee, livingProviders, shortLivedClasses, type LivingProvider } from './providers.js';

/** What ends with requests, and is waited for at the end of the app. */
export interface OfRequests {
  readonly resources: Pick<ScopedResources, 'close'>;
  readonly scopes: Pick<HttpScopes, 'ended'>;
}

/**
 * Makes the cached functions behind decorated methods. Nest injects it into every instance of a class that has one.
 *
 * A provider that lives as long as the app has functions of its own, so that two providers of one class are isolated.
 * Instances that come and go (request-scoped and durable providers, transients that are resolved by hand) share one
 * function for each method of their class, and need a `key`, which says what tells their calls apart.
 */
export class CacheRegistry implements Registry, OnModuleInit, OnApplicationShutdown {
  readonly #cache: Cache;
  readonly #held: HeldCache;
  readonly #modules: ModulesContainer;
  readonly #ofRequests: OfRequests;
  readonly #living = new WeakMap<object, LivingProvider>();
  readonly #shortLived = new WeakSet<object>();
  readonly #shared = new WeakMap<object, Map<CachedMethod, AnyCached>>();
  #stopListening: () => void = () => {};

  constructor(cache: Cache, held: HeldCache, modules: ModulesContainer, ofRequests: OfRequests) {
    this.#cache = cache;
    this.#held = held;
    this.#modules = modules;
    this.#ofRequests = ofRequests;
  }

  /** Refuses, before the app serves anything, every decorated method that could not be cached when it is called. */
  onModuleInit(): void {
    const refused = [...this.#prepareLiving(), ...this.#checkShortLived()];
    if (refused.length > 0) throw together(refused);
    this.#stopListening = onUncached((message) => trouble.warn(message));
  }

  /** The last of Nest's hooks: before it, the server has answered what it had accepted, with the resources that it needs. */
  async onApplicationShutdown(): Promise<void> {
    this.#stopListening();
    reportClose(await this.#ofRequests.resources.close());
    await this.#ofRequests.scopes.ended();
    reportClose(await this.#held.close());
  }

  cachedOf(instance: object, method: CachedMethod): AnyCached {
    const provider = this.#providerOf(instance);
    const shared = provider === undefined || (provider.transient && method.options.key !== undefined);
    if (!shared) return this.#ofInstance(provider, method);
    return ofInstance(this.#ofClass(Object.getPrototypeOf(instance), method), method, instance);
  }

  #ofInstance({ instance, label }: LivingProvider, method: CachedMethod): AnyCached {
    const path = pathOf(instance, method);
    const identity = { name: `${label}${ownKey(instance)}.${path}`, shown: `${instance.constructor.name}.${path}` };
    return identified(identity, method, (identity) => cacheOfInstance(this.#cache, method, instance, identity));
  }

  /** The one function that all instances of a class share. */
  #ofClass(prototype: object, method: CachedMethod): AnyCached {
    const shown = `${prototype.constructor.name}.${pathOf(prototype, method)}`;
    if (method.options.key === undefined) throw shortLivedWithoutKey(shown, method.kind);
    let functions = this.#shared.get(prototype);
    if (functions === undefined) this.#shared.set(prototype, (functions = new Map()));
    let shared = functions.get(method);
    if (shared === undefined) {
      const identity = { name: shown, shown };
      shared = identified(identity, method, (identity) => cacheOfClass(this.#cache, method, identity));
      functions.set(method, shared);
    }
    return shared;
  }

  /** The provider that an instance is; undefined when it is one of many that come and go. */
  #providerOf(instance: object): LivingProvider | undefined {
    const known = this.#living.get(instance);
    if (known !== undefined || this.#shortLived.has(Object.getPrototypeOf(instance))) return known;
    // Called before the app is up, or of a module that was loaded later.
    for (const provider of livingProviders(this.#modules)) this.#meet(provider);
    return this.#living.get(instance);
  }

  #meet(provider: LivingProvider): void {
    if (!this.#living.has(provider.instance)) this.#living.set(provider.instance, provider);
  }

  #prepareLiving(): CacheError[] {
    const refused: CacheError[] = [];
    for (const provider of livingProviders(this.#modules)) {
      const methods = methodsOf(provider.instance);
      if (methods.length === 0) continue;
      this.#meet(provider);
      this.#adopt(provider);
      if (registryOf(provider.instance) !== this) continue;
      for (const method of methods) collect(refused, () => void cachedOf(provider.instance, method));
    }
    return refused;
  }

  /** What a factory made, or what was given as a value, Nest does not inject into. */
  #adopt({ instance, module }: LivingProvider): void {
    if (registryOf(instance) === undefined && canSee(module, CacheRegistry, this)) attach(instance, this);
  }

  #checkShortLived(): CacheError[] {
    const refused: CacheError[] = [];
    for (const { prototype } of shortLivedClasses(this.#modules)) {
      this.#shortLived.add(prototype);
      for (const method of methodsOf(prototype)) collect(refused, () => void this.#ofClass(prototype, method));
    }
    return refused;
  }
}

/** The name of a method among those of an object; one that is reached by `super` alone is told by its own class. */
function pathOf(target: object, method: CachedMethod): string {
  const name = methodName(method.key);
  return methodOf(target, method.key) === method ? name : `${method.host}.${name}`;
}

/** How an object says which one it is, in a cache key and here. */
const KEY = Symbol.for('millpond.key');

function ownKey(instance: object): string {
  const key: unknown = Reflect.get(instance, KEY);
  return typeof key === 'function' ? `(${String(Reflect.apply(key, instance, []))})` : '';
}

function identified(
  { name, shown }: Omit<Identity, 'version'>,
  method: CachedMethod,
  make: (identity: Identity) => AnyCached,
): AnyCached {
  const identity = { name: method.options.name ?? name, shown, version: fingerprint(method.original) };
  try {
    return make(identity);
  } catch (error) {
    if (!(error instanceof CacheError) || error.code !== 'ERR_MILLPOND_NAME_TAKEN') throw error;
    throw sameIdentity(identity.name, shown, error);
  }
}

function collect(refused: CacheError[], run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof CacheError)) throw error;
    refused.push(error);
  }
}

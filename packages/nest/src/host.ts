import type { AnyCached } from './cached-functions.js';
import type { CachedMethod } from './cached-method.js';

/** Who makes the cached functions of the instances that Nest injects it into. */
export interface Registry {
  /** Makes the cached function behind a decorated method of an instance, or finds the one that it shares. */
  cachedOf(instance: object, method: CachedMethod): AnyCached;
}

interface Host {
  readonly registry: Registry;
  /** The cached functions of this instance that were asked for already. */
  readonly cached: Map<CachedMethod, AnyCached>;
}

/**
 * Beside the instances, not on them: an object that is logged, compared or spread shows no cache, and a frozen one can
 * have one.
 */
const hosts = new WeakMap<object, Host>();

/** Gives an instance its registry. */
export function attach(instance: object, registry: Registry): void {
  hosts.set(instance, { registry, cached: new Map() });
}

/** The registry of an instance; undefined when Nest did not inject it. */
export function registryOf(instance: object): Registry | undefined {
  return hosts.get(instance)?.registry;
}

/** The cached function behind a decorated method of an object; undefined when Nest did not inject the object. */
export function cachedOf(instance: unknown, method: CachedMethod): AnyCached | undefined {
  if (typeof instance !== 'object' || instance === null) return undefined;
  const host = hosts.get(instance);
  if (host === undefined) return undefined;
  let cached = host.cached.get(method);
  if (cached === undefined) host.cached.set(method, (cached = host.registry.cachedOf(instance, method)));
  return cached;
}

/**
 * The property into which Nest injects the registry. Nest's message about a provider that it does not find names the
 * property, so its description is the cure.
 */
export const REGISTRY_PROPERTY: unique symbol = Symbol(
  '@millpond/nest: a method of this class is cached, so import CacheModule.forRoot() in the root module',
);

/** Turns Nest's assignment to {@link REGISTRY_PROPERTY} into an {@link attach}, for a prototype and its heirs. */
export function acceptRegistry(prototype: object): void {
  if (REGISTRY_PROPERTY in prototype) return;
  Object.defineProperty(prototype, REGISTRY_PROPERTY, {
    configurable: true,
    get(this: object) {
      return registryOf(this);
    },
    set(this: object, registry: Registry) {
      attach(this, registry);
    },
  });
}

import { CacheError, type CacheErrorCode } from '@millpond/core';

/** Whom a resource belongs to. */
export type ResourceOwnerKind = 'application' | 'request' | 'tenant';

/** A wrong use of `provideResource` or `tenantContexts`. */
export function wrongResourceProvider(where: string, why: string): CacheError {
  return new CacheError('ERR_MILLPOND_INVALID_OPTION', `${where}: ${why}`);
}

/** An option of resources that are asked for again and again, which an injected one is not. */
export function notForInjected(where: string, option: string): CacheError {
  return wrongResourceProvider(
    where,
    `option \`${option}\` has no meaning for a resource that is injected: it stays with what it was injected into, so none ` +
      'can take its place there. Leave it out; or build the thing in a method under @CacheResource(), and call that on each ' +
      'use. (How many tenants there may be, and for how long, tenantContexts() is told.)',
  );
}

/** A resource that belongs to a request, built where nothing says when that ends. */
export function noEndOfRequest(name: string): CacheError {
  return new CacheError(
    'ERR_MILLPOND_NO_SCOPE',
    `${name}: it is released at the end of the HTTP request for which Nest makes it, but it was asked for outside any (a ` +
      'microservice message, an event of a gateway, a job, a module that was loaded late), where nothing tells the end, so ' +
      'it was not built. Build it there with a lease: `await using lease = await getThing.lease()` of a function under ' +
      'cache.cacheResource(). Or give the provider scope: Scope.DEFAULT, and all share one.',
  );
}

/** A resource of an owner that has ended. */
export function resourceScopeEnded(name: string, kind: ResourceOwnerKind, when: 'before' | 'during'): CacheError {
  const code: CacheErrorCode = kind === 'application' ? 'ERR_MILLPOND_CLOSED' : 'ERR_MILLPOND_NO_SCOPE';
  const what =
    when === 'before'
      ? `the ${kind} it is for has ended, so it was not built. Ask for it before`
      : `the ${kind} it is for ended while it was being built, so it was released. Nothing is to be mended if a client left`;
  return new CacheError(code, `${name}: ${what}.`);
}

/** A resource that goes with a request, in a provider that outlives it. */
export function outlivedByHolder(name: string, owner: 'request' | 'holder', holder: string): CacheError {
  const scope = owner === 'holder' ? 'TRANSIENT' : 'REQUEST';
  return wrongResourceProvider(
    name,
    `scope: Scope.${scope}, injected into ${holder}, or into what that holds, of which there is one for each tenant. Nest makes ` +
      'it for the request that comes first, whose end would release it under the others: give it { scope: Scope.REQUEST, ' +
      `durable: true }, or take \`durable\` from ${holder}.`,
  );
}

/** A resource of the app whose factory takes something of a request. */
export function builtPerRequest(name: string): CacheError {
  return wrongResourceProvider(
    name,
    'it is to be one for the app, but what is injected into its factory (or into that) is request-scoped, so Nest would make ' +
      'one for each request, and the end of the app release them all. Give it { scope: Scope.REQUEST }, or inject what ' +
      'lives as long as the app.',
  );
}

/** A durable resource in an app whose tenants have no known end. */
export function unknownTenants(name: string): CacheError {
  return wrongResourceProvider(
    name,
    'durable: true, but the strategy that was given to ContextIdFactory.apply() does not tell when a tenant goes, so nothing ' +
      'would release it. Use ContextIdFactory.apply(tenantContexts({ tenantOf: (request) => ... })); or keep the strategy, and ' +
      'call a method under @CacheResource({ maxEntries, idleTimeout }) with the tenant as its argument, on each use.',
  );
}

import { createCache, type Cache, type Clock, type Duration, type Lease } from '@millpond/core';
import { ContextIdFactory, type ContextId, type ContextIdStrategy } from '@nestjs/core';
import { wrongResourceProvider } from './errors.js';
import { requestOf } from '../requests/http-requests.js';
import { Life } from '../requests/life.js';

/** Options of `tenantContexts`. */
export interface TenantContextsOptions<Request> {
  /**
   * Whose request it is; undefined when it is no tenant's. It is asked before guards, so it must go by what nobody can make
   * up, such as a host name or a verified token: each text that it gives has resources of its own.
   */
  readonly tenantOf: (request: Request) => string | undefined;
  /** How many tenants are kept; of more, the one that was used longest ago goes. Default 100. */
  readonly maxTenants?: number | undefined;
  /** A tenant without a request for this long goes. Default `'10m'`. */
  readonly idleTimeout?: Duration | undefined;
  /** How long what belongs to a tenant that has gone lives on, once its requests have ended; 0 for none. Default `'10s'`. */
  readonly releaseAfter?: Duration | undefined;
  /** Where time comes from. Default: the clock of the machine. */
  readonly clock?: Clock | undefined;
}

/** What `REQUEST` is in durable providers. */
export interface TenantPayload {
  readonly tenantId: string;
}

/** Where a payload says whose it is. Nest copies a payload onto the request; a key that can be listed goes with it. */
const TENANT = Symbol('@millpond/nest: the tenant of this request');

interface Tenant {
  readonly life: Life;
  /** The key under which Nest keeps the durable providers of the tenant: forgotten with it. */
  readonly contextId: ContextId;
  readonly payload: TenantPayload;
}

const ours = new WeakSet<object>();

/**
 * A strategy for Nest's durable providers, `ContextIdFactory.apply(tenantContexts({ tenantOf }))`: one of each for a tenant,
 * for as long as the tenant is among the `maxTenants` used last and not idle. When it goes, so do its durable providers; its
 * resources (`provideResource(..., { scope: Scope.REQUEST, durable: true })`) are released once its requests have ended.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`
 */
export function tenantContexts<Request = unknown>(options: TenantContextsOptions<Request>): ContextIdStrategy<Request> {
  const { tenantOf, maxTenants } = options;
  if (typeof tenantOf !== 'function')
    throw wrongResourceProvider('tenantContexts', 'option `tenantOf` must be a function.');
  if (maxTenants !== undefined && !(Number.isSafeInteger(maxTenants) && maxTenants > 0)) {
    throw wrongResourceProvider('tenantContexts', 'option `maxTenants` must be a whole number of at least 1.');
  }
  const tenants = new Tenants(options);
  const strategy: ContextIdStrategy<Request> = {
    attach(contextId, request) {
      const id = tenantOf(request);
      if (typeof id !== 'string' || id === '') return () => contextId;
      const tenant = tenants.enter(id, requestOf(request));
      return {
        payload: tenant.payload,
        resolve: ({ isTreeDurable }) => (isTreeDurable ? tenant.contextId : contextId),
      };
    },
  };
  ours.add(strategy);
  return strategy;
}

/** The tenant that a request, or what Nest gives in its place, is of. */
export function tenantOf(given: unknown): Life | undefined {
  const life: unknown = typeof given === 'object' && given !== null ? Reflect.get(given, TENANT) : undefined;
  return life instanceof Life ? life : undefined;
}

/** Whether requests are given to tenants by a strategy that is not ours. Nest keeps it where TypeScript does not look. */
export function hasForeignTenants(): boolean {
  const strategy: unknown = Reflect.get(ContextIdFactory, 'strategy');
  return typeof strategy === 'object' && strategy !== null && !ours.has(strategy);
}

/** The tenants are resources themselves: used by leases, evicted, and let go of when they are idle. */
class Tenants {
  readonly #lives: ReturnType<typeof livesOf>;
  /** Those of which the cache does not know yet, since it takes them in hand a moment later. */
  readonly #arriving = new Map<string, Tenant>();

  constructor(options: TenantContextsOptions<never>) {
    this.#lives = livesOf(
      createCache({ clock: options.clock }),
      options,
      (id) => this.#arriving.get(id) ?? newTenant(id),
    );
  }

  /** The tenant of a request, which is not let go of before that has ended. */
  enter(id: string, request: Life | undefined): Tenant {
    const tenant = this.#lives.peek(id) ?? this.#arriving.get(id) ?? newTenant(id);
    this.#arriving.set(id, tenant);
    const lease = this.#lives.lease(id);
    void this.#arrived(id, lease);
    // Of what is no HTTP request the end is not known: that it began is all that counts.
    if (request === undefined) void endLease(lease);
    else request.onEnd(() => endLease(lease));
    return tenant;
  }

  async #arrived(id: string, lease: Promise<Lease<Tenant>>): Promise<void> {
    const { resource } = await lease;
    if (this.#arriving.get(id) === resource) this.#arriving.delete(id);
  }
}

async function endLease(lease: Promise<Lease<unknown>>): Promise<void> {
  await (await lease)[Symbol.asyncDispose]();
}

function livesOf(cache: Cache, options: TenantContextsOptions<never>, find: (id: string) => Tenant) {
  const { maxTenants = 100, idleTimeout = '10m', releaseAfter } = options;
  // Messages about the options call it so.
  function tenantContexts(id: string): Tenant {
    return find(id);
  }
  return cache.cacheResource(tenantContexts, {
    maxEntries: maxTenants,
    idleTimeout,
    releaseAfter,
    // Each app sees to its own releases: they are not waited for here.
    onRelease: ({ life }, reason) => void life.end(reason),
  });
}

function newTenant(tenantId: string): Tenant {
  const life = new Life();
  const payload: TenantPayload & { readonly [TENANT]: Life } = { tenantId, [TENANT]: life };
  return { life, contextId: ContextIdFactory.create(), payload };
}

import type { Cache, CacheError, CloseReport, ReleaseReason } from '@millpond/core';
import type { OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { together } from '../errors.js';
import { holderOf, isHeldByApp, nameOf } from '../providers.js';
import { hasResourcesOfRequests, providedFor, type ResourceDefinition } from './definition.js';
import { noEndOfRequest, outlivedByHolder, unknownTenants } from './errors.js';
import { requestOf, watchRequests } from '../requests/http-requests.js';
import type { Life } from '../requests/life.js';
import type { Adapter } from '../requests/platform.js';
import { misplaced, misplacedAmong } from './placement.js';
import type { HttpScopes } from '../scopes/index.js';
import { ResourceBuilder, type BuildContext } from './resource-builder.js';
import { ResourceScope, type BuiltResource } from './resource-scope.js';
import { hasForeignTenants, tenantOf } from './tenant-contexts.js';

/** The token of the app's {@link ScopedResources}; Nest's message about one that it does not find names the cure. */
export const SCOPED_RESOURCES: unique symbol = Symbol(
  '@millpond/nest: a resource is provided, so import CacheModule.forRoot() in the root module',
);

/** The resources of a request or a tenant that has not ended. */
interface OpenScope {
  readonly scope: ResourceScope;
  /** Ends it with its app, and no more with its owner. */
  readonly forget: () => void;
}

/** The resources of an app that Nest injects, each in the scope of whom it belongs to. */
export class ScopedResources implements OnModuleInit, OnApplicationBootstrap {
  readonly #cache: Cache;
  readonly #modules: ModulesContainer;
  readonly #scopes: Pick<HttpScopes, 'entrance'>;
  readonly #builders: Readonly<Record<BuildContext, Map<ResourceDefinition, ResourceBuilder>>> = {
    detached: new Map(),
    caller: new Map(),
    request: new Map(),
  };
  readonly #application = new ResourceScope('application');
  /** Of requests and tenants that have not ended. */
  readonly #open = new Map<Life, OpenScope>();
  #hasStarted = false;
  #isClosed = false;
  /** Of releases, since the app began to close. */
  readonly #failures: CacheError[] = [];

  constructor(cache: Cache, scopes: Pick<HttpScopes, 'entrance'>, modules: ModulesContainer) {
    this.#cache = cache;
    this.#scopes = scopes;
    this.#modules = modules;
  }

  /** Refuses, before the app serves anything, every resource that would go while it is still held, or never. */
  onModuleInit(): void {
    const refused = [...misplacedAmong(this.#modules)];
    // As far as the strategy has been given before the app is made, which is not said anywhere that it must be.
    const ofTenants = hasForeignTenants() ? providedFor(this.#modules, 'tenant') : [];
    for (const { name } of ofTenants) refused.push(unknownTenants(name));
    if (refused.length > 0) throw together(refused, 'resources cannot be provided');
  }

  /** Notes the requests of the app, where resources may belong to them; to be called while modules configure their middleware. */
  watch(adapter: Adapter | null | undefined): void {
    if (hasResourcesOfRequests(this.#modules)) watchRequests(adapter);
  }

  onApplicationBootstrap(): void {
    this.#hasStarted = true;
  }

  /** Builds one for the app. */
  forApplication(definition: ResourceDefinition, dependencies: readonly unknown[]): Promise<unknown> {
    return this.#build(this.#application, definition, dependencies);
  }

  /**
   * Builds one for a request; `given` is what Nest gives under its token `REQUEST`.
   *
   * @throws CacheError (a rejection) `ERR_MILLPOND_NO_SCOPE` outside any request, and when it has ended.
   */
  async forRequest(definition: ResourceDefinition, given: unknown, dependencies: readonly unknown[]): Promise<unknown> {
    const request = this.#requestOf(definition, given);
    const scope = this.#scopeOf(request, 'request');
    const enter = this.#scopes.entrance(request);
    const context = enter === undefined ? 'caller' : 'request';
    const build = (): Promise<BuiltResource> => this.#builderOf(definition, context).build(dependencies);
    // In the request's scope, its factory may call functions of the request and of its session.
    return scope.hold(definition.name, enter === undefined ? build : () => enter(build));
  }

  /** Builds one for the tenant of a request; a request that has none has its own. */
  async forTenant(definition: ResourceDefinition, given: unknown, dependencies: readonly unknown[]): Promise<unknown> {
    const tenant = tenantOf(given);
    if (tenant !== undefined) return this.#build(this.#scopeOf(tenant, 'tenant'), definition, dependencies);
    if (hasForeignTenants()) throw unknownTenants(definition.name);
    return this.forRequest(definition, given, dependencies);
  }

  /** Builds one for the instance into which Nest is about to inject it, which belongs to the app or to a request. */
  async forHolder(definition: ResourceDefinition, holder: unknown, dependencies: readonly unknown[]): Promise<unknown> {
    switch (holderOf(this.#modules, holder)) {
      case 'singleton':
        return this.forApplication(definition, dependencies);
      case 'durable':
        throw outlivedByHolder(definition.name, 'holder', nameOf(holder));
      case 'unknown':
        // What is made before the app serves anything is made for the app.
        return this.#hasStarted || requestOf(undefined) !== undefined
          ? this.#forUnknown(definition, dependencies)
          : this.forApplication(definition, dependencies);
    }
  }

  /** Releases everything: of requests, then of tenants, then of the app. Never rejects. */
  async close(): Promise<CloseReport> {
    this.#isClosed = true;
    for (const kind of ['request', 'tenant'] as const) {
      const open = [...this.#open.values()].filter(({ scope }) => scope.kind === kind);
      await Promise.all(
        open.map(({ scope, forget }) => {
          forget();
          return scope.endNow('close');
        }),
      );
    }
    await this.#application.endNow('close');
    for (const builders of Object.values(this.#builders)) for (const builder of builders.values()) builder.close();
    return { failures: this.#failures };
  }

  /**
   * Builds one for what Nest does not tell: most likely for what lives as long as the request. Only later is it known
   * whether it went into a singleton, of a module that was loaded in the request: then the app has it from the request.
   */
  async #forUnknown(definition: ResourceDefinition, dependencies: readonly unknown[]): Promise<unknown> {
    const scope = this.#scopeOf(this.#requestOf(definition, undefined), 'request');
    return scope.hold(definition.name, async () => {
      const built = await this.#builderOf(definition, 'caller').build(dependencies);
      const release = (reason: ReleaseReason): Promise<void> =>
        isHeldByApp(this.#modules, built.resource) ? this.#application.adopt(built) : built.release(reason);
      return { ...built, release };
    });
  }

  #requestOf(definition: ResourceDefinition, given: unknown): Life {
    const refused = misplaced(this.#modules, definition);
    if (refused !== undefined) throw refused;
    const request = requestOf(given);
    if (request === undefined) throw noEndOfRequest(definition.name);
    return request;
  }

  #build(scope: ResourceScope, definition: ResourceDefinition, dependencies: readonly unknown[]): Promise<unknown> {
    // What outlives a request sees nothing of the one that came first; a request's own sees it, as its other providers do.
    const builder = this.#builderOf(definition, 'detached');
    return scope.hold(definition.name, () => builder.build(dependencies));
  }

  #builderOf(definition: ResourceDefinition, context: BuildContext): ResourceBuilder {
    const builders = this.#builders[context];
    let builder = builders.get(definition);
    if (builder === undefined) {
      const onFailure = (error: CacheError): void => {
        if (this.#isClosed) this.#failures.push(error);
      };
      builder = new ResourceBuilder(this.#cache, definition, context, onFailure);
      builders.set(definition, builder);
    }
    return builder;
  }

  /** The scope of a request or a tenant. When that has ended, or the app has, nothing is built in it. */
  #scopeOf(life: Life, kind: 'request' | 'tenant'): ResourceScope {
    const open = this.#open.get(life);
    if (open !== undefined) return open.scope;
    if (this.#isClosed) return this.#application;
    const scope = new ResourceScope(kind);
    // Of one that has ended already it is left again at once, and refuses.
    const forget = life.onEnd(async (reason) => {
      await scope.end(reason);
      this.#open.delete(life);
    });
    this.#open.set(life, { scope, forget });
    return scope;
  }
}

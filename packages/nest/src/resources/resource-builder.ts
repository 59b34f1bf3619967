import type { Cache, CachedResource, CacheError, Lease, ReleaseReason } from '@millpond/core';
import type { ResourceDefinition } from './definition.js';
import { disposeOf, isObject } from './dispose.js';
import type { BuiltResource } from './resource-scope.js';

/** Each build has a ticket of its own, as its key: none is ever another's. */
type Built = CachedResource<readonly [ticket: number, ...dependencies: readonly unknown[]], unknown>;

/** A resource that lives, once for all builds that answered with it. */
interface Living {
  readonly resource: object;
  /** The key of the build that answered with it first: its release is told under it. */
  readonly key: string;
  /** Builds that hold it. */
  holders: number;
  reason: ReleaseReason | undefined;
  isReleasing: boolean;
  readonly onGone: (() => void)[];
}

/** Where the factory of a resource runs: outside any request, in its caller's async context, or in its scope as well. */
export type BuildContext = 'detached' | 'caller' | 'request';

let tickets = 0;

/**
 * Builds the resources of one provider, as resources of the cache: so they are counted, told of and known as arguments like
 * any other, and what a factory gets from other cached resources is not released before what it has built.
 */
export class ResourceBuilder {
  readonly #definition: ResourceDefinition;
  readonly #isScoped: boolean;
  readonly #cached: Built;
  readonly #living = new Map<object, Living>();
  readonly #byKey = new Map<string, Living>();
  readonly #stop: readonly (() => void)[];

  /** `onFailure` hears of releases that failed. */
  constructor(
    cache: Cache,
    definition: ResourceDefinition,
    context: BuildContext,
    onFailure: (error: CacheError) => void,
  ) {
    this.#definition = definition;
    this.#isScoped = context === 'request';
    const { name, identity } = definition;
    const build = (ticket: number, ...dependencies: readonly unknown[]): Promise<unknown> =>
      this.#build(ticket, dependencies);
    this.#cached = cache.cacheResource(build, {
      name,
      context: context === 'detached' ? 'detached' : 'caller',
      scope: this.#isScoped ? 'request' : 'global',
      key: (ticket) => ticket,
      onRelease: (resource, reason) => this.#onRelease(resource, reason),
      // Who holds it is what keeps it; when that has gone, nobody uses it any more.
      releaseAfter: 0,
      ...(identity === undefined ? {} : { identity: (resource: unknown) => identity(resource) }),
    });
    const { name: fn } = this.#cached.stats();
    this.#stop = [
      cache.on('released', (event) => {
        if (event.fn === fn) this.#gone(event.key);
      }),
      cache.on('releaseFailed', (event) => {
        if (event.fn !== fn) return;
        onFailure(event.error);
        this.#gone(event.key);
      }),
    ];
  }

  /** Builds one, and holds it until it is released. */
  async build(dependencies: readonly unknown[]): Promise<BuiltResource> {
    const ticket = (tickets += 1);
    // A lease, since an entry of a cache may be cleared at any time.
    const lease = await this.#cached.lease(ticket, ...dependencies);
    return { resource: lease.resource, release: (reason) => this.#release(ticket, lease, reason) };
  }

  /** Stops listening to the cache. */
  close(): void {
    for (const stop of this.#stop) stop();
  }

  async #build(ticket: number, dependencies: readonly unknown[]): Promise<unknown> {
    const resource = await this.#definition.factory(...dependencies);
    if (!isObject(resource)) return resource;
    let living = this.#living.get(resource);
    if (living === undefined) {
      const key = this.#cached.keyOf(ticket);
      living = { resource, key, holders: 0, reason: undefined, isReleasing: false, onGone: [] };
      this.#living.set(resource, living);
      this.#byKey.set(key, living);
    }
    living.holders += 1;
    return resource;
  }

  async #release(ticket: number, lease: Lease<unknown>, reason: ReleaseReason): Promise<void> {
    const living = isObject(lease.resource) ? this.#living.get(lease.resource) : undefined;
    if (living !== undefined) {
      living.holders -= 1;
      living.reason = reason;
    }
    // What is of a scope goes with it: of one that is over there is nothing to delete.
    if (!this.#isScoped) await this.#cached.delete(ticket);
    await lease[Symbol.asyncDispose]();
    // The cache lets go in the next turn, unless somebody else holds it, too.
    await new Promise((resolve) => setImmediate(resolve));
    if (living === undefined || this.#byKey.get(living.key) !== living) return;
    if (living.isReleasing) await new Promise<void>((resolve) => living.onGone.push(resolve));
    else if (living.holders === 0) this.#forget(living);
  }

  #onRelease(resource: unknown, reason: ReleaseReason): unknown {
    const living = isObject(resource) ? this.#living.get(resource) : undefined;
    if (living !== undefined) living.isReleasing = true;
    const { onRelease = disposeOf } = this.#definition;
    return onRelease(resource, living?.reason ?? (reason === 'scope' ? 'close' : reason));
  }

  #gone(key: string): void {
    const living = this.#byKey.get(key);
    if (living === undefined) return;
    this.#forget(living);
    for (const tell of living.onGone) tell();
  }

  #forget(living: Living): void {
    this.#byKey.delete(living.key);
    this.#living.delete(living.resource);
  }
}

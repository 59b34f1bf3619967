import type { ReleaseReason } from '@millpond/core';
import type { InjectionToken, OptionalFactoryDependency, Scope } from '@nestjs/common';

/** What is injected into a factory: a token for each of its parameters. */
export type InjectFor<A extends readonly unknown[]> = {
  readonly [I in keyof A]: InjectionToken | OptionalFactoryDependency;
};

/** Options of `provideResource`, for a factory that takes `A` and builds an `R`. */
export interface ProvideResourceOptions<A extends readonly unknown[], R> {
  /** What Nest injects into the factory. Needed when the factory has parameters. */
  readonly inject?: InjectFor<A> | undefined;
  /**
   * Whom one belongs to, who is also whose end releases it: the app (`Scope.DEFAULT`, the default), an HTTP request
   * (`Scope.REQUEST`), or each instance that it is injected into (`Scope.TRANSIENT`).
   */
  readonly scope?: Scope | undefined;
  /** With `Scope.REQUEST`: one for each tenant, instead of one for each request. See `tenantContexts`. Default false. */
  readonly durable?: boolean | undefined;
  /** What it is called in messages, events and `stats()`. Default: its token. */
  readonly name?: string | undefined;
  /**
   * Lets a resource go. The reason is `'close'` at the end of what it belongs to, `'expire'` or `'evict'` when a tenant was
   * idle or one too many, `'discard'` when it was built too late. Default: its `Symbol.asyncDispose`, then its
   * `Symbol.dispose`.
   */
  readonly onRelease?: ((resource: R, reason: ReleaseReason) => unknown) | undefined;
  /** What it is keyed by where it is an argument of a cached function with a store; see `identity` of `cacheResource`. */
  readonly identity?: ((resource: R) => string) | undefined;
}

import type { ReleaseReason } from '@millpond/core';
import type { ModulesContainer } from '@nestjs/core';
import { allWrappers } from '../providers.js';

/** What one call of `provideResource` says, as the app's side of it needs it. */
export interface ResourceDefinition {
  /** Shown in messages, and the name of its resources in the cache. */
  readonly name: string;
  readonly factory: (...dependencies: readonly unknown[]) => unknown;
  readonly onRelease: ((resource: unknown, reason: ReleaseReason) => unknown) | undefined;
  readonly identity: ((resource: unknown) => string) | undefined;
}

/** The factories that Nest was given for resources that may belong to a request. */
const ofRequests = new WeakSet<object>();

/** Notes that what a factory of Nest makes may belong to a request. */
export function noteOfRequests(useFactory: object): void {
  ofRequests.add(useFactory);
}

/** Whether an app has a provider of resources that may belong to a request. */
export function hasResourcesOfRequests(modules: ModulesContainer): boolean {
  for (const { wrapper } of allWrappers(modules)) {
    const made: unknown = wrapper.metatype;
    if (typeof made === 'function' && ofRequests.has(made)) return true;
  }
  return false;
}

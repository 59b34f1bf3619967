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

/** Whom the resources of a provider belong to, as far as the provider says it itself. */
export type Owner = 'application' | 'request' | 'tenant' | 'holder';

/** What Nest knows as one factory. */
interface Provided {
  readonly definition: ResourceDefinition;
  readonly owner: Owner;
}

/** By the factory that Nest was given. */
const provided = new WeakMap<object, Provided>();

/** Notes whose is what a factory of Nest makes. */
export function noteProvided(useFactory: object, definition: ResourceDefinition, owner: Owner): void {
  provided.set(useFactory, { definition, owner });
}

/** What a provider of Nest provides, when it is one of resources. */
export function providedBy({ metatype }: { readonly metatype: unknown }): Provided | undefined {
  return typeof metatype === 'function' ? provided.get(metatype) : undefined;
}

/** What an app provides that is of some owners. */
export function* providedFor(modules: ModulesContainer, ...owners: readonly Owner[]): Generator<ResourceDefinition> {
  for (const { wrapper } of allWrappers(modules)) {
    const found = providedBy(wrapper);
    if (found !== undefined && owners.includes(found.owner)) yield found.definition;
  }
}

/** Whether an app has a provider of resources that may belong to a request. */
export function hasResourcesOfRequests(modules: ModulesContainer): boolean {
  return providedFor(modules, 'request', 'tenant', 'holder').next().done === false;
}

import type { CacheError } from '@millpond/core';
import type { ModulesContainer } from '@nestjs/core';
import { allWrappers, tokenName, type Wrapper } from '../providers.js';
import { providedBy, type ResourceDefinition } from './definition.js';
import { builtPerRequest, outlivedByHolder } from './errors.js';

/** Every resource of an app whose owner ends before whoever holds it, or of which there would be more than it says. */
export function* misplacedAmong(modules: ModulesContainer): Generator<CacheError> {
  for (const { wrapper } of allWrappers(modules)) {
    const found = providedBy(wrapper);
    if (found?.owner === 'application' && !wrapper.isDependencyTreeStatic()) {
      yield builtPerRequest(found.definition.name);
    }
  }
  for (const { error } of heldTooLong(modules)) yield error;
}

/**
 * What is wrong with where a resource is about to be injected. Nest 11 learns what a request-scoped provider takes when it
 * first makes one, which is later than {@link misplacedAmong}.
 */
export function misplaced(modules: ModulesContainer, definition: ResourceDefinition): CacheError | undefined {
  for (const held of heldTooLong(modules)) if (held.definition === definition) return held.error;
  return undefined;
}

interface HeldTooLong {
  readonly definition: ResourceDefinition;
  readonly error: CacheError;
}

/** Resources that go with a request, in what Nest keeps for a tenant. */
function* heldTooLong(modules: ModulesContainer): Generator<HeldTooLong> {
  for (const { wrapper } of allWrappers(modules)) {
    if (!isOfTenant(wrapper)) continue;
    for (const held of heldBy(wrapper)) {
      const found = providedBy(held);
      if (found?.owner !== 'request' && found?.owner !== 'holder') continue;
      const { definition, owner } = found;
      yield { definition, error: outlivedByHolder(definition.name, owner, tokenName(wrapper.token)) };
    }
  }
}

/** What a provider keeps alive with itself: what is injected, and so on; not what lives as long of its own. */
function heldBy(wrapper: Wrapper, met = new Set<Wrapper>()): Set<Wrapper> {
  for (const dependency of dependenciesOf(wrapper)) {
    if (met.has(dependency) || livesAsLong(dependency)) continue;
    met.add(dependency);
    heldBy(dependency, met);
  }
  return met;
}

/** Of the app, or of a tenant, which is looked at as such. A transient is its holder's. */
function livesAsLong(wrapper: Wrapper): boolean {
  return !wrapper.isTransient && (wrapper.isDependencyTreeStatic() || wrapper.isDependencyTreeDurable());
}

function isOfTenant(wrapper: Wrapper): boolean {
  return !wrapper.isTransient && !wrapper.isDependencyTreeStatic() && wrapper.isDependencyTreeDurable();
}

function dependenciesOf(wrapper: Wrapper): readonly Wrapper[] {
  const properties = wrapper.getPropertiesMetadata() ?? [];
  // Nest fills the list by index, so that there may be holes.
  const parameters: readonly (Wrapper | undefined)[] = wrapper.getCtorMetadata() ?? [];
  return [...parameters, ...properties.map(({ wrapper }) => wrapper)].filter((one) => one !== undefined);
}

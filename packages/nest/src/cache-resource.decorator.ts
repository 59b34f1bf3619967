import type { ResourceOptions } from '@millpond/core';
import { decorate, type CachedMethodDecorator, type NoOtherKeys } from './decorate.js';

/**
 * Caches the thing that a method builds, as `cacheResource` of core does: everybody gets the same object, and it is
 * released when it goes, at the latest when the app closes.
 *
 * The callbacks among the options run with the instance as `this`. The method must return a promise.
 */
export function CacheResource<O extends ResourceOptions<never, never> = object>(
  options?: O & NoOtherKeys<O, ResourceOptions<never, never>>,
): CachedMethodDecorator<'resource', O> {
  return decorate('resource', options);
}

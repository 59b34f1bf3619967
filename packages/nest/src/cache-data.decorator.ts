import type { DataOptions } from '@millpond/core';
import { decorate, type CachedMethodDecorator, type NoOtherKeys } from './decorate.js';

/**
 * Caches what a method of a provider or a controller returns, as `cacheData` of core does: every caller gets a copy of
 * their own, and concurrent calls with equal arguments share one run.
 *
 * The callbacks among the options run with the instance as `this`. The method's arguments are the key; on a controller
 * they are what its pipes made of the request, and its guards run on every request.
 *
 * With `copy: 'freeze'` all callers get one frozen value, which the type of the method does not tell.
 *
 * The method must return a promise. On an object that Nest did not make (`new Users()` in a unit test) it is the plain
 * method.
 */
export function CacheData<O extends DataOptions<never, never> = object>(
  options?: O & NoOtherKeys<O, DataOptions<never, never>>,
): CachedMethodDecorator<'data', O> {
  return decorate('data', options);
}

import type { CachedData, CachedResource } from '@millpond/core';
import type { AnyCached } from './cached-functions.js';
import { methodName, methodOf, type CachedMethod } from './cached-method.js';
import { notCached } from './errors.js';
import { cachedOf } from './host.js';

/** The names of the methods of a class that return promises. */
export type AsyncMethodName<T> = {
  [K in keyof T]: T[K] extends (...args: never) => PromiseLike<unknown> ? K : never;
}[keyof T] &
  (string | symbol);

type ArgsOf<F> = F extends (...args: infer A) => unknown ? A : never;
type ResultOf<F> = F extends (...args: never) => PromiseLike<infer R> ? R : never;

/**
 * The cached function behind a `@CacheData()` method of an injected instance, to invalidate from outside, to look
 * at, or to call with options: `getCachedData(users, 'find').delete('42')`.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION` when the method is not one, or Nest did not make the instance.
 */
export function getCachedData<T extends object, K extends AsyncMethodName<T>>(
  instance: T,
  method: K,
): CachedData<ArgsOf<T[K]>, ResultOf<T[K]>> {
  return find('data', instance, method) as CachedData<ArgsOf<T[K]>, ResultOf<T[K]>>;
}

/**
 * The cached resource behind a `@CacheResource()` method of an injected instance:
 * `getCachedResource(reports, 'pool').refresh()`.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION` when the method is not one, or Nest did not make the instance.
 */
export function getCachedResource<T extends object, K extends AsyncMethodName<T>>(
  instance: T,
  method: K,
): CachedResource<ArgsOf<T[K]>, ResultOf<T[K]>> {
  return find('resource', instance, method) as CachedResource<ArgsOf<T[K]>, ResultOf<T[K]>>;
}

function find(kind: CachedMethod['kind'], instance: object, key: string | symbol): AnyCached {
  const where = `${instance.constructor.name}.${methodName(key)}`;
  const method = methodOf(instance, key);
  if (method?.kind !== kind) throw notCached(where, kind, 'undecorated');
  const cached = cachedOf(instance, method);
  if (cached === undefined) throw notCached(where, kind, 'notInjected');
  return cached;
}

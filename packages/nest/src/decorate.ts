import 'reflect-metadata';
import type { DataOptions, ResourceOptions } from '@millpond/core';
import { Inject } from '@nestjs/common';
import { methodName, ownMethod, remember, type CachedMethod, type Method } from './cached-method.js';
import { CacheRegistry } from './cache-registry.js';
import { cannotDecorate } from './errors.js';
import { noteUncached } from './fall-through.js';
import { acceptRegistry, cachedOf, REGISTRY_PROPERTY } from './host.js';

type Kind = CachedMethod['kind'];

/** A decorator of methods that return promises and take what the callbacks among its options take. */
export type CachedMethodDecorator<K extends Kind, O> = <F extends (...args: never) => unknown>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<F> & Fits<K, F, O>,
) => void;

/** Nothing to add to a descriptor that fits; otherwise a property whose name is what the compiler then tells. */
type Fits<K extends Kind, F, O> = F extends (...args: infer A) => infer R
  ? [R] extends [PromiseLike<infer V>]
    ? [O] extends [OptionsOf<K, A, V>]
      ? unknown
      : OptionsDoNotFit
    : NotAsynchronous
  : never;

type OptionsOf<K extends Kind, A extends readonly unknown[], V> = K extends 'data'
  ? DataOptions<A, V>
  : ResourceOptions<A, V>;

interface NotAsynchronous {
  readonly 'A cached method returns a Promise: make it async (and collect an Observable with lastValueFrom)': never;
}

interface OptionsDoNotFit {
  readonly 'A callback among the options takes other arguments, or another result, than the method has': never;
}

/** Refuses names that no option has, which an inferred type would otherwise let pass. */
export type NoOtherKeys<O, Known> = { readonly [N in Exclude<keyof O, keyof Known>]: never };

/** The decorator behind `@CacheData()` and `@CacheResource()`. */
export function decorate<K extends Kind, O extends object>(
  kind: K,
  options: O | undefined,
): CachedMethodDecorator<K, O> {
  return (target, key, descriptor) => {
    const method = describeMethod(kind, options, target, key, descriptor);
    const wrapper = wrap(method);
    // `any` is what the standard library gives to a descriptor whose type is not known: the edge is here.
    (descriptor as PropertyDescriptor).value = wrapper;
    remember(target, method);
    acceptRegistry(target);
    Inject(CacheRegistry)(target, REGISTRY_PROPERTY);
  };
}

function describeMethod(
  kind: Kind,
  options: object | undefined,
  target: object,
  key: string | symbol,
  descriptor: PropertyDescriptor | undefined,
): CachedMethod {
  if (typeof descriptor !== 'object') throw cannotDecorate(kind, 'this', 'notLegacy');
  const host = typeof target === 'function' ? target.name : target.constructor.name;
  const where = `${host}.${methodName(key)}`;
  if (typeof target === 'function') throw cannotDecorate(kind, where, 'static');
  const original: unknown = descriptor.value;
  if (!isMethod(original)) throw cannotDecorate(kind, where, 'notMethod');
  if (GENERATOR.test(Object.prototype.toString.call(original))) throw cannotDecorate(kind, where, 'generator');
  if (ownMethod(target, key) !== undefined) throw cannotDecorate(kind, where, 'twice');
  return { kind, host, key, original, options: options ?? {} };
}

const GENERATOR = /Generator/;

function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}

function wrap(method: CachedMethod): Method {
  const { original } = method;
  function wrapper(this: unknown, ...args: unknown[]): unknown {
    let cached;
    try {
      cached = cachedOf(this, method);
    } catch (error) {
      // A cached method always answers with a promise, also when it is refused.
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
    if (cached !== undefined) return cached(...args);
    noteUncached(method);
    return Reflect.apply(original, this, args);
  }
  Object.defineProperty(wrapper, 'name', { value: original.name, configurable: true });
  Object.defineProperty(wrapper, 'length', { value: original.length, configurable: true });
  // Routes, guards, pipes and whatever else the decorators below this one have said about the method.
  for (const key of Reflect.getOwnMetadataKeys(original)) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), wrapper);
  }
  return wrapper;
}

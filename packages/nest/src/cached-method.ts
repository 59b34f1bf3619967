import type { DataOptions, ResourceOptions } from '@millpond/core';

/** A method as the adapter sees it: parameters and result are checked by the decorators' types, not here. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Arguments whose types only the decorated class knows. */
export type AnyArgs = readonly unknown[];

interface Decorated {
  /** The name of the class that the decorator stands in. */
  readonly host: string;
  readonly key: string | symbol;
  readonly original: Method;
}

/** A method under `@CacheData()`, as it was written: no instance of its class exists yet. */
export interface DataMethod extends Decorated {
  readonly kind: 'data';
  readonly options: DataOptions<AnyArgs, unknown>;
}

/** A method under `@CacheResource()`, as it was written. */
export interface ResourceMethod extends Decorated {
  readonly kind: 'resource';
  readonly options: ResourceOptions<AnyArgs, unknown>;
}

/** A decorated method of either kind. */
export type CachedMethod = DataMethod | ResourceMethod;

/** By prototype, since another decorator above ours may put its own function in the place of our wrapper. */
const methods = new WeakMap<object, Map<string | symbol, CachedMethod>>();

/** Remembers a decorated method of a prototype. */
export function remember(prototype: object, method: CachedMethod): void {
  let own = methods.get(prototype);
  if (own === undefined) methods.set(prototype, (own = new Map()));
  own.set(method.key, method);
}

/** The method that a prototype itself (not what it inherits from) has decorated under a name. */
export function ownMethod(prototype: object, key: string | symbol): CachedMethod | undefined {
  return methods.get(prototype)?.get(key);
}

/** Every decorated method that instances of a prototype can run, inherited and overridden (`super`) ones included. */
export function methodsOf(prototype: object): readonly CachedMethod[] {
  const found: CachedMethod[] = [];
  for (const level of levels(prototype)) found.push(...(methods.get(level)?.values() ?? []));
  return found;
}

/** The decorated method that an object answers with under a name; undefined when a plain one hides it. */
export function methodOf(target: object, key: string | symbol): CachedMethod | undefined {
  for (const level of levels(target)) {
    const method = ownMethod(level, key);
    if (method !== undefined || Object.hasOwn(level, key)) return method;
  }
  return undefined;
}

function* levels(start: object): Generator<object> {
  for (let level: object | null = start; level !== null; level = Reflect.getPrototypeOf(level)) yield level;
}

/** How a method is called in messages and names: `find`, or a symbol's description. */
export function methodName(key: string | symbol): string {
  return typeof key === 'string' ? key : (key.description ?? 'symbol');
}

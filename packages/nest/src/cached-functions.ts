import { standsFor, type Cache, type CachedData, type CachedResource } from '@millpond/core';
import type { AnyArgs, CachedMethod } from './cached-method.js';

/** A cached function of either kind. */
export type AnyCached = CachedData<AnyArgs, unknown> | CachedResource<AnyArgs, unknown>;

/** What identifies a cached function among those of a cache, and its code among the versions of it. */
export interface Identity {
  readonly name: string;
  readonly version: string;
  /** What the method is called in messages about its options: `Users.find`. */
  readonly shown: string;
}

type Callback = (...args: AnyArgs) => unknown;

/** The cached function of one instance. The callbacks in its options have the instance as `this`. */
export function cacheOfInstance(cache: Cache, method: CachedMethod, instance: object, identity: Identity): AnyCached {
  const run: Callback = (...args) => Reflect.apply(method.original, instance, args);
  standsFor(run, method.original);
  const bind = (_option: string, callback: Callback): Callback => callback.bind(instance);
  return make(cache, method, run, identity, bind);
}

/**
 * The cached function of all instances of a class. Its first argument is the instance that runs; it is no part of the
 * key, because the `key` option, which such a function must have, replaces all arguments.
 */
export function cacheOfClass(cache: Cache, method: CachedMethod, identity: Identity): AnyCached {
  const run: Callback = (instance, ...args) => Reflect.apply(method.original, instance, args);
  return make(cache, method, run, identity, shift);
}

function make(
  cache: Cache,
  method: CachedMethod,
  run: Callback,
  identity: Identity,
  adapt: (option: string, callback: Callback) => Callback,
): AnyCached {
  const { name, version, shown } = identity;
  Object.defineProperty(run, 'name', { value: shown });
  if (method.kind === 'resource') return cache.cacheResource(run, { ...mapCallbacks(method.options, adapt), name });
  const options = mapCallbacks(method.options, adapt);
  return cache.cacheData(run, { ...options, name, version: options.version ?? version });
}

/** Takes the instance from where a class-wide function has it: first, or after the value that the callback judges. */
function shift(option: string, callback: Callback): Callback {
  switch (option) {
    case 'onRelease':
      return callback;
    case 'key':
      return (instance, ...args) => Reflect.apply(callback, instance, args);
    default:
      return (value, instance, ...args) => Reflect.apply(callback, instance, [value, ...args]);
  }
}

/** Every option that is a function is a callback; the others stay as they are. */
function mapCallbacks<O extends object>(options: O, adapt: (option: string, callback: Callback) => Callback): O {
  const mapped = Object.entries(options).map(([name, option]: [string, unknown]) => [
    name,
    isCallback(option) ? adapt(name, option) : option,
  ]);
  return Object.fromEntries(mapped) as O;
}

function isCallback(option: unknown): option is Callback {
  return typeof option === 'function';
}

/** What a class-wide cached function is to one of its instances: the same methods, without the first argument. */
export function ofInstance(shared: AnyCached, method: CachedMethod, instance: object): AnyCached {
  const call: Callback = (...args) => shared(instance, ...args);
  const own: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(shared) as [string, unknown][]) {
    own[name] = isCallback(value) && TAKES_ARGUMENTS.has(name) ? value.bind(undefined, instance) : value;
  }
  own['original'] = method.original.bind(instance);
  own['withOptions'] = (options: Parameters<AnyCached['withOptions']>[0]) => {
    const configured = shared.withOptions(options);
    return (...args: AnyArgs) => configured(instance, ...args);
  };
  return Object.assign(call, own) as unknown as AnyCached;
}

const TAKES_ARGUMENTS: ReadonlySet<string> = new Set(['keyOf', 'has', 'delete', 'refresh', 'peek']);

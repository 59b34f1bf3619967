import { describe, invalidOption, notCacheable } from '../errors/index.js';
import { isLocalStore } from './local/index.js';

/**
 * A Keyv storage adapter, of version 5 or 6, or anything that has its three methods. Structural: Millpond does not
 * import Keyv's types, and every one of its adapters fits.
 */
export interface KeyvAdapterLike {
  get(key: string): unknown;
  set(key: string, value: string, ttl?: number): unknown;
  delete(key: string): unknown;
  getMany?(keys: string[]): unknown;
  disconnect?(): unknown;
  /** What an adapter of version 6 says about itself; when `expires` is true, its `set` takes an instant. */
  readonly capabilities?: object | undefined;
}

/** A Keyv, of version 5.5 to 6. Structural, as {@link KeyvAdapterLike} is. */
export interface KeyvLike {
  get(key: string): unknown;
  set(key: string, value: string, ttl?: number): Promise<unknown>;
  delete(key: string): unknown;
  getMany(keys: string[]): Promise<unknown>;
  disconnect(): Promise<void>;
  readonly store: unknown;
}

/** A second tier: a Keyv, a Keyv storage adapter, or a `Map`. */
export type StoreInput = KeyvLike | KeyvAdapterLike | Map<string, unknown>;

const ALLOWED =
  'a Keyv instance (5.5 to 6), a Keyv storage adapter or a Map, such as `new Keyv({ store: new KeyvRedis(url), ' +
  "namespace: 'shop' })`";

/**
 * Checks the option `store`.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`, with the cure, for anything that is not a store: a connection
 *   string (of which Keyv itself would silently make a store in memory), a class, a promise, a bare client.
 */
export function checkStoreInput(value: unknown, where: string): void {
  if (isLocalStore(value))
    throw notCacheable(where, 'Option `store` is a local store', 'Give it as `persist` instead.');
  if (typeof value === 'object' && value !== null && mayBeStore(value)) return;
  const cure = cureFor(value);
  if (cure === undefined) throw invalidOption(where, 'store', value, ALLOWED);
  throw notCacheable(where, `Option \`store\` is ${describe(value)}, which is no store`, cure);
}

function mayBeStore(value: object): boolean {
  return !(value instanceof WeakMap) && ['get', 'set', 'delete'].every((name) => hasMethod(value, name));
}

function cureFor(value: unknown): string | undefined {
  if (typeof value === 'string') {
    return `Connect the store yourself and pass the adapter: a string would silently become a store in memory. Use ${ALLOWED}.`;
  }
  if (typeof value === 'function') {
    return `A class, a factory or a cached resource is not a store yet: call it first. Use ${ALLOWED}.`;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (hasMethod(value, 'then')) return `Await the promise first. Use ${ALLOWED}.`;
  if (hasMethod(value, 'get') && hasMethod(value, 'set') && hasMethod(value, 'del')) {
    return 'It looks like a bare client: wrap it in its Keyv adapter, such as `new KeyvRedis(client)` of @keyv/redis.';
  }
  return undefined;
}

/** Whether an object has a method of this name, its own or inherited. */
export function hasMethod(value: object, name: string): boolean {
  return typeof property(value, name) === 'function';
}

/** A property of something that came from outside, of unknown type. */
export function property(value: object, name: string): unknown {
  return Reflect.get(value, name);
}

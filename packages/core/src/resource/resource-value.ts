import { Duplex, Readable } from 'node:stream';
import { uncacheableValue } from '../errors/index.js';

/**
 * Refuses what only one caller can use: an iterator or a readable stream is over once it was read.
 *
 * @throws CacheError `ERR_MILLPOND_UNCACHEABLE_VALUE`
 */
export function checkResource(resource: unknown, fn: string): void {
  if (!isOneShot(resource)) return;
  const cure = 'Everybody would share it, but it can be read only once: return what it is made from, or collect it.';
  throw uncacheableValue(fn, 'result', 'an iterator or a readable stream', cure);
}

function isOneShot(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof Readable) return !(value instanceof Duplex);
  if (value instanceof ReadableStream) return true;
  return isOwnIterator(value, Symbol.iterator) || isOwnIterator(value, Symbol.asyncIterator);
}

/** Iterators and generators return themselves when asked for an iterator; collections return a new one. */
function isOwnIterator(value: object, symbol: symbol): boolean {
  if (typeof Reflect.get(value, 'next') !== 'function') return false;
  const make: unknown = Reflect.get(value, symbol);
  return typeof make === 'function' && Reflect.apply(make, value, []) === value;
}

/** Lets a resource go as the language says: `Symbol.asyncDispose`, else `Symbol.dispose`, else nothing. */
export function disposeOf(resource: unknown): unknown {
  if ((typeof resource !== 'object' || resource === null) && typeof resource !== 'function') return undefined;
  for (const symbol of [Symbol.asyncDispose, Symbol.dispose]) {
    const dispose: unknown = Reflect.get(resource, symbol);
    if (typeof dispose === 'function') return Reflect.apply(dispose, resource, []);
  }
  return undefined;
}

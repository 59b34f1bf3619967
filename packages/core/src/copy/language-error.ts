import { builtIn, isErrorName } from './kind.js';
import { defineField, type Fields } from './read.js';

type MakeError = new (...args: readonly unknown[]) => Error;

/**
 * An error of a class of the language with no own properties at all; fill it by {@link fillError}. Throws when the name
 * is not that of such a class in this version of Node.
 */
export function emptyError(name: string): Error {
  const Class = isErrorName(name) ? builtIn(name) : undefined;
  if (Class === undefined) throw new Error(`${JSON.stringify(name)} is not an error of the language here`);
  // Only made by its class is an error one to `util.types.isNativeError`; an AggregateError insists on a list.
  const error = new (Class as unknown as MakeError)(...(name === 'AggregateError' ? [[]] : []));
  for (const key of Object.getOwnPropertyNames(error)) Reflect.deleteProperty(error, key);
  return error;
}

/** Gives an error its own properties: `hidden` are not enumerable, as the language makes `message` and `cause`. */
export function fillError(error: Error, hidden: Fields, shown: Fields): void {
  for (const key of Object.keys(hidden)) {
    const value = hidden[key];
    Object.defineProperty(error, key, { value, writable: true, enumerable: false, configurable: true });
  }
  for (const key of Object.keys(shown)) defineField(error, key, shown[key]);
}

import { CacheError } from '../errors/index.js';
import { digest } from './digest.js';
import { isBound, isNative, ownName, sourceOf } from './source.js';

/** What tells a function apart from all others, in stored keys too. */
export interface Identity {
  readonly name: string;
  /** The given version, or the fingerprint of the function's source. */
  readonly version: string;
}

/** What was said about the identity of a function where it was wrapped. */
export interface IdentityOptions {
  readonly name: string | undefined;
  readonly version: string | undefined;
  /** Whether its entries outlive the process. */
  readonly stored: boolean;
  /** Names the culprit in messages. */
  readonly where: string;
}

/**
 * The identity of a function. Its name is the given one, or its own name and a digest of its source. Its version is the
 * given one, or the fingerprint of its source: of its own text only, for imports and closures are not seen. Hashers and
 * other options have no part in it.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION` when entries are stored, no version was given, and the code of the
 *   function cannot be seen, because it is bound or built in.
 */
export function identify(fn: (...args: never) => unknown, options: IdentityOptions): Identity {
  const { version, stored, where } = options;
  if (stored && version === undefined && isNative(fn)) throw invisibleCode(where, isBound(fn));
  const code = fingerprint(fn);
  return { name: options.name ?? `${ownName(fn) || 'anonymous'}@${code}`, version: version ?? code };
}

/**
 * The fingerprint of a function's code: a digest of its own source text. For adapters that cache a method through a
 * function of their own, and give the method's fingerprint as its `version`.
 */
export function fingerprint(fn: (...args: never) => unknown): string {
  return digest(sourceOf(fn));
}

function invisibleCode(where: string, bound: boolean): CacheError {
  const what = bound ? 'bound' : 'built-in';
  const orWrap = bound ? 'wrap the function before you bind it' : 'wrap it as (...args) => fn(...args)';
  return new CacheError(
    'ERR_MILLPOND_INVALID_OPTION',
    `${where}: the code of a ${what} function cannot be seen, so its stored entries would outlive a change of it. ` +
      `Give it a version that you change with the code, such as { version: '1' }, or ${orWrap}.`,
  );
}

import { invalidOption } from '../errors/index.js';
import { parametersOf, type Parameter } from './parameters.js';
import { isBound, isNative } from './source.js';

/** What was said about arguments that do not count. */
export interface IgnoreOptions {
  /** Indexes of arguments. */
  readonly ignoreArgs?: readonly number[] | undefined;
  /** Whether parameters whose name begins with `_` do not count either. */
  readonly ignoreUnderscored?: boolean | undefined;
}

/** Tells of an index whether the argument there is left out of the key. */
export type IsIgnored = (index: number) => boolean;

/** Says so of every argument. */
export const noneIgnored: IsIgnored = () => false;

/**
 * Which arguments of a function do not count, and are not looked at.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION` when the underscored ones are to be left out, and the names of the
 *   parameters cannot be seen, or none begins with `_`.
 */
export function ignoredArgs(fn: object, options: IgnoreOptions, where: string): IsIgnored {
  const indexes = new Set(options.ignoreArgs);
  let from = Number.POSITIVE_INFINITY;
  for (const { index, kind } of options.ignoreUnderscored === true ? underscored(fn, where) : []) {
    if (kind === 'rest') from = index;
    else indexes.add(index);
  }
  if (indexes.size === 0 && from === Number.POSITIVE_INFINITY) return noneIgnored;
  return (index) => index >= from || indexes.has(index);
}

interface Underscored {
  readonly index: number;
  readonly kind: Parameter['kind'];
}

function underscored(fn: object, where: string): readonly Underscored[] {
  const parameters = parametersOf(fn);
  if (parameters === undefined) throw refused(where, `${unseen(fn)}, whose parameter names cannot be seen`);
  const found = parameters.flatMap(({ name, kind }, index) =>
    name?.startsWith('_') === true ? [{ index, kind }] : [],
  );
  if (found.length === 0)
    throw refused(where, `a function none of whose parameters begins with _ (${shown(parameters)})`);
  return found;
}

function refused(where: string, what: string): Error {
  const allowed = `left out for ${what}; list the indexes of the arguments instead, such as ignoreArgs: [1]`;
  return invalidOption(where, 'ignoreUnderscored', true, allowed);
}

function unseen(fn: object): string {
  if (isBound(fn)) return 'a bound function';
  return isNative(fn) ? 'a built-in function or a proxy' : 'this function';
}

function shown(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return 'it has none';
  return `it has ${parameters.map(({ name, kind }) => `${kind === 'rest' ? '...' : ''}${name ?? '{}'}`).join(', ')}`;
}

import { invalidOption, unknownOption } from '../errors/index.js';

/** What every adapter can be told of its requests; what a function of them is, is checked where it is used. */
const KNOWN: readonly string[] = ['session', 'user', 'logger'];

/**
 * What an app says of its requests, by the option `scopes` of its adapter (`owner`), or by what it gives to a function of
 * that name: `true` says nothing.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION` for anything else than `true` and an object, and for a name that there is not.
 */
export function requestScopeOptions<O extends object>(given: unknown, owner?: string): Partial<O> {
  if (given === true) return {};
  if (typeof given !== 'object' || given === null) {
    const allowed = 'true, false or { session: (request) => ... }, with `user` and `logger` beside it';
    throw invalidOption(owner ?? 'scopes', 'scopes', given, allowed);
  }
  const unknown = Object.keys(given).find((option) => !KNOWN.includes(option));
  if (unknown !== undefined) throw unknownOption(owner === undefined ? 'scopes' : `${owner}: scopes`, unknown, KNOWN);
  return given;
}

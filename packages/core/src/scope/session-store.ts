import type { Begun, StoreFunction, StoreLookup } from '../store/index.js';
import { isOfThisProcess } from './function-scope.js';

const NOT_STORABLE: Begun = { storable: false };
const NOTHING: StoreLookup = { found: undefined, reason: 'cold', begun: NOT_STORABLE };

/** The store of a session-scoped function: what an anonymous visitor has made never reaches it. */
export function sessionStore(entries: StoreFunction): StoreFunction {
  return {
    ...entries,
    lookup: (key, tags) => (isOfThisProcess(key) ? Promise.resolve(NOTHING) : entries.lookup(key, tags)),
    inspect: (key, tags) =>
      isOfThisProcess(key) ? Promise.resolve({ key: '', state: 'none', deleted: false }) : entries.inspect(key, tags),
    begin: (key, tags) => (isOfThisProcess(key) ? Promise.resolve(NOT_STORABLE) : entries.begin(key, tags)),
    delete: (key) => (isOfThisProcess(key) ? Promise.resolve('acknowledged') : entries.delete(key)),
    expire: (key) => (isOfThisProcess(key) ? Promise.resolve('acknowledged') : entries.expire(key)),
  };
}

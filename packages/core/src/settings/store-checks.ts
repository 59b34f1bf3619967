import { isEither, type Check } from './check-options.js';
import { invalidOption } from '../errors/index.js';
import { checkStoreInput, isLocalStore } from '../store/index.js';

export const isStore: Check = (value, where) => checkStoreInput(value, where);
export const isStoreOrFalse: Check = isEither((value) => value === false, isStore);
export const isPersist: Check = (value, where, option) => {
  if (value !== 'disk' && !isLocalStore(value))
    throw invalidOption(where, option, value, "'disk', diskStore({ path }) or lmdbStore({ path })");
};

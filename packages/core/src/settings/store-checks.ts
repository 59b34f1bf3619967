import { isEither, type Check } from './check-options.js';
import { invalidOption } from '../errors/index.js';
import { checkStoreInput, isDiskStore } from '../store/index.js';

export const isStore: Check = (value, where) => checkStoreInput(value, where);
export const isStoreOrFalse: Check = isEither((value) => value === false, isStore);
export const isPersist: Check = (value, where, option) => {
  if (value !== 'disk' && !isDiskStore(value))
    throw invalidOption(where, option, value, "'disk' or diskStore({ path })");
};

export { diskStore, isLocalStore, lmdbStore, type LocalStore, type LocalStoreOptions } from './local/index.js';
export { checkStoreInput, type KeyvAdapterLike, type KeyvLike, type StoreInput } from './input.js';
export type {
  Acknowledgement,
  Begun,
  BrokenFence,
  EntryToKeep,
  StoredEntry,
  StoredVariant,
  StoreFunction,
  StoreFunctionIdentity,
  StoreInspection,
  StoreLookup,
  StoreMissReason,
  StoreTier,
  StoreTierOptions,
  InheritedPairs,
  TagPairs,
} from './store-types.js';
export { openStore } from './store-tier.js';

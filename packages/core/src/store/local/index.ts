export { diskStore } from './disk-store.js';
export { lmdbStore } from './lmdb-store.js';
export { DEAF, type LocalListener } from './local-port.js';
export { isLocalStore, type LocalStore, type LocalStoreOptions } from './local-store.js';
export type { Swept } from './sweep.js';

import { checkLmdb } from './lmdb-module.js';
import { lmdbPort } from './lmdb-port.js';
import { localStore, type LocalStore, type LocalStoreOptions } from './local-store.js';

/**
 * A store in an LMDB database, for the option `persist`: much faster than files, for which the package `lmdb` (version 3)
 * has to be installed. Several processes may share its folder, which is readable by its owner alone. What is over, and
 * what is too much, is removed as `diskStore` does it; the file of the database keeps the room and uses it again.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION` when the path is not a non-empty string, `maxBytes` no number of bytes,
 *   or the package is not installed.
 */
export function lmdbStore(options: LocalStoreOptions): LocalStore {
  const store = localStore(options, 'lmdbStore', lmdbPort);
  checkLmdb('lmdbStore');
  return store;
}

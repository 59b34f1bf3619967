import { diskPort } from './disk-port.js';
import { localStore, type LocalStore, type LocalStoreOptions } from './local-store.js';

/**
 * A store on disk, for the option `persist`: one file an entry, in a folder that is made when it is first needed,
 * readable by its owner alone. Several processes may share it. What is over is removed behind the calls, and so is
 * what was not used for the longest when it takes more than `maxBytes` (1 GiB by default).
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION` when the path is not a non-empty string, or `maxBytes` no number of
 *   bytes.
 */
export function diskStore(options: LocalStoreOptions): LocalStore {
  return localStore(options, 'diskStore', diskPort);
}

import { resolve } from 'node:path';
import { invalidOption } from '../errors/index.js';

/** A folder in which a cache keeps its entries. Made by {@link diskStore}; opaque. */
export interface DiskStoreInput {
  /** The absolute path of the folder. */
  readonly path: string;
}

/** Its class is how a disk store is told from any other object with a path. */
class DiskStore implements DiskStoreInput {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }
}

/**
 * A store on disk, for the option `persist`: one file an entry, in a folder that is made when it is first needed,
 * readable by its owner alone. Several processes may share it. A relative path is meant from the working directory.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION` when the path is not a non-empty string.
 */
export function diskStore(options: { readonly path: string }): DiskStoreInput {
  const path: unknown = options.path;
  if (typeof path !== 'string' || path.trim() === '' || path.includes('\0')) {
    throw invalidOption('diskStore', 'path', path, 'the path of a folder');
  }
  return new DiskStore(resolve(path));
}

/** Whether this was made by {@link diskStore}. */
export function isDiskStore(value: unknown): value is DiskStoreInput {
  return value instanceof DiskStore;
}

import { resolve } from 'node:path';
import type { Clock } from '../../clock.js';
import { invalidOption } from '../../errors/index.js';
import { checkOptions, isBytes, type Check } from '../../settings/check-options.js';
import type { StorePort } from '../port.js';
import type { LocalPortOptions } from './local-port.js';

/** What `diskStore` and `lmdbStore` take. */
export interface LocalStoreOptions {
  /** The folder; a relative path is meant from the working directory. It is made when it is first needed. */
  readonly path: string;
  /**
   * The most bytes that it may take; beyond, the entries that were not used for the longest go. By default 1 GiB. What
   * processes write at the same moment can exceed it, by about a tenth each.
   */
  readonly maxBytes?: number | undefined;
}

/** A store in a folder of this machine. Made by `diskStore` or `lmdbStore`, for the option `persist`; opaque. */
export interface LocalStore {
  /** The absolute path of the folder. */
  readonly path: string;
  /** The most bytes that it may take. */
  readonly maxBytes: number;
}

const DEFAULT_MAX_BYTES = 2 ** 30;

const isPath: Check = (value, where, option) => {
  if (typeof value === 'string' && value.trim() !== '' && !value.includes('\0')) return;
  throw invalidOption(where, option, value, 'the path of a folder');
};

/** Opens the store behind a {@link LocalStore}. */
type OpenLocal = (options: LocalPortOptions) => StorePort;

/** Its class is how a local store is told from any other object with a path. */
class OwnLocalStore implements LocalStore {
  readonly path: string;
  readonly maxBytes: number;
  readonly #open: OpenLocal;

  constructor(path: string, maxBytes: number, open: OpenLocal) {
    this.path = path;
    this.maxBytes = maxBytes;
    this.#open = open;
  }

  open(clock: Clock, hear: LocalPortOptions['hear']): StorePort {
    return this.#open({ path: this.path, maxBytes: this.maxBytes, clock, hear });
  }
}

/** Makes a local store of checked options; `where` is the function that was called. */
export function localStore(given: LocalStoreOptions, where: string, open: OpenLocal): LocalStore {
  checkOptions<LocalStoreOptions>(given, { path: isPath, maxBytes: isBytes }, where);
  // Checked, and still missing when it was not given.
  isPath(given.path, where, 'path');
  return new OwnLocalStore(resolve(given.path), given.maxBytes ?? DEFAULT_MAX_BYTES, open);
}

/** Whether this was made by `diskStore` or `lmdbStore`. */
export function isLocalStore(value: unknown): value is LocalStore & Pick<OwnLocalStore, 'open'> {
  return value instanceof OwnLocalStore;
}

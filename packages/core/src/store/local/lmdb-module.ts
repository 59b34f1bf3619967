import { createRequire } from 'node:module';
import { mkdir } from 'node:fs/promises';
import { notCacheable } from '../../errors/index.js';
import { codeOf } from './files.js';

/** What of a table of LMDB is used. Structural: core depends on no package, and users of a disk store need none. */
export interface LmdbTable {
  get(key: string): unknown;
  getEntry(key: string): { readonly value: unknown; readonly version?: number } | undefined;
  put(key: string, text: string, version?: number): Promise<boolean>;
  remove(key: string): Promise<boolean>;
  /** What `change` does happens, all of it, if the entry still has this version; else nothing. */
  ifVersion(key: string, version: number, change: () => void): Promise<boolean>;
  getRange(options: {
    readonly start: string;
    readonly exclusiveStart: boolean;
    readonly limit: number;
    readonly versions: true;
  }): Iterable<{ readonly key: string; readonly value: unknown; readonly version?: number }>;
  /** From now on reads see what other processes have committed. */
  resetReadTxn(): void;
}

interface LmdbEnvironment {
  openDB(name: string, options: { readonly encoding: 'string'; readonly useVersions: boolean }): LmdbTable;
  /** What `change` does happens at once, all of it or nothing. */
  batch(change: () => void): Promise<boolean>;
  /** Gives back the room that readers held which have ended without a word. */
  readerCheck(): number;
  close(): Promise<void>;
}

/** An LMDB that is open. */
export interface Lmdb {
  readonly environment: LmdbEnvironment;
  /** By key: the text, with the instant of its end before it. */
  readonly texts: LmdbTable;
  /** By key: what the janitor has to know, without the text. The version of a row is the end. */
  readonly index: LmdbTable;
}

/** A name in a variable: no bundler looks for a package that is not there. */
const PACKAGE: string = 'lmdb';

/**
 * Whether the package is installed is told where the store is made, not at its first use.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`, with the command that installs it.
 */
export function checkLmdb(where: string): void {
  try {
    createRequire(import.meta.url).resolve(PACKAGE);
  } catch (error) {
    // In a bundle it may not be told from here; then opening tells.
    if (codeOf(error) !== 'MODULE_NOT_FOUND') return;
    throw notCacheable(
      where,
      'the package `lmdb` is not installed',
      'Install it with `npm install lmdb@3`, or use diskStore({ path }), which needs no package.',
    );
  }
}

/** Loads the package, and opens the folder, which is made if need be. */
export async function openLmdb(path: string): Promise<Lmdb> {
  const lmdb = moduleOf(await import(PACKAGE));
  await mkdir(path, { recursive: true, mode: 0o700 });
  const environment = lmdb.open({ path, noSubdir: false, maxDbs: 4, encoding: 'string' });
  return {
    environment,
    texts: environment.openDB('texts', { encoding: 'string', useVersions: false }),
    index: environment.openDB('index', { encoding: 'string', useVersions: true }),
  };
}

interface LmdbModule {
  open(options: {
    readonly path: string;
    readonly noSubdir: boolean;
    readonly maxDbs: number;
    readonly encoding: 'string';
  }): LmdbEnvironment;
}

/** What the package exports, by its documentation. */
function moduleOf(loaded: unknown): LmdbModule {
  return loaded as LmdbModule;
}

import { createRequire } from 'node:module';
import { statfs } from 'node:fs/promises';
import { notCacheable } from '../../errors/index.js';
import { codeOf, makeFolder } from './files.js';

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

/** Where less is free, LMDB is not opened: it maps its files, and a page for which there is no room ends the process. */
const LEAST_ROOM = 2 ** 20;

/** Loads the package, and opens the folder, which is made if need be. */
export async function openLmdb(path: string): Promise<Lmdb> {
  // Not by `import`, which remembers a failure for ever: there may have been no more files to open.
  const lmdb = moduleOf(createRequire(import.meta.url)(PACKAGE));
  await makeFolder(path);
  const { bavail, bsize } = await statfs(path);
  if (bavail * bsize < LEAST_ROOM) throw new Error(`ENOSPC: less than ${LEAST_ROOM} bytes are free, open '${path}'`);
  // With `eventTurnBatching` each turn has one more promise, which nobody could own: a full disk would end the process.
  const environment = lmdb.open({
    path,
    noSubdir: false,
    maxDbs: 4,
    encoding: 'string',
    eventTurnBatching: false,
    // A change is done when all can see it. That it has reached the disk as well is not waited for, as with files.
    separateFlushed: true,
  });
  return {
    environment,
    texts: environment.openDB('texts', { encoding: 'string', useVersions: false }),
    index: environment.openDB('index', { encoding: 'string', useVersions: true }),
  };
}

/**
 * Changes all of something or nothing. `change` is `batch` or `ifVersion`, and `parts` makes the single changes in it,
 * whose promises reject as well when it fails, and must have an owner.
 *
 * @throws what LMDB says was the cause.
 */
export async function changed(
  change: (parts: () => void) => Promise<boolean>,
  parts: () => readonly Promise<unknown>[],
): Promise<void> {
  const promises: Promise<unknown>[] = [];
  promises.push(change(() => void promises.push(...parts())));
  const failures = (await Promise.allSettled(promises)).flatMap((end) =>
    end.status === 'rejected' ? [end.reason] : [],
  );
  const causes = failures.map(causeOf);
  if (causes.length > 0) throw await causes[0];
}

/** The error of a commit carries a promise that rejects with its cause; it is not waited for longer than a turn. */
async function causeOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('commitError' in error)) return error;
  return Promise.race([failureOf(error.commitError), nextTurn(error)]);
}

async function failureOf(rejecting: unknown): Promise<unknown> {
  try {
    return await rejecting;
  } catch (cause) {
    return cause;
  }
}

async function nextTurn<T>(value: T): Promise<T> {
  await new Promise((resolve) => setImmediate(resolve));
  return value;
}

interface LmdbModule {
  open(options: {
    readonly path: string;
    readonly noSubdir: boolean;
    readonly maxDbs: number;
    readonly encoding: 'string';
    readonly eventTurnBatching: false;
    readonly separateFlushed: true;
  }): LmdbEnvironment;
}

/** What the package exports, by its documentation. */
function moduleOf(loaded: unknown): LmdbModule {
  return loaded as LmdbModule;
}

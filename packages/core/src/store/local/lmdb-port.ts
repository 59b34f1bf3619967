import { systemClock } from '../../clock.js';
import { shelfOf } from '../names.js';
import type { StorePort } from '../port.js';
import { endOf, HEAD_LENGTH, headOf } from './dated-text.js';
import { codeOf } from './files.js';
import { startJanitor } from './janitor.js';
import { lmdbHoldings, noteUse } from './lmdb-holdings.js';
import { newRow } from './lmdb-index.js';
import { changed, openLmdb, type Lmdb } from './lmdb-module.js';
import type { LocalPortOptions } from './local-port.js';
import { sweep } from './sweep.js';

/** What is written at once is one commit, and a commit waits for the disk. */
const WRITES_AT_ONCE = 128;

/** What LMDB calls ENOSPC. */
const NO_SPACE = 28;

/** Of how many entries the use is noted between two sweeps. */
const MOST_USED = 10_000;

/**
 * Two tables of one LMDB: the texts, and an index for the janitor, which are always changed together. What a process
 * has committed is whole, and seen by all, however that process ends.
 */
export function lmdbPort({ path, maxBytes, clock, hear }: LocalPortOptions): StorePort {
  const used = new Set<string>();
  let opening: Promise<Lmdb> | undefined;
  let isClosed = false;

  /** Opens it once; after a failure the next operation tries again. */
  async function lmdb(): Promise<Lmdb> {
    if (!isClosed) {
      opening ??= openLmdb(path).catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      const opened = await opening;
      if (!isClosed) return opened;
    }
    throw new Error('it was closed');
  }

  const janitor = startJanitor({
    clock,
    maxBytes,
    hear,
    async sweep(options) {
      const opened = await lmdb();
      opened.environment.readerCheck();
      const keys = [...used];
      used.clear();
      await noteUse(opened.index, keys, options.now);
      return sweep(lmdbHoldings(opened), options);
    },
  });

  async function change(parts: (opened: Lmdb) => readonly Promise<unknown>[]): Promise<void> {
    const opened = await lmdb();
    await changed(
      (run) => opened.environment.batch(run),
      () => parts(opened),
    );
  }

  return {
    async getMany(keys) {
      const { texts } = await lmdb();
      texts.resetReadTxn();
      const now = clock.wallTime();
      return keys.map((key) => {
        const found = texts.get(key);
        if (typeof found !== 'string') return found;
        if (used.size < MOST_USED && shelfOf(key) !== undefined) used.add(key);
        const end = endOf(found);
        // Damaged: handed on as text that is no entry, so that it is told and deleted.
        if (end === undefined) return found;
        return end <= now ? undefined : found.slice(HEAD_LENGTH);
      });
    },
    async set(key, text, ttl) {
      const now = clock.wallTime();
      const end = Math.ceil(now + ttl);
      const row = newRow(key, text, systemClock.wallTime(), now);
      try {
        await change(({ texts, index }) => [texts.put(key, headOf(end) + text), index.put(key, row, end)]);
      } catch (error) {
        if (codeOf(error) === NO_SPACE) janitor.hurry();
        throw error;
      }
      janitor.wrote(HEAD_LENGTH + Buffer.byteLength(text));
    },
    writesAtOnce: WRITES_AT_ONCE,
    delete: (key) => change(({ texts, index }) => [texts.remove(key), index.remove(key)]),
    drop: (prefix) => janitor.cleared(prefix),
    async close() {
      isClosed = true;
      await janitor.stop();
      const [opened] = await Promise.allSettled([opening]);
      if (opened.status === 'fulfilled') await opened.value?.environment.close();
    },
  };
}

import { rename, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { StorePort } from '../port.js';
import { atMost } from './at-most.js';
import { HEAD_LENGTH } from './dated-text.js';
import { diskHoldings } from './disk-holdings.js';
import { DRAFTS, fileOf, folderOf } from './disk-place.js';
import { createDrafts } from './drafts.js';
import { codeOf, intoFolder, readDated, writeDated } from './files.js';
import { startJanitor } from './janitor.js';
import type { LocalPortOptions } from './local-port.js';
import { sweep } from './sweep.js';

/** Files that one look-up has open at once: an app has other use for its descriptors. */
const READS_AT_ONCE = 16;

/**
 * One file an entry, named by a digest. A file is written beside its place and then renamed, so a reader, in whatever
 * process, sees all of it or nothing; a process that was killed leaves at most such a draft, which another one removes.
 */
export function diskPort({ path: root, maxBytes, clock, hear }: LocalPortOptions): StorePort {
  const drafts = createDrafts(join(root, DRAFTS), clock);
  const holdings = diskHoldings(root, drafts);
  let isClosed = false;
  const isStopped = (): boolean => isClosed;
  const opened = drafts.sweep(isStopped);

  const janitor = startJanitor({
    clock,
    maxBytes,
    hear,
    async sweep(options) {
      await drafts.sweep(isStopped);
      return sweep(holdings, options);
    },
  });

  async function read(key: string): Promise<string | undefined> {
    const found = await readDated(fileOf(root, key));
    // Damaged: handed on as text that is no entry, so that it is told and deleted.
    if (found?.end === undefined) return found?.text;
    // The file stays when it is over: a reader's clock deletes nothing that a writer wrote.
    return found.end <= clock.wallTime() ? undefined : found.text;
  }

  async function write(key: string, text: string, ttl: number): Promise<void> {
    const [draft, place, now] = [await drafts.next(), fileOf(root, key), clock.wallTime()];
    try {
      await intoFolder(drafts.folder, () => writeDated(draft, text, now + ttl, now));
      await intoFolder(dirname(place), () => rename(draft, place));
    } catch (error) {
      // Where it cannot be removed either, the first failure is the one to tell of.
      await rm(draft, { force: true }).catch(() => undefined);
      if (codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT') janitor.hurry();
      throw error;
    }
    janitor.wrote(HEAD_LENGTH + Buffer.byteLength(text));
  }

  return {
    getMany: (keys) => atMost(READS_AT_ONCE, keys, read),
    set: write,
    delete: (key) => rm(fileOf(root, key), { force: true }),
    drop: (prefix) => janitor.cleared(folderOf(root, prefix) + sep),
    opened,
    async close() {
      isClosed = true;
      // However they ended, it has been told; here they only must not go on.
      await Promise.allSettled([opened, janitor.stop()]);
    },
  };
}

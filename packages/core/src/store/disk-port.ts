import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../clock.js';
import type { StorePort } from './port.js';

const HOUR = 3_600_000;
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** `MPD1`, the instant of the end in milliseconds since 1970 (16 digits), a line end; then the text. */
const HEADER = /^MPD1 (\d{16})\n/;
const HEADER_LENGTH = 'MPD1 '.length + 16 + 1;

/**
 * Files in two levels of folders, one an entry, named by a digest (so no key can lead out of the folder). A file is
 * written beside its place and then renamed, so a reader, in whatever process, sees all of it or nothing; a process
 * that was killed leaves at most such a temporary file, which a later one sweeps away.
 */
export function diskPort(root: string, clock: Clock): StorePort {
  const temporary = join(root, 'tmp');
  const opened = sweep(temporary, clock);

  async function read(key: string): Promise<string | undefined> {
    const found = await unlessMissing(readFile(fileOf(root, key), 'utf8'));
    if (found === undefined) return undefined;
    const end = HEADER.exec(found)?.[1];
    // Damaged: handed on as text that is no entry, so that it is told and deleted.
    if (end === undefined) return found;
    // The file stays when it is over: a reader's clock deletes nothing that a writer wrote.
    return Number(end) <= clock.wallTime() ? undefined : found.slice(HEADER_LENGTH);
  }

  return {
    getMany: (keys) => Promise.all(keys.map(read)),
    async set(key, text, ttl) {
      const end = String(Math.ceil(clock.wallTime() + ttl)).padStart(16, '0');
      const draft = join(temporary, `${process.pid}-${randomUUID()}`);
      const place = fileOf(root, key);
      try {
        await intoFolder(temporary, () => writeFile(draft, `MPD1 ${end}\n${text}`, { mode: FILE_MODE, flag: 'wx' }));
        await intoFolder(dirname(place), () => rename(draft, place));
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    },
    delete: (key) => rm(fileOf(root, key), { force: true }),
    opened,
    async close() {
      // However it ended, it has been told; here it only must not go on.
      await Promise.allSettled([opened]);
    },
  };
}

function fileOf(root: string, key: string): string {
  // Lower-case hexadecimal: some file systems take `a` and `A` for one name.
  const name = createHash('sha256').update(key).digest('hex');
  return join(root, name.slice(0, 2), name.slice(2, 4), name.slice(4));
}

/** Writes into a folder, which is made only when it turns out to be missing. */
async function intoFolder(folder: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isMissing(error)) throw error;
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    await write();
  }
}

/** Removes temporary files that are older than an hour: no write takes that long, so their writer is gone. */
async function sweep(folder: string, clock: Clock): Promise<void> {
  const names = (await unlessMissing(readdir(folder))) ?? [];
  for (const name of names) {
    const file = join(folder, name);
    const state = await unlessMissing(stat(file));
    if (state !== undefined && clock.wallTime() - state.mtimeMs > HOUR) await rm(file, { force: true });
  }
}

async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

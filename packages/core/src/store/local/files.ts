import { constants } from 'node:buffer';
import { mkdir, open, readdir, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { endOf, HEAD_LENGTH, headOf } from './dated-text.js';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** So much of a text is written at once, in UTF-16 units: as a whole it would be there once more, as bytes. */
const PART = 2 ** 20;

/** Systems keep the times of files as seconds; some of them know none later than in February 2106. */
const LATEST_TIME = 4_294_000_000;

/**
 * Writes a new file: a text, and the instant of its end, in milliseconds since 1970. The end is the file's time of change
 * too, so that it can be told without opening it; since it lies ahead, a mount with `relatime` notes every use in the
 * time of access.
 */
export async function writeDated(file: string, text: string, end: number, now: number): Promise<void> {
  const handle = await open(file, 'wx', FILE_MODE);
  try {
    for (const part of parts(headOf(end), text)) await handle.writeFile(part);
    await handle.utimes(now / 1000, Math.min(LATEST_TIME, end / 1000));
  } finally {
    await handle.close();
  }
}

function* parts(head: string, text: string): Generator<string> {
  let at = 0;
  do {
    let end = at + PART;
    // Both halves of a pair go together, or neither is a character.
    if (/[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end += 1;
    yield (at === 0 ? head : '') + text.slice(at, end);
    at = end;
  } while (at < text.length);
}

/** What a file holds. */
export interface Dated {
  /** Undefined when it does not begin with an end: it is damaged. */
  readonly end: number | undefined;
  readonly text: string;
}

/** Reads a file of {@link writeDated}; undefined when there is none. */
export async function readDated(file: string): Promise<Dated | undefined> {
  const handle = await unlessMissing(open(file, 'r'));
  if (handle === undefined) return undefined;
  try {
    const { size } = await handle.stat();
    // No text can be so long: something else is there.
    if (size > constants.MAX_STRING_LENGTH) return { end: undefined, text: '' };
    const bytes = Buffer.allocUnsafe(size);
    let length = 0;
    while (length < size) {
      const { bytesRead } = await handle.read(bytes, length, size - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    const end = endOf(bytes.toString('latin1', 0, Math.min(length, HEAD_LENGTH)));
    return { end, text: bytes.toString('utf8', end === undefined ? 0 : HEAD_LENGTH, length) };
  } finally {
    await handle.close();
  }
}

/** The end that a file tells, without reading its text; undefined when it tells none. */
export async function readEnd(file: string): Promise<number | undefined> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_LENGTH), 0, HEAD_LENGTH, 0);
    return endOf(buffer.toString('latin1', 0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** A janitor may take away a folder that it finds empty just before something is put into it. */
const TRIES = 4;

/** Does something in a folder, which is made when it turns out to be missing. */
export async function intoFolder(folder: string, run: () => Promise<void>): Promise<void> {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await run();
    } catch (error) {
      if (!isMissing(error) || left === 0) throw error;
      await makeFolder(folder);
    }
  }
}

/**
 * Makes a folder, and those above it, for their owner alone. Not by `recursive`, which says `ENOENT` where a disk can
 * only be read, or no more files can be opened.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, FOLDER_MODE);
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(folder)).isDirectory()) return;
    if (!isMissing(error) || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await makeFolder(folder);
  }
}

/** What is in a folder; nothing when it is gone. */
export async function listing(folder: string): Promise<Listing> {
  return (await unlessMissing(readdir(folder, { withFileTypes: true }))) ?? [];
}

/** What {@link listing} gives. */
type Listing = readonly { readonly name: string; isDirectory(): boolean }[];

/** Removes a folder, unless something is in it, or is put there at this moment. */
export async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'ENOENT' && code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

/** What a promise gives; undefined when the file that it is about is not there. */
export async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

/** The code of an error of the system. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

import { link, lstat, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ENTRIES, FENCES, FILE_NAME, SHELF_NAME } from './disk-place.js';
import type { Drafts } from './drafts.js';
import { codeOf, listing, readEnd, removeIfEmpty, unlessMissing } from './files.js';
import type { Holdings, Kept } from './sweep.js';

/** What a disk store keeps, for its janitor. Files and folders may vanish, and come, at any moment. */
export function diskHoldings(root: string, drafts: Drafts): Holdings {
  return {
    async *list() {
      yield* filesBelow(join(root, ENTRIES), false);
      yield* filesBelow(join(root, FENCES), true);
    },
    removeExpired: ({ place, isFence }, now) => (isFence ? takeIfOver(place, now, drafts) : removeIfOver(place, now)),
    evict: ({ place }) => rm(place, { force: true }),
  };
}

async function* filesBelow(folder: string, isFence: boolean): AsyncGenerator<Kept> {
  for (const child of await listing(folder)) {
    const path = join(folder, child.name);
    if (!child.isDirectory()) {
      const kept = FILE_NAME.test(child.name) ? await look(path, isFence) : undefined;
      if (kept !== undefined) yield kept;
    } else if (SHELF_NAME.test(child.name)) {
      yield* filesBelow(path, isFence);
      // What a function of an earlier version had would otherwise leave its folders for ever.
      await removeIfEmpty(path);
    }
  }
}

const BLOCK = 512;

async function look(place: string, isFence: boolean): Promise<Kept | undefined> {
  const state = await unlessMissing(lstat(place));
  if (state === undefined || !state.isFile()) return undefined;
  // What it takes of the disk, which is more than its length when it is small.
  const bytes = Math.max(state.size, state.blocks * BLOCK);
  return { place, isFence, bytes, written: state.ctimeMs, used: state.atimeMs, end: state.mtimeMs };
}

/** A copied folder has other times than those that were written: the file itself is asked. */
async function isOver(file: string, now: number): Promise<boolean> {
  const end = await readEnd(file);
  // What tells no end is damaged: nobody would miss it.
  return end === undefined || end <= now;
}

/** An entry that is renewed at this very moment may go with it: it is computed again. */
async function removeIfOver(file: string, now: number): Promise<boolean> {
  if ((await unlessMissing(isOver(file, now))) !== true) return false;
  await rm(file, { force: true });
  return true;
}

/**
 * A fence that is renewed at this very moment must stay: it is taken away first, and put back when it turns out to be
 * another one than the one that was over; unless there is a newer one by then.
 */
async function takeIfOver(file: string, now: number, drafts: Drafts): Promise<boolean> {
  if ((await unlessMissing(isOver(file, now))) !== true) return false;
  const taken = await drafts.next();
  // Another process may have taken it.
  if ((await unlessMissing(rename(file, taken).then(() => true))) !== true) return false;
  const over = await isOver(taken, now);
  if (!over) await putBack(taken, file);
  await rm(taken, { force: true });
  return over;
}

async function putBack(taken: string, file: string): Promise<void> {
  try {
    await link(taken, file);
  } catch (error) {
    // A newer one is there: this one had been replaced anyway. A file system without links has to risk that.
    if (codeOf(error) !== 'EEXIST') await rename(taken, file);
  }
}

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { shelfOf } from '../names.js';

/*
 * Where a disk store keeps what, below its folder:
 *
 *   entries/<cache>/<function>/<2>/<62>   an entry, so that those of a function can be taken away at once
 *   fences/<2>/<62>                       a token, a tombstone, a mark
 *   drafts/                               what is being written, or removed
 *
 * All names are digests, in lower-case hexadecimal: no key can lead out of the folder, and some file systems take `a` and
 * `A` for one name. What has another name is not touched.
 */
export const ENTRIES = 'entries';
export const FENCES = 'fences';
export const DRAFTS = 'drafts';

/** Names of folders that may hold what is kept, and of the files. */
export const SHELF_NAME: RegExp = /^(?:[0-9a-f]{2}|[0-9a-f]{32})$/;
export const FILE_NAME: RegExp = /^[0-9a-f]{62}$/;

/** The file of a key. */
export function fileOf(root: string, key: string): string {
  const name = digest(key);
  return join(folderOf(root, key), name.slice(0, 2), name.slice(2));
}

/** The folder of the entries whose keys begin so; of the fences when it is no beginning of theirs. */
export function folderOf(root: string, prefix: string): string {
  const shelf = shelfOf(prefix);
  return shelf === undefined ? join(root, FENCES) : join(root, ENTRIES, ...shelf.map((name) => digest(name, 32)));
}

function digest(text: string, length = 64): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

/*
 * Pieces of Millpond that its packages do not export, taken by their path from what `tsc -b` has built, to be measured alone.
 * All such paths are here: who moves one of them changes this file.
 */

const dist = new URL('../packages/core/dist/', import.meta.url);
const load = (path) => import(new URL(path, dist).href);

/** `AliasTable`, by which hits are found, `onlyOfKey`, and `createKeyer`, which makes the canonical text of a call. */
export const keyRoom = () => load('key/index.js');

/** `keep`, which makes a private master of which copies are handed out. */
export const copyRoom = () => load('copy/index.js');

/** `encodeKept` and `decodeValue`. */
export const codecRoom = () => load('codec/index.js');

import { shelfOf } from '../names.js';
import type { LmdbTable } from './lmdb-module.js';
import type { Kept } from './sweep.js';

/** The pages of an LMDB; a text that does not fit into half of one gets pages of its own. */
const PAGE = 4096;

/** What the index says of a text, beside its end. All instants are in milliseconds since 1970. */
interface Row {
  /** What it takes of the disk, nearly. */
  readonly bytes: number;
  /** When it was written, by the clock of the machine. */
  readonly written: number;
  /** When it was used last, as far as sweeps have noted it. */
  readonly used: number;
}

/** The row of a text that is written now. */
export function newRow(key: string, text: string, written: number, used: number): string {
  const length = Buffer.byteLength(text) + 2 * key.length;
  return rowText({ bytes: length < PAGE / 2 ? length : Math.ceil(length / PAGE) * PAGE, written, used });
}

/** The same row of a text that was used again. */
export function usedAgain(row: unknown, used: number): string {
  return rowText({ ...readRow(row), used });
}

/** What a row says to a janitor. `end`: its version. */
export function keptOf(key: string, row: unknown, end: number): Kept {
  return { ...readRow(row), place: key, isFence: shelfOf(key) === undefined, end };
}

function rowText({ bytes, written, used }: Row): string {
  return `${bytes} ${Math.floor(written)} ${Math.floor(used)}`;
}

/** A row that is none says zero: then it goes first. */
function readRow(row: unknown): Row {
  const [bytes = 0, written = 0, used = 0] = String(row)
    .split(' ')
    .map((part) => Number(part) || 0);
  return { bytes, written, used };
}

/** Rows that are read at once: a read that lasts keeps LMDB from using room again, and the loop from others. */
const PART = 500;

/** All rows of an index, in the order of their keys; other work is done after each part. */
export async function* partsOf(index: LmdbTable): AsyncGenerator<readonly Kept[]> {
  let start = '';
  for (;;) {
    const rows = Array.from(index.getRange({ start, exclusiveStart: start !== '', limit: PART, versions: true }));
    yield rows.map(({ key, value, version = 0 }) => keptOf(key, value, version));
    const last = rows.at(-1);
    if (last === undefined || rows.length < PART) return;
    start = last.key;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

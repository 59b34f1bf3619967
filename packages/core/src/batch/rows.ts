import { types } from 'node:util';
import { CacheError, describe, wrongRows } from '../errors/index.js';
import type { Keyer } from '../key/index.js';

/** The option `idOf`: whose row it is. */
export type IdOf = (row: never) => unknown;

/** The row of each key; an error is the failure of that key alone. A key that is not there has no row. */
export type Rows = ReadonlyMap<string, unknown>;

/** One id that was loaded. */
export interface LoadedId {
  readonly key: string;
  readonly id: unknown;
  /** What names it where there is no caller: another than `key` when the option `key` reads the async context. */
  readonly named: string;
}

/** What it takes to tell whose rows are whose. */
export interface RowsOptions {
  readonly fn: string;
  readonly idOf: IdOf | undefined;
  readonly keyer: Keyer;
}

/** The row of a key: undefined when there is none; throws the row if it is an error. */
export function rowOf(rows: Rows, key: string): unknown {
  const row = rows.get(key);
  if (isError(row)) throw row;
  return row;
}

/**
 * Tells whose rows a load has returned: by `idOf`; or by the keys of a Map; or by their places.
 *
 * @throws CacheError `ERR_MILLPOND_BATCH` when that cannot be told; what `idOf` throws.
 */
export function readRows(answer: unknown, loaded: readonly LoadedId[], options: RowsOptions): Rows {
  const { fn, idOf } = options;
  if (idOf !== undefined) {
    if (Array.isArray(answer)) return byIdOf(answer, idOf, loaded, options);
    throw wrongRows(fn, `returned ${describe(answer)}`, 'With the option `idOf`, return an array of rows.');
  }
  if (types.isMap(answer)) return byKey([...answer], loaded, options).rows;
  if (!Array.isArray(answer)) {
    throw wrongRows(
      fn,
      `returned ${describe(answer)}`,
      'Return an array with one row for each id, in the order of the ids, or a Map from id to row; or give the option `idOf`.',
    );
  }
  if (answer.length === loaded.length) return new Map(loaded.map(({ key }, place) => [key, answer[place]]));
  throw wrongRows(
    fn,
    `was asked for ${loaded.length} and returned ${describe(answer)}, so that places do not tell whose they are`,
    'Return one for each id, in their order, with `undefined` where there is none; or a Map from id to row; or give the option `idOf`.',
  );
}

function byIdOf(answer: readonly unknown[], idOf: IdOf, loaded: readonly LoadedId[], options: RowsOptions): Rows {
  const rows = answer.map((row): [unknown, unknown] => {
    // Whose failure it is cannot be told.
    if (isError(row)) throw row;
    return [Reflect.apply(idOf, undefined, [row]), row];
  });
  const { rows: found, repeated } = byKey(rows, loaded, options);
  return new Map(
    [...found].map(([key, row]) => [key, repeated.has(key) ? twoRows(options.fn, repeated.get(key)) : row]),
  );
}

/** Puts rows to the keys that were loaded; others are ignored. */
function byKey(
  rows: readonly (readonly [id: unknown, row: unknown])[],
  loaded: readonly LoadedId[],
  options: RowsOptions,
): { readonly rows: Map<string, unknown>; readonly repeated: ReadonlyMap<string, unknown> } {
  const wanted = new Set(loaded.map(({ named }) => named));
  const found = new Map<string, unknown>();
  const repeated = new Map<string, unknown>();
  const others: unknown[] = [];
  for (const [id, row] of rows) {
    const key = keyOfRow(id, options);
    if (!wanted.has(key)) others.push(id);
    else if (found.has(key)) repeated.set(key, id);
    else found.set(key, row);
  }
  if (others.length > 0 && found.size < wanted.size) refuseOtherSpellings(others, loaded, options.fn);
  return { rows: byAskedKey(found, loaded), repeated: byAskedKey(repeated, loaded) };
}

function byAskedKey(named: ReadonlyMap<string, unknown>, loaded: readonly LoadedId[]): Map<string, unknown> {
  return new Map(loaded.filter((asked) => named.has(asked.named)).map((asked) => [asked.key, named.get(asked.named)]));
}

function keyOfRow(id: unknown, { fn, keyer }: RowsOptions): string {
  try {
    return keyer.keyOf(undefined, [id]);
  } catch (error) {
    if (!(error instanceof CacheError)) throw error;
    throw wrongRows(fn, `returned a row whose id, ${describe(id)}, has no key`, 'Let it be what the ids are.', error);
  }
}

/** An id that came back as another type (`1` for `'1'`) would otherwise be kept as one that has no row. */
function refuseOtherSpellings(others: readonly unknown[], loaded: readonly LoadedId[], fn: string): void {
  const spelled = new Map(loaded.filter(({ id }) => isSimple(id)).map(({ id }) => [String(id), id]));
  for (const id of others) {
    if (!isSimple(id) || !spelled.has(String(id))) continue;
    throw wrongRows(
      fn,
      `was asked for ${kindOf(spelled.get(String(id)))} and returned the row of ${kindOf(id)}, which is another id`,
      'Convert one of them, so that both have the same type.',
    );
  }
}

function isSimple(id: unknown): boolean {
  return typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint';
}

function kindOf(id: unknown): string {
  return `${describe(id)} (a ${typeof id})`;
}

function twoRows(fn: string, id: unknown): CacheError {
  return wrongRows(
    fn,
    `returned more than one row of ${describe(id)}`,
    'Return one for each id. Where an id has a list of rows, return a Map from id to list.',
  );
}

/** Also those of other realms, as a test runner's sandbox has. */
function isError(value: unknown): boolean {
  return value instanceof Error || types.isNativeError(value);
}

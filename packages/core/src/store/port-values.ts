import { hasMethod, property } from './input.js';

/**
 * The rows that `getMany` of a Keyv or an adapter answered: versions and adapters disagree on holes (`undefined`,
 * `null`, a sparse array) and on whether a value is bare or in a `{ value }`.
 *
 * @throws Error when it is no list, or one of another length: then no row can be told from another.
 */
export function rows(found: unknown, count: number): readonly unknown[] {
  if (!Array.isArray(found) || found.length !== count) throw new Error(`getMany did not answer with ${count} values`);
  return Array.from(found, bare);
}

/** One stored value: undefined when absent, out of its `{ value }` when it is in one. */
export function bare(row: unknown): unknown {
  if (row === null || row === undefined) return undefined;
  if (Buffer.isBuffer(row)) return row.toString('utf8');
  if (typeof row !== 'object' || !('value' in row)) return row;
  return row.value ?? undefined;
}

/** Disconnects a Keyv or an adapter, if it knows how to. `force` is understood by `@keyv/redis`, ignored by others. */
export async function disconnect(store: object, force: boolean): Promise<void> {
  if (!hasMethod(store, 'disconnect')) return;
  const method = property(store, 'disconnect');
  if (typeof method === 'function') await Reflect.apply(method, store, force ? [true] : []);
}

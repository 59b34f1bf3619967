import { uselessFrom, type DataEntry } from './data-entry.js';
import type { DataFunctionParts } from './data-parts.js';

/**
 * What another process has outdated while the run of an entry was under way leaves memory, unless something newer is there.
 * Where it is not certain, the entry is trusted as if it were as old as its run: so what may be outdated is not served for
 * longer than what was there before.
 */
export function distrust(
  { shelf, settings, host }: Pick<DataFunctionParts, 'shelf' | 'settings' | 'host'>,
  key: string,
  entry: DataEntry,
  { startedAt, certain }: { readonly startedAt: number; readonly certain: boolean },
): void {
  const there = shelf.get(key);
  if (there !== entry) return;
  if (certain) {
    shelf.remove(there, 'delete');
    return;
  }
  entry.trustedUntil = Math.min(entry.trustedUntil, startedAt + host.settings.memoryTtl);
  shelf.expireAt(there, uselessFrom(entry, settings.retention));
}

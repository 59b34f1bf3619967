import type { CacheHost } from '../host.js';
import type { Variants } from '../input/index.js';
import { AliasTable } from '../key/index.js';
import { aliasBytes, type Shelf } from '../memory/index.js';
import type { Reporter } from '../reporter.js';
import type { AnyDataOptions } from '../settings/index.js';
import type { DataEntry } from './data-entry.js';
import type { DataSettings } from './data-settings.js';
import type { DataFunctionParts } from './data-parts.js';
import { missedAfter } from './miss-reason.js';

/**
 * The place of a data function in memory, and the shorter way to it where arguments alone make the key (`isPlain`).
 * `onEvict` is told of keys whose entries had to go for others.
 */
export function dataShelf(
  { memory, generations, settings: { clock } }: CacheHost,
  options: Pick<AnyDataOptions, 'maxEntries' | 'maxBytes'>,
  settings: DataSettings,
  report: Reporter,
  onEvict: (key: string) => void,
  variants: Variants,
  isPlain: boolean,
): Pick<DataFunctionParts, 'shelf' | 'aliases'> {
  const aliases = isPlain
    ? new AliasTable<DataEntry>((entry, alias, isNoted) =>
        shelf.addBytes(entry, isNoted ? aliasBytes(alias) : -aliasBytes(alias)),
      )
    : undefined;
  const shelf: Shelf<DataEntry> = memory.shelf<DataEntry>({
    maxEntries: options.maxEntries,
    maxBytes: options.maxBytes,
    budgeted: true,
    singles: aliases?.singles,
    onRemove(entry, reason) {
      aliases?.forget(entry);
      const { key } = entry;
      const missed = missedAfter(entry, reason, clock, settings.policy);
      generations.release(entry.stamps);
      if (reason === 'delete' || reason === 'clear') entry.drop();
      if (reason === 'evict') onEvict(key);
      if (reason !== 'replace' && !variants.isEmpty) variants.forget(key);
      report.removed(key, reason, missed);
    },
    onRefuse: (key, bytes) => report.notKept(key, bytes),
  });
  return { shelf, aliases };
}

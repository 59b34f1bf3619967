import type { CacheHost } from '../host.js';
import type { Variants } from '../input/index.js';
import type { AliasTable } from '../key/index.js';
import type { Entry, Shelf } from '../memory/index.js';
import type { Reporter } from '../reporter.js';
import type { AnyDataOptions } from '../settings/index.js';
import type { DataEntry } from './data-entry.js';
import type { DataSettings } from './data-settings.js';
import { missedAfter } from './miss-reason.js';

/** The place of a data function in memory; `onEvict` is told of keys whose entries had to go for others. */
export function dataShelf(
  { memory, generations, settings: { clock } }: CacheHost,
  options: Pick<AnyDataOptions, 'maxEntries' | 'maxBytes'>,
  settings: DataSettings,
  report: Reporter,
  onEvict: (key: string) => void,
  variants: Variants,
  aliases: AliasTable<Entry<DataEntry>> | undefined,
): Shelf<DataEntry> {
  return memory.shelf<DataEntry>({
    maxEntries: options.maxEntries,
    maxBytes: options.maxBytes,
    budgeted: true,
    onRemove(entry, reason) {
      aliases?.forget(entry);
      const missed = missedAfter(entry.value, reason, clock.now(), settings.policy);
      generations.release(entry.value.stamps);
      if (reason === 'delete' || reason === 'clear') entry.value.dropped = true;
      if (reason === 'evict') onEvict(entry.key);
      if (reason !== 'replace') variants.forget(entry.key);
      report.removed(entry.key, reason, missed);
    },
    onRefuse: (key, bytes) => report.notKept(key, bytes),
  });
}

import type { KeepOptions } from '../copy/index.js';
import type { CacheHost } from '../host.js';
import type { Identity, Keyer } from '../key/index.js';
import type { Shelf, ValueEntry } from '../memory/index.js';
import type { Reporter } from '../reporter.js';
import type { FlightTable } from '../run/flight-table.js';
import type { Generations } from '../run/generation.js';
import type { AnyFunction } from '../wrapping.js';
import type { StreamEntry } from './stream-entry.js';
import type { AnyStreamOptions, StreamSettings } from './stream-settings.js';
import { streamSettings } from './stream-settings.js';

/** What the pieces of one stream function share. */
export interface StreamParts {
  readonly host: CacheHost;
  readonly original: AnyFunction;
  readonly identity: () => Identity;
  readonly context: 'detached' | 'caller';
  readonly settings: StreamSettings;
  /** How the items of a key are kept. */
  readonly keepOptions: (key: string) => KeepOptions;
  /** The most bytes (estimated) of one stream that are held. */
  readonly maxBytes: number;
  readonly keyer: Keyer;
  readonly shelf: Shelf<ValueEntry<StreamEntry>>;
  readonly flights: FlightTable<void>;
  readonly generations: Generations;
  readonly report: Reporter;
}

/** What a stream function has from its cache, beside its checked options. */
export type StreamGiven = Pick<
  StreamParts,
  'host' | 'original' | 'identity' | 'keepOptions' | 'keyer' | 'flights' | 'report'
> & {
  /** The default of `maxValueBytes`. */
  readonly maxValueBytes: number;
};

/** Makes the pieces of a stream function from its checked options. */
export function streamParts(options: AnyStreamOptions, given: StreamGiven): StreamParts {
  const { host, report } = given;
  const { generations, memory } = host;
  const { maxValueBytes = given.maxValueBytes, maxBytes = Infinity } = options;
  return {
    ...given,
    context: options.context ?? 'detached',
    settings: streamSettings(options, report.fn),
    maxBytes: Math.min(maxValueBytes, maxBytes, host.settings.maxBytes),
    shelf: memory.shelf<ValueEntry<StreamEntry>>({
      maxEntries: options.maxEntries,
      maxBytes: options.maxBytes,
      budgeted: true,
      onRemove(entry, reason) {
        generations.release(entry.value.stamps);
        report.removed(entry.key, reason);
      },
      onRefuse: (key, bytes) => report.notKept(key, bytes),
    }),
    generations,
  };
}

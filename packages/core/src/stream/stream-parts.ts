import type { CacheHost } from '../host.js';
import type { Keyer } from '../key/index.js';
import type { Shelf } from '../memory/index.js';
import type { Reporter } from '../reporter.js';
import type { FlightTable } from '../run/flight-table.js';
import type { Generations } from '../run/generation.js';
import type { AnyFunction } from '../wrapping.js';
import type { StreamEntry } from './stream-entry.js';
import type { StreamSettings } from './stream-settings.js';

/** What the pieces of one stream function share. */
export interface StreamParts {
  readonly host: CacheHost;
  readonly original: AnyFunction;
  readonly context: 'detached' | 'caller';
  readonly settings: StreamSettings;
  /** The most bytes (estimated) of one stream that are held. */
  readonly maxBytes: number;
  readonly keyer: Keyer;
  readonly shelf: Shelf<StreamEntry>;
  readonly flights: FlightTable<void>;
  readonly generations: Generations;
  readonly report: Reporter;
}

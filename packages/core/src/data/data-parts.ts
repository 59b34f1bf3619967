import type { DataEntry } from './data-entry.js';
import type { DataOutcome } from './data-run.js';
import type { DataSettings } from './data-settings.js';
import type { FlightTable } from '../run/flight-table.js';
import type { Refreshes } from '../run/refresh.js';
import type { Generations } from '../run/generation.js';
import type { CacheHost } from '../host.js';
import type { Keyer } from '../key/index.js';
import type { Shelf } from '../memory/index.js';
import type { Reporter } from '../reporter.js';
import type { StoreFunction } from '../store/index.js';

/** What the pieces of one data function share. */
export interface DataFunctionParts {
  readonly host: CacheHost;
  readonly original: (...args: never) => unknown;
  readonly context: 'detached' | 'caller';
  readonly settings: DataSettings;
  readonly keyer: Keyer;
  readonly shelf: Shelf<DataEntry>;
  readonly flights: FlightTable<DataOutcome>;
  readonly generations: Generations;
  readonly refreshes: Pick<Refreshes, 'run'>;
  readonly report: Reporter;
  /** The second tier, when there is one. */
  readonly store: StoreFunction | undefined;
}

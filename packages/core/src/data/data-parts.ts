import type { DataEntry } from './data-entry.js';
import type { DataOutcome } from './data-outcome.js';
import type { DataSettings } from './data-settings.js';
import type { Failures } from './failures.js';
import type { FlightTable } from '../run/flight-table.js';
import type { Refreshes } from '../run/refresh.js';
import type { Variants } from '../input/index.js';
import type { Generations } from '../run/generation.js';
import type { CacheHost } from '../host.js';
import type { KeepOptions } from '../copy/index.js';
import type { AliasTable, Identity, Keyer } from '../key/index.js';
import type { Shelf } from '../memory/index.js';
import type { Places } from '../run/places.js';
import type { Cooldowns } from '../run/refresh.js';
import type { Reporter } from '../reporter.js';
import type { FunctionScope } from '../scope/index.js';
import type { StoreFunction, StoreTier } from '../store/index.js';

/** What the pieces of one data function share. */
export interface DataFunctionParts {
  readonly host: CacheHost;
  readonly original: (...args: never) => unknown;
  readonly identity: () => Identity;
  readonly context: 'detached' | 'caller';
  readonly settings: DataSettings;
  /** Whose its calls are; undefined when they are everybody's. */
  readonly scope: FunctionScope | undefined;
  /** How the result of the call of a key is kept. */
  readonly keepOptions: (key: string) => KeepOptions;
  readonly keyer: Keyer;
  readonly shelf: Shelf<DataEntry>;
  /** The shorter way to what is in the shelf, where arguments alone make the key. */
  readonly aliases: AliasTable<DataEntry> | undefined;
  /** The failures that are kept, when there is an `errorTtl`. */
  readonly failures: Failures | undefined;
  readonly flights: FlightTable<DataOutcome>;
  /** Which refreshes failed lately. */
  readonly cooldowns: Cooldowns;
  /** Whether the function is called later than in the turn of the call, so that the arguments may have changed. */
  readonly runsLate: boolean;
  /** How many runs may be under way at once, when that is limited. */
  readonly places: Places | undefined;
  /** Which inputs its runs have read. */
  readonly variants: Variants;
  readonly generations: Generations;
  readonly refreshes: Pick<Refreshes, 'run'>;
  readonly report: Reporter;
  /** The second tier, when there is one. */
  readonly store: DataStore | undefined;
}

/** What a synchronous function does without. */
export type AsyncPart = 'cooldowns' | 'flights' | 'store' | 'context' | 'places' | 'runsLate';

/** The second tier of one function. */
export interface DataStore {
  /** Stands for the store: functions that share it know of the same tokens. */
  readonly tier: Pick<StoreTier, 'invalidateTags'>;
  readonly entries: StoreFunction;
}

import type { DataEntry } from './data/data-entry.js';
import type { DataOutcome } from './data/data-outcome.js';
import type { DataFunctionParts } from './data/data-parts.js';
import { dataSettings, type DataSettings } from './data/data-settings.js';
import { Failures } from './data/failures.js';
import type { DataSyncParts } from './data/data-sync-function.js';
import { withDefaults } from './defaults.js';
import { parseDuration } from './duration.js';
import { nameTaken } from './errors.js';
import { FlightTable } from './run/flight-table.js';
import { Places } from './run/places.js';
import { Cooldowns } from './run/refresh.js';
import type { CacheHost } from './host.js';
import { createKeyer, identify, ignoredArgs, type Keyer } from './key/index.js';
import type { Shelf } from './memory/index.js';
import type { CacheOptions, ReleaseReason } from './options.js';
import { introducer } from './resource/identity.js';
import { Releaser } from './resource/releaser.js';
import { Reporter } from './reporter.js';
import { disposeOf } from './resource/resource-value.js';
import type { ResourceEntry, ResourceParts } from './resource/resource-function.js';
import {
  checkDataOptions,
  checkDataSyncOptions,
  checkResourceOptions,
  type AnyDataOptions,
  type AnyFunctionOptions,
  type AnyResourceOptions,
} from './settings.js';
import type { StoreFunction, StoreTier } from './store/index.js';
import type { Stores } from './stores.js';
import { checkFunction, checkSynchronous, shownName, type AnyFunction } from './wrapping.js';

/** The default of `maxValueBytes`. */
const MAX_VALUE_BYTES = 16 * 1024 * 1024;

/** How a function is called, and whether what is kept of it outlives the process. */
interface Naming {
  /** In messages of its calls, and in statistics. */
  readonly shown: string;
  /** In messages about its options. */
  readonly where: string;
  readonly stored: boolean;
}

/** Checks what a function is wrapped with, gives it its name, and makes the pieces that it consists of. */
export class FunctionParts {
  readonly #host: CacheHost;
  readonly #stores: Stores;
  readonly #defaults: CacheOptions;
  /** How often a name was given in memory, where every wrapper is isolated. */
  readonly #shown = new Map<string, number>();
  /** The identities that are taken, for each store. */
  readonly #taken = new WeakMap<StoreTier, Set<string>>();

  constructor(host: CacheHost, stores: Stores, defaults: CacheOptions) {
    this.#host = host;
    this.#stores = stores;
    this.#defaults = defaults;
  }

  data(fn: unknown, given: unknown): DataFunctionParts {
    checkFunction(fn, 'cacheData');
    const where = `cacheData(${shownName(fn, undefined)})`;
    const options = withDefaults(given, this.#defaults, 'data');
    checkDataOptions(options, where);
    const tier = this.#stores.for(options, where);
    const settings = dataSettings(options, shownName(fn, options.name));
    const store = tier === undefined ? undefined : { tier, entries: this.#inStore(tier, fn, options, settings, where) };
    const shown = this.#showAs(shownName(fn, options.name));
    const flights = flightTable<DataOutcome>(options, where);
    return {
      ...this.#dataParts(fn, options, settings, { shown, where, stored: store !== undefined }, (key) =>
        flights.outdateBehind(key),
      ),
      context: options.context ?? 'detached',
      flights,
      cooldowns: new Cooldowns(),
      places: options.maxConcurrent === undefined ? undefined : new Places(options.maxConcurrent),
      store,
    };
  }

  dataSync(fn: unknown, given: unknown): DataSyncParts {
    checkFunction(fn, 'cacheDataSync');
    const where = `cacheDataSync(${shownName(fn, undefined)})`;
    checkSynchronous(fn, where);
    const options = withDefaults(given, this.#defaults, 'dataSync');
    checkDataSyncOptions(options, where);
    const shown = this.#showAs(shownName(fn, options.name));
    const settings = dataSettings(options, shown);
    return this.#dataParts(fn, options, settings, { shown, where, stored: false }, () => undefined);
  }

  resource(fn: unknown, given: unknown): ResourceParts {
    const options = withDefaults(given, this.#defaults, 'resource');
    checkFunction(fn, 'cacheResource');
    const where = `cacheResource(${shownName(fn, undefined)})`;
    checkResourceOptions(options, where);
    const { closeTimeout, clock } = this.#host.settings;
    const report = this.#reporter(this.#showAs(shownName(fn, options.name)));
    const onRelease = options.onRelease ?? disposeOf;
    const releaser = new Releaser({
      holdings: this.#host.holdings,
      report,
      clock,
      onRelease: (resource, reason) => Reflect.apply(onRelease, undefined, [resource, reason]),
      releaseAfter:
        options.releaseAfter === 0 ? 0 : parseDuration(options.releaseAfter ?? '10s', where, 'releaseAfter'),
      timeout: closeTimeout,
    });
    return {
      host: this.#host,
      original: fn,
      context: options.context ?? 'detached',
      ttl: options.ttl === undefined ? Infinity : parseDuration(options.ttl, where, 'ttl'),
      validate: options.validate,
      keyer: this.#keyer(fn, options, { shown: report.fn, where, stored: false }),
      shelf: this.#resourceShelf(options, report, releaser),
      flights: flightTable(options, where),
      releaser,
      introduce: introducer({
        fn: report.fn,
        name: () => identify(fn, { name: options.name, version: undefined, stored: false, where }).name,
        identity: options.identity,
      }),
      report,
    };
  }

  /** `onEvict` is told of keys whose entries had to go for others. */
  #dataParts(
    fn: AnyFunction,
    options: AnyDataOptions,
    settings: DataSettings,
    naming: Naming,
    onEvict: (key: string) => void,
  ): DataSyncParts {
    const { shown } = naming;
    const report = this.#reporter(shown);
    const { memory, generations } = this.#host;
    return {
      host: this.#host,
      original: fn,
      settings,
      keyer: this.#keyer(fn, options, naming),
      shelf: this.#dataShelf(options, report, onEvict),
      failures: settings.keepsFailures ? new Failures(memory, generations, options.maxEntries) : undefined,
      generations,
      report,
    };
  }

  #dataShelf(options: AnyDataOptions, report: Reporter, onEvict: (key: string) => void): Shelf<DataEntry> {
    const { memory, generations } = this.#host;
    return memory.shelf<DataEntry>({
      maxEntries: options.maxEntries,
      maxBytes: options.maxBytes,
      budgeted: true,
      onRemove(entry, reason) {
        generations.release(entry.value.stamps);
        if (reason === 'evict') onEvict(entry.key);
        report.removed(entry.key, reason);
      },
    });
  }

  #resourceShelf(options: AnyResourceOptions, report: Reporter, releaser: Releaser): Shelf<ResourceEntry> {
    return this.#host.memory.shelf<ResourceEntry>({
      maxEntries: options.maxEntries,
      maxBytes: undefined,
      budgeted: false,
      onRemove(entry, reason: ReleaseReason) {
        releaser.letGo(entry.value.holding, reason);
        report.removed(entry.key, reason);
      },
    });
  }

  #keyer(fn: AnyFunction, options: AnyFunctionOptions, { shown, where, stored }: Naming): Keyer {
    const hashers = [...(options.hashers ?? []), ...this.#host.hashers];
    const isIgnored = ignoredArgs(fn, options, where);
    return createKeyer({ fn: shown, original: fn, key: options.key, isIgnored, hashers, stored });
  }

  #reporter(shown: string): Reporter {
    return new Reporter(this.#host.events, this.#host.settings.name, shown);
  }

  #showAs(name: string): string {
    const count = (this.#shown.get(name) ?? 0) + 1;
    this.#shown.set(name, count);
    return count === 1 ? name : `${name}#${count}`;
  }

  /** Takes a function's place in a store; two of one identity would answer with each other's values. */
  #inStore(
    tier: StoreTier,
    fn: AnyFunction,
    options: AnyDataOptions,
    settings: DataSettings,
    where: string,
  ): StoreFunction {
    const { name, version } = identify(fn, { name: options.name, version: options.version, stored: true, where });
    const taken = this.#taken.get(tier) ?? new Set();
    if (taken.has(name)) throw nameTaken(name);
    this.#taken.set(tier, taken.add(name));
    const shown = shownName(fn, options.name);
    return tier.function({
      name,
      version,
      shown,
      maxValueBytes: options.maxValueBytes ?? MAX_VALUE_BYTES,
      get longestLife() {
        return settings.longestLife;
      },
      get learnsTags() {
        return settings.learnsTags;
      },
    });
  }
}

function flightTable<T>(options: AnyFunctionOptions, where: string): FlightTable<T> {
  return new FlightTable<T>(parseDuration(options.flightTimeout ?? '60s', where, 'flightTimeout'));
}

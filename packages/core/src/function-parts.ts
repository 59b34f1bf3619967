import type { DataEntry } from './data/data-entry.js';
import type { DataFunctionParts } from './data/data-parts.js';
import { dataSettings } from './data/data-settings.js';
import type { DataSyncParts } from './data/cache-data-sync.js';
import { readOptions } from './check-options.js';
import { parseDuration } from './duration.js';
import { nameTaken } from './errors.js';
import { FlightTable } from './run/flight-table.js';
import type { CacheHost } from './host.js';
import { createKeyer, identify, type Keyer } from './key/index.js';
import type { Shelf } from './memory/index.js';
import type { CacheOptions, ReleaseReason } from './options.js';
import { Releaser } from './resource/releaser.js';
import { Reporter } from './reporter.js';
import { disposeOf } from './resource/resource-value.js';
import type { ResourceEntry, ResourceParts } from './resource/resource-function.js';
import {
  checkDataOptions,
  checkDataSyncOptions,
  checkResourceOptions,
  checkStreamOptions,
  type AnyDataOptions,
  type AnyFunctionOptions,
  type AnyResourceOptions,
} from './settings.js';
import type { StoreFunction, StoreTier } from './store/index.js';
import type { Stores } from './stores.js';
import type { StreamEntry } from './stream/stream-entry.js';
import type { StreamParts } from './stream/stream-parts.js';
import { streamSettings } from './stream/stream-settings.js';
import { checkCallable, checkFunction, checkSynchronous, shownName, type AnyFunction } from './wrapping.js';

/** The default of `maxValueBytes`. */
const MAX_VALUE_BYTES = 16 * 1024 * 1024;

/** Checks what a function is wrapped with, gives it its name, and makes the pieces that it consists of. */
export class FunctionParts {
  readonly #host: CacheHost;
  readonly #stores: Stores;
  readonly #defaults: Pick<CacheOptions, 'ttl' | 'maxEntries'>;
  /** How often a name was given in memory, where every wrapper is isolated. */
  readonly #shown = new Map<string, number>();
  /** The identities that are taken, for each store. */
  readonly #taken = new WeakMap<StoreTier, Set<string>>();

  constructor(host: CacheHost, stores: Stores, defaults: CacheOptions) {
    this.#host = host;
    this.#stores = stores;
    this.#defaults = { ttl: defaults.ttl, maxEntries: defaults.maxEntries };
  }

  data(fn: unknown, given: unknown): DataFunctionParts {
    checkFunction(fn, 'cacheData');
    const where = `cacheData(${shownName(fn, undefined)})`;
    const options = this.#withDefaults(given);
    checkDataOptions(options, where);
    const tier = this.#stores.for(options, where);
    const store = tier === undefined ? undefined : this.#inStore(tier, fn, options, where);
    const shown = this.#showAs(shownName(fn, options.name));
    return {
      ...this.#dataParts(fn, options, shown, store !== undefined),
      context: options.context ?? 'detached',
      flights: flightTable(options, where),
      store,
    };
  }

  dataSync(fn: unknown, given: unknown): DataSyncParts {
    checkFunction(fn, 'cacheDataSync');
    const where = `cacheDataSync(${shownName(fn, undefined)})`;
    checkSynchronous(fn, where);
    const options = this.#withDefaults(given);
    checkDataSyncOptions(options, where);
    return this.#dataParts(fn, options, this.#showAs(shownName(fn, options.name)), false);
  }

  stream(fn: unknown, given: unknown): StreamParts {
    checkCallable(fn, 'cacheStream');
    const where = `cacheStream(${shownName(fn, undefined)})`;
    const options = this.#withDefaults(given);
    checkStreamOptions(options, where);
    const report = this.#reporter(this.#showAs(shownName(fn, options.name)));
    const { maxValueBytes = MAX_VALUE_BYTES, maxBytes = Infinity } = options;
    return {
      host: this.#host,
      original: fn,
      context: options.context ?? 'detached',
      settings: streamSettings(options, report.fn),
      maxBytes: Math.min(maxValueBytes, maxBytes, this.#host.settings.maxBytes),
      keyer: this.#keyer(fn, options, report.fn, false),
      shelf: this.#dataShelf<StreamEntry>(options, report),
      flights: flightTable(options, where),
      generations: this.#host.generations,
      report,
    };
  }

  resource(fn: unknown, given: unknown = {}): ResourceParts {
    const options = readOptions(given);
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
      keyer: this.#keyer(fn, options, report.fn, false),
      shelf: this.#resourceShelf(options, report, releaser),
      flights: flightTable(options, where),
      releaser,
      report,
    };
  }

  /** The options of a data function with the defaults of its cache; what is no object is left for the check. */
  #withDefaults(given: unknown): unknown {
    if (given === undefined) return { ...this.#defaults };
    const options = readOptions(given);
    const isObject = typeof options === 'object' && options !== null && !Array.isArray(options);
    return isObject ? { ...this.#defaults, ...options } : options;
  }

  #dataParts(fn: AnyFunction, options: AnyDataOptions, shown: string, stored: boolean): DataSyncParts {
    const report = this.#reporter(shown);
    return {
      host: this.#host,
      original: fn,
      settings: dataSettings(options, shown),
      keyer: this.#keyer(fn, options, shown, stored),
      shelf: this.#dataShelf<DataEntry>(options, report),
      generations: this.#host.generations,
      report,
    };
  }

  #dataShelf<E extends DataEntry | StreamEntry>(
    options: Pick<AnyDataOptions, 'maxEntries' | 'maxBytes'>,
    report: Reporter,
  ): Shelf<E> {
    const { memory, generations } = this.#host;
    return memory.shelf<E>({
      maxEntries: options.maxEntries,
      maxBytes: options.maxBytes,
      budgeted: true,
      onRemove(entry, reason) {
        generations.release(entry.value.stamps);
        report.removed(entry.key, reason);
      },
    });
  }

  #resourceShelf(options: AnyResourceOptions, report: Reporter, releaser: Releaser): Shelf<ResourceEntry> {
    return this.#host.memory.shelf<ResourceEntry>({
      maxEntries: options.maxEntries ?? this.#defaults.maxEntries,
      maxBytes: undefined,
      budgeted: false,
      onRemove(entry, reason: ReleaseReason) {
        releaser.letGo(entry.value.holding, reason);
        report.removed(entry.key, reason);
      },
    });
  }

  #keyer(fn: AnyFunction, options: AnyFunctionOptions, shown: string, stored: boolean): Keyer {
    const hashers = [...(options.hashers ?? []), ...this.#host.hashers];
    return createKeyer({ fn: shown, original: fn, key: options.key, ignoreArgs: options.ignoreArgs, hashers, stored });
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
  #inStore(tier: StoreTier, fn: AnyFunction, options: AnyDataOptions, where: string): StoreFunction {
    const { name, version } = identify(fn, { name: options.name, version: options.version, stored: true, where });
    const taken = this.#taken.get(tier) ?? new Set();
    if (taken.has(name)) throw nameTaken(name);
    this.#taken.set(tier, taken.add(name));
    const shown = shownName(fn, options.name);
    return tier.function({ name, version, shown, maxValueBytes: options.maxValueBytes ?? MAX_VALUE_BYTES });
  }
}

function flightTable<T>(options: AnyFunctionOptions, where: string): FlightTable<T> {
  return new FlightTable<T>(parseDuration(options.flightTimeout ?? '60s', where, 'flightTimeout'));
}

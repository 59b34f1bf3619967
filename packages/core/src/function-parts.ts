import type { DataEntry } from './data/data-entry.js';
import type { DataFunctionParts } from './data/data-parts.js';
import { dataSettings } from './data/data-settings.js';
import { missedAfter } from './data/miss-reason.js';
import type { DataSyncParts } from './data/cache-data-sync.js';
import { readOptions } from './check-options.js';
import { parseDuration } from './duration.js';
import { nameTaken, wrappedOften } from './errors.js';
import { FlightTable } from './run/flight-table.js';
import type { CacheHost } from './host.js';
import { createKeyer, identify, type Identity, type Keyer } from './key/index.js';
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
  type AnyDataOptions,
  type AnyFunctionOptions,
  type AnyResourceOptions,
} from './settings.js';
import type { StoreFunction, StoreTier } from './store/index.js';
import type { Stores } from './stores.js';
import { checkFunction, checkSynchronous, shownName, type AnyFunction } from './wrapping.js';

/** As many functions of one name in one cache are made inside a request, or in a loop. */
const OFTEN = 1000;

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
    const parts = this.#dataParts(fn, options, shown, store !== undefined);
    return {
      ...parts,
      context: options.context ?? 'detached',
      flights: flightTable(options, where, parts.report),
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
      identity: identityOf(fn, options.name, undefined, where),
      context: options.context ?? 'detached',
      ttl: options.ttl === undefined ? Infinity : parseDuration(options.ttl, where, 'ttl'),
      validate: options.validate,
      keyer: this.#keyer(fn, options, report.fn, false),
      shelf: this.#resourceShelf(options, report, releaser),
      flights: flightTable(options, where, report),
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
      identity: identityOf(fn, options.name, options.version, shown),
      settings: dataSettings(options, shown),
      keyer: this.#keyer(fn, options, shown, stored),
      shelf: this.#dataShelf(options, report),
      generations: this.#host.generations,
      report,
    };
  }

  #dataShelf(options: AnyDataOptions, report: Reporter): Shelf<DataEntry> {
    const { memory, generations, settings } = this.#host;
    return memory.shelf<DataEntry>({
      maxEntries: options.maxEntries,
      maxBytes: options.maxBytes,
      budgeted: true,
      onRemove(entry, reason) {
        const missed = missedAfter(entry.value, reason, settings.clock);
        generations.release(entry.value.stamps);
        report.removed(entry.key, reason, missed);
      },
      onRefuse: (key, bytes) => report.notKept(key, bytes),
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
      onRefuse: (key, bytes) => report.notKept(key, bytes),
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
    if (count === OFTEN) this.#tellWrappedOften(name);
    return count === 1 ? name : `${name}#${count}`;
  }

  /** Each of them is kept for `stats()` and `clear()` as long as the cache is (so is what it holds, until it expires). */
  #tellWrappedOften(fn: string): void {
    const { events, settings } = this.#host;
    events.emit({ type: 'wrappedOften', cache: settings.name, fn, error: wrappedOften(fn, OFTEN) });
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

function flightTable<T>(options: AnyFunctionOptions, where: string, report: Reporter): FlightTable<T> {
  const flightTimeout = parseDuration(options.flightTimeout ?? '60s', where, 'flightTimeout');
  return new FlightTable<T>(flightTimeout, (key, why) => report.abandoned(key, why));
}

/** Made when it is asked for: a digest of the source is not for free. */
function identityOf(
  fn: AnyFunction,
  name: string | undefined,
  version: string | undefined,
  where: string,
): () => Identity {
  return () => identify(fn, { name, version, stored: false, where });
}

import { BatchFlights } from './batch/batch-flights.js';
import { BatchReporter } from './batch/batch-reporter.js';
import { checkBatchOptions } from './batch/batch-settings.js';
import { ofOneId, type BatchParts } from './batch/cache-batch.js';
import { Collector } from './batch/collector.js';
import { dataShelf } from './data/data-shelf.js';
import type { DataOutcome } from './data/data-outcome.js';
import type { DataFunctionParts } from './data/data-parts.js';
import { dataSettings, type DataSettings } from './data/data-settings.js';
import { Failures } from './data/failures.js';
import type { DataSyncParts } from './data/data-sync-function.js';
import { withDefaults } from './settings/index.js';
import { codecsOf, Reading, type KeepOptions } from './copy/index.js';
import { nameTaken, wrappedOften } from './errors/index.js';
import { Cooldowns } from './run/refresh.js';
import { flightTable, flightTimeout, placesOf } from './function-flights.js';
import type { CacheHost } from './host.js';
import { Variants } from './input/index.js';
import { createKeyer, fingerprint, identify, ignoredArgs, type Identity, type Keyer } from './key/index.js';
import type { CacheOptions } from './options.js';
import { introducer } from './resource/identity.js';
import { labelOf, Reporter } from './reporter.js';
import { functionScope, sessionStore } from './scope/index.js';
import { resourceParts, type ResourceParts } from './resource/resource-parts.js';
import {
  checkDataOptions,
  checkDataSyncOptions,
  checkResourceOptions,
  type AnyDataOptions,
  type AnyFunctionOptions,
} from './settings/index.js';
import type { StoreFunction, StoreTier } from './store/index.js';
import type { Stores } from './stores.js';
import { streamParts, type StreamParts } from './stream/stream-parts.js';
import { checkStreamOptions } from './stream/stream-settings.js';
import { checkCallable, checkFunction, checkSynchronous, shownName, type AnyFunction } from './wrapping.js';

/** As many functions of one name in one cache are made inside a request, or in a loop. */
const OFTEN = 1000;

/** The default of `maxVariants`. */
const MAX_VARIANTS = 100;

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
    const { scope } = options;
    const tier = scope === 'request' ? undefined : this.#stores.for(options, where);
    const settings = dataSettings(options, shownName(fn, options.name));
    const entries = tier && this.#inStore(tier, fn, options, settings, where);
    const store = tier && entries && { tier, entries: scope === 'session' ? sessionStore(entries) : entries };
    const shown = this.#showAs(shownName(fn, options.name));
    const naming = { shown, where, stored: store !== undefined };
    const parts = this.#dataParts(fn, options, settings, naming, (key) => flights.outdateBehind(key));
    const flights = flightTable<DataOutcome>(options, where, parts.report, parts.scope);
    return {
      ...parts,
      context: options.context ?? 'detached',
      flights,
      cooldowns: new Cooldowns(),
      places: placesOf(options, where),
      runsLate: store !== undefined || options.maxConcurrent !== undefined,
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

  batch(fn: unknown, given: unknown): BatchParts {
    checkFunction(fn, 'cacheBatch');
    const where = `cacheBatch(${shownName(fn, undefined)})`;
    const options = withDefaults(given, this.#defaults, 'data');
    checkBatchOptions(options, where);
    const { idOf, maxBatchSize } = options;
    // Whose row it is is decided by both, and what is kept is a row, not what the function returns.
    const version = (code: string): string => `row:${code}${idOf === undefined ? '' : `:${fingerprint(idOf)}`}`;
    const tier = this.#stores.for(options, where);
    const settings = dataSettings(options, shownName(fn, options.name));
    const entries = tier && this.#inStore(tier, fn, options, settings, where, version);
    const store = tier && entries && { tier, entries };
    const shown = this.#showAs(shownName(fn, options.name));
    const report = new BatchReporter(this.#host.events, this.#host.settings.name, shown, labelOf(options, shown));
    const onEvict = (key: string): void => flights.outdateBehind(key);
    const naming = { shown, where, stored: store !== undefined };
    const data = this.#dataParts(fn, options, settings, naming, onEvict, report);
    const keyer = ofOneId(data.keyer);
    const collector = new Collector({
      host: this.#host,
      load: fn,
      idOf,
      maxBatchSize,
      places: placesOf(options, where),
      inherits: settings.inherits,
      keyer,
      report,
    });
    const flights = new BatchFlights<DataOutcome>(
      flightTimeout(options, where),
      (key, why) => report.abandoned(key, why),
      collector,
    );
    return { ...data, keyer, load: fn, collector, flights, cooldowns: new Cooldowns(), store };
  }

  stream(fn: unknown, given: unknown): StreamParts {
    checkCallable(fn, 'cacheStream');
    const where = `cacheStream(${shownName(fn, undefined)})`;
    const options = withDefaults(given, this.#defaults, 'stream');
    checkStreamOptions(options, where);
    const report = this.#reporter(this.#showAs(shownName(fn, options.name)), options);
    return streamParts(options, {
      host: this.#host,
      original: fn,
      identity: identityOf(fn, options.name, undefined, where),
      keepOptions: this.#keepOptions(options, report, where),
      maxValueBytes: MAX_VALUE_BYTES,
      keyer: this.#keyer(fn, options, { shown: report.fn, where, stored: false }),
      flights: flightTable(options, where, report, undefined),
      report,
    });
  }

  resource(fn: unknown, given: unknown): ResourceParts {
    const options = withDefaults(given, this.#defaults, 'resource');
    checkFunction(fn, 'cacheResource');
    const where = `cacheResource(${shownName(fn, undefined)})`;
    checkResourceOptions(options, where);
    const report = this.#reporter(this.#showAs(shownName(fn, options.name)), options);
    const scope = functionScope(options.scope, this.#host, report);
    const keyer = this.#keyer(fn, options, { shown: report.fn, where, stored: false });
    return resourceParts(options, {
      host: this.#host,
      original: fn,
      keyer: scope?.keyer(keyer) ?? keyer,
      scope,
      identity: identityOf(fn, options.name, undefined, where),
      introduce: introducer({
        fn: report.fn,
        name: () => identify(fn, { name: options.name, version: undefined, stored: false, where }).name,
        identity: options.identity,
      }),
      report,
      maxEntries: options.maxEntries,
      where,
    });
  }

  /** `onEvict` is told of keys whose entries had to go for others. */
  #dataParts(
    fn: AnyFunction,
    options: AnyDataOptions,
    settings: DataSettings,
    naming: Naming,
    onEvict: (key: string) => void,
    report = this.#reporter(naming.shown, options),
  ): DataSyncParts {
    const { memory, generations } = this.#host;
    const scope = functionScope(options.scope, this.#host, report);
    const keyer = this.#keyer(fn, options, naming);
    const variants: Variants = new Variants(options.maxVariants ?? MAX_VARIANTS, (key, why) =>
      shelf.removeKey(key, why),
    );
    const isPlain = keyer.isPlain && scope === undefined;
    const { shelf, aliases } = dataShelf(this.#host, options, settings, report, onEvict, variants, isPlain);
    return {
      host: this.#host,
      original: fn,
      identity: identityOf(fn, options.name, options.version, naming.where),
      settings,
      scope,
      keepOptions: this.#keepOptions(options, report, naming.where),
      keyer: scope?.keyer(keyer) ?? keyer,
      shelf,
      aliases,
      variants,
      failures: settings.keepsFailures ? new Failures(memory, generations, options.maxEntries) : undefined,
      generations,
      refreshes: this.#host.refreshes,
      report,
    };
  }

  #keepOptions(
    options: Pick<AnyDataOptions, 'codecs' | 'copy'>,
    report: Reporter,
    where: string,
  ): (key: string) => KeepOptions {
    const { codecs: shared, settings } = this.#host;
    const codecs = codecsOf(options.codecs, shared, where);
    const keeping: KeepOptions = { fn: report.fn, mode: options.copy ?? 'clone', codecs, reading: new Reading() };
    if (keeping.mode !== 'share' || !settings.detectMutations) return () => keeping;
    return (key) => ({ ...keeping, onMutated: (path) => report.mutated(key, path) });
  }

  #keyer(fn: AnyFunction, options: AnyFunctionOptions, { shown, where, stored }: Naming): Keyer {
    const hashers = [...(options.hashers ?? []), ...this.#host.hashers];
    const isIgnored = ignoredArgs(fn, options, where);
    return createKeyer({ fn: shown, original: fn, key: options.key, isIgnored, hashers, stored });
  }

  #reporter(shown: string, options: AnyFunctionOptions): Reporter {
    return new Reporter(this.#host.events, this.#host.settings.name, shown, labelOf(options, shown));
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
  #inStore(
    tier: StoreTier,
    fn: AnyFunction,
    options: AnyDataOptions,
    settings: DataSettings,
    where: string,
    versionOf = (code: string): string => code,
  ): StoreFunction {
    const identity = identify(fn, { name: options.name, version: options.version, stored: true, where });
    const { name } = identity;
    const version = options.version ?? versionOf(identity.version);
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

/** Made when it is asked for: a digest of the source is not for free. */
function identityOf(
  fn: AnyFunction,
  name: string | undefined,
  version: string | undefined,
  where: string,
): () => Identity {
  return () => identify(fn, { name, version, stored: false, where });
}

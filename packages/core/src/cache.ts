import { buildCachedBatch } from './batch/cache-batch.js';
import { buildCachedData } from './data/cache-data.js';
import { buildCachedDataSync } from './data/cache-data-sync.js';
import { buildCachedResource } from './resource/cache-resource.js';
import type {
  Cache,
  CacheBatchFn,
  CacheDataFn,
  CacheDataSyncFn,
  CacheResourceFn,
  CacheStreamFn,
  CloseReport,
} from './cache-types.js';
import { inRootContext } from './context.js';
import { cacheClosed } from './errors/index.js';
import { Inputs } from './input/index.js';
import { Effects } from './effect/index.js';
import { createExchange } from './exchange/index.js';
import { createEvents } from './events.js';
import { FunctionParts } from './function-parts.js';
import { Generations } from './run/generation.js';
import { CoarseClock } from './coarse-clock.js';
import type { Built, CacheHost, OwnedFunction } from './host.js';
import { MemoryTier } from './memory/index.js';
import type { CacheOptions } from './options.js';
import { Holdings } from './resource/holdings.js';
import { totalsOf } from './observe/totals.js';
import { Refreshes } from './run/refresh.js';
import { Scopes, type ScopeOptions } from './scope/index.js';
import { cacheOptions, cacheSettings } from './settings/index.js';
import { Stores } from './stores.js';
import { buildCachedStream } from './stream/cache-stream.js';
import type { Invalidation } from './cached.js';
import { checkTags } from './settings/index.js';
import { typed, type AnyFunction } from './wrapping.js';

/**
 * Makes a cache: the owner of cached functions, of one byte budget in memory, and of a store when one is given.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION` for an option that is unknown or out of range.
 */
export function createCache(given: CacheOptions = {}): Cache {
  const options = cacheOptions(given);
  const settings = cacheSettings(options);
  const events = createEvents(settings.logger);
  const functions = new Set<OwnedFunction>();
  const holdings = new Holdings(settings.clock, settings.closeTimeout);
  const scopes = new Scopes({ ...settings, holdings });
  let runs = 0;
  let closing: Promise<CloseReport> | undefined;

  const host: CacheHost = {
    settings,
    hashers: options.hashers ?? [],
    codecs: options.codecs ?? [],
    events,
    inputs: new Inputs(options.hashers ?? []),
    effects: new Effects(events, settings.name, options.codecs ?? []),
    coarse: new CoarseClock(settings.clock),
    memory: new MemoryTier(settings.maxBytes, settings.clock),
    generations: new Generations(),
    refreshes: new Refreshes(settings.refreshLimit),
    holdings,
    scopes,
    nextRun: () => (runs += 1),
    get closed() {
      return closing !== undefined;
    },
  };
  const stores = new Stores(options, settings, events);
  const parts = new FunctionParts(host, stores, options);

  function own({ wrapper, owned }: Built): AnyFunction {
    functions.add(owned);
    return wrapper;
  }

  function checkOpen(what: string): void {
    if (host.closed) throw cacheClosed(what);
  }

  async function clear(): Promise<Invalidation> {
    for (const owned of functions) owned.clearHere();
    if (events.wants('cleared')) events.emit({ type: 'cleared', cache: settings.name, fn: undefined });
    return { store: await stores.clear() };
  }

  async function invalidateTags(...tags: readonly string[]): Promise<Invalidation> {
    checkTags(tags, 'invalidateTags');
    host.generations.invalidate(tags);
    if (events.wants('tagsInvalidated')) events.emit({ type: 'tagsInvalidated', cache: settings.name, tags });
    return { store: await stores.invalidateTags(tags) };
  }

  async function closeAll(): Promise<CloseReport> {
    // Callers to whom a resource is on its way get it before it goes (hazard 57).
    await new Promise((resolve) => setImmediate(resolve));
    for (const owned of functions) owned.close();
    scopes.close();
    const released = host.holdings.close();
    host.memory.close();
    const failures = await released;
    await stores.close();
    return { failures };
  }

  function close(): Promise<CloseReport> {
    const waitsForItself = host.holdings.closeWouldWaitForItself();
    if (closing === undefined) {
      const { promise, resolve } = deferred<CloseReport>();
      closing = promise;
      resolve(inRootContext(closeAll));
    }
    return waitsForItself ? Promise.resolve({ failures: [] }) : closing;
  }

  return {
    name: settings.name,
    cacheData: typed<CacheDataFn>((fn, given) => {
      checkOpen('cacheData');
      return own(buildCachedData(parts.data(fn, given)));
    }),
    cacheDataSync: typed<CacheDataSyncFn>((fn, given) => {
      checkOpen('cacheDataSync');
      return own(buildCachedDataSync(parts.dataSync(fn, given)));
    }),
    cacheBatch: typed<CacheBatchFn>((load, given) => {
      checkOpen('cacheBatch');
      return own(buildCachedBatch(parts.batch(load, given)));
    }),
    cacheStream: typed<CacheStreamFn>((fn, given) => {
      checkOpen('cacheStream');
      return own(buildCachedStream(parts.stream(fn, given)));
    }),
    cacheResource: typed<CacheResourceFn>((fn, given) => {
      checkOpen('cacheResource');
      return own(buildCachedResource(parts.resource(fn, given)));
    }),
    input: typed<Cache['input']>((name, read, options) => host.inputs.create(name, read, options)),
    effect: typed<Cache['effect']>((name, action, options) => host.effects.create(name, action, options)),
    exchange: createExchange(host),
    openScope: (options = {}) => scopes.openScope(options),
    async runInScope<R>(options: ScopeOptions, fn: () => R): Promise<Awaited<R>> {
      const scope = scopes.openScope(options);
      try {
        return await scope.run(fn);
      } finally {
        await scope.end();
      }
    },
    endSession: (id) => scopes.endSession(id),
    clear,
    invalidateTags,
    stats() {
      return { ...totalsOf([...functions].map((owned) => owned.stats())), bytes: host.memory.bytes };
    },
    on: (type, listener) => events.on(type, listener),
    flush: () => stores.flush(),
    close,
    async [Symbol.asyncDispose]() {
      await close();
    },
  };
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T | Promise<T>) => void } {
  let resolve: (value: T | Promise<T>) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

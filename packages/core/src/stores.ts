import type { Invalidation } from './cached.js';
import { invalidOption } from './errors/index.js';
import type { CacheEvents } from './events.js';
import type { CacheOptions } from './options.js';
import type { AnyDataOptions, CacheSettings } from './settings/index.js';
import { diskStore, isLocalStore, openStore, type LocalStore, type StoreInput, type StoreTier } from './store/index.js';

/** The stores of one cache: its own, and those that single functions brought. Each is opened once. */
export class Stores {
  readonly #options: CacheOptions;
  readonly #settings: CacheSettings;
  readonly #events: CacheEvents;
  readonly #open = new Map<StoreInput | LocalStore | 'disk', StoreTier>();

  constructor(options: CacheOptions, settings: CacheSettings, events: CacheEvents) {
    this.#options = options;
    this.#settings = settings;
    this.#events = events;
    this.for({}, 'createCache');
  }

  /** The store of a function, or undefined when it has none; `where` names it in errors. */
  for(options: AnyDataOptions, where: string): StoreTier | undefined {
    if (options.store === false) return undefined;
    const given = options.store ?? options.persist;
    const input = given ?? this.#options.store ?? this.#options.persist;
    if (input === undefined) return undefined;
    let tier = this.#open.get(input);
    if (tier === undefined) this.#open.set(input, (tier = this.#openTier(input, where)));
    return tier;
  }

  async clear(): Promise<Invalidation['store']> {
    return together([...this.#open.values()].map((tier) => tier.clear()));
  }

  async invalidateTags(tags: readonly string[]): Promise<Invalidation['store']> {
    return together([...this.#open.values()].map((tier) => tier.invalidateTags(tags)));
  }

  async flush(): Promise<void> {
    await Promise.all([...this.#open.values()].map((tier) => tier.flush()));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((tier) => tier.close()));
  }

  #openTier(input: StoreInput | LocalStore | 'disk', where: string): StoreTier {
    const { version, closeStore, readDeadline, storeTtl, memoryTtl, closeTimeout, clock } = this.#settings;
    const name = this.#nameFor(where);
    return openStore({
      input: input === 'disk' ? diskStore({ path: `.millpond/${encodeURIComponent(name)}` }) : input,
      cache: name,
      cacheVersion: version,
      // What was given is the giver's to close, unless the cache was told otherwise; a disk is opened here.
      closeInput: input === this.#options.store ? closeStore : input === 'disk' || isLocalStore(input),
      readDeadline,
      storeTtl,
      memoryTtl,
      closeTimeout,
      clock,
      emit: (event) => this.#events.emit(event),
      wants: (type) => this.#events.wants(type),
    });
  }

  /** Two apps, or staging and production, must not share a store by accident. */
  #nameFor(where: string): string {
    const { name } = this.#settings;
    if (name !== undefined) return name;
    throw invalidOption(where, 'name', name, 'given to createCache with a store: it keeps apps on one store apart');
  }
}

async function together(
  tiers: readonly Promise<Exclude<Invalidation['store'], 'none'>>[],
): Promise<Invalidation['store']> {
  const ends = await Promise.all(tiers);
  if (ends.length === 0) return 'none';
  return ends.includes('pending') ? 'pending' : 'acknowledged';
}

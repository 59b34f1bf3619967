import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { createCache, type Cache, type CacheOptions, type DataOptions } from '@millpond/core';
import { fakeClock, settle, type FakeClock } from '../../support/fake-clock.js';
import type { Gate } from '../support/gate.js';
import {
  ARGUMENTS,
  argumentOf,
  Fault,
  isWanted,
  Missing,
  POLICIES,
  SPECS,
  spoil,
  tagsOf,
  takes,
  ttlOf,
  valueOf,
} from './functions.js';
import type { Spec, Value } from './functions.js';
import { COOLDOWN, MEMORY_TTL, Model, type Outcome } from './model.js';
import { Process, type Counts } from './tiers.js';

/** The timeouts of a slow call. */
export const SOFT = 500;
export const HARD = 2000;

type Load = (...args: readonly unknown[]) => unknown;

/** What cached functions of both kinds have. */
export interface Loaded extends Load {
  refresh: Load;
  prime: (value: Value, ...args: readonly unknown[]) => unknown;
  expire: Load;
  delete: Load;
  clear: Load;
  peek: (...args: readonly unknown[]) => Value | undefined;
  has: (...args: readonly unknown[]) => boolean;
  keyOf: (...args: readonly unknown[]) => string;
  stats: () => Counts & { readonly entries: number };
}

/** One cached function, and the same with each policy that it takes. */
export interface Cached {
  readonly load: Loaded;
  readonly policies: readonly (Load | undefined)[];
  /** With timeouts. */
  readonly slow: Load;
}

/** One process: a cache with its functions, and the model's side of it. */
interface Opened {
  readonly cache: Cache;
  readonly fns: ReadonlyMap<string, Cached>;
  readonly modelled: Process;
}

/** What one play is played on: the real thing, and the model. */
export class World {
  readonly clock: FakeClock = fakeClock();
  readonly model: Model;
  /** Functions of the play and those that they use. */
  readonly cast: readonly Spec[];
  /** What the next run of a function waits for. */
  gate: { readonly name: string; readonly door: Gate<void> } | undefined;
  readonly #open: () => CacheOptions['store'];
  readonly #processes: Opened[];
  #here = 0;
  /** Steps that were left out. */
  skipped = 0;
  readonly #outdated = new Map<string, { readonly by: number; readonly at: number }>();
  readonly #thrown = new Set<unknown>();
  #evicted: { readonly key: string; readonly at: number }[] = [];

  /** `open` opens the store once for each process. */
  constructor(cast: readonly string[], open: (() => CacheOptions['store']) | undefined) {
    const used = new Set(cast);
    for (const { name, uses = [] } of SPECS.toReversed()) if (used.has(name)) for (const use of uses) used.add(use);
    this.cast = SPECS.filter(({ name }) => used.has(name));
    this.model = new Model(this.cast, open !== undefined);
    this.#open = open ?? (() => undefined);
    this.#processes = open === undefined ? [this.#start()] : [this.#start(), this.#start()];
    this.model.here = this.here.modelled;
  }

  get here(): Opened {
    const opened = this.#processes[this.#here];
    if (opened === undefined) throw new Error('there is no such process');
    return opened;
  }

  /** From now on what is asked is asked of the other process. */
  elsewhere(): void {
    this.#here = (this.#here + 1) % this.#processes.length;
    this.model.here = this.here.modelled;
  }

  async restart(): Promise<void> {
    await this.here.cache.close();
    this.#processes[this.#here] = this.#start();
    this.model.here = this.here.modelled;
  }

  async close(): Promise<void> {
    for (const { cache } of this.#processes) await cache.close();
  }

  fn(name: string): Cached {
    const fn = this.here.fns.get(name);
    if (fn === undefined) throw new Error(`there is no function ${name}`);
    return fn;
  }

  #start(): Opened {
    const store = this.#open();
    const cache = createCache({
      clock: this.clock,
      name: 'shop',
      store,
      memoryTtl: store === undefined ? undefined : MEMORY_TTL,
      refreshCooldown: COOLDOWN,
    });
    const fns = new Map<string, Cached>();
    for (const spec of this.cast) fns.set(spec.name, this.#wrap(cache, spec, fns));
    const ids = new Map(
      this.cast.flatMap(({ name }) =>
        ARGUMENTS.map((args, id) => [`${name} ${fns.get(name)?.load.keyOf(...args(false))}`, `${name} ${id}`]),
      ),
    );
    cache.on('removed', ({ fn, key, reason }) => {
      if (reason === 'evict') this.#evicted.push({ key: ids.get(`${fn} ${key}`) ?? '', at: this.clock.now() });
    });
    return { cache, fns, modelled: new Process() };
  }

  #wrap(cache: Cache, spec: Spec, fns: ReadonlyMap<string, Cached>): Cached {
    const {
      name,
      ttl,
      staleWhileRevalidate,
      staleIfError,
      errorTtl,
      onlyMissing,
      tags,
      maxEntries,
      inherit,
      uses = [],
    } = spec;
    const options: DataOptions<[of?: unknown], Value> = {
      name,
      ttl: ttl === 'result' ? (value) => ttlOf(spec, value) : ttl,
      staleIfError,
      errorTtl: errorTtl !== undefined && onlyMissing === true ? { ttl: errorTtl, only: [Missing] } : errorTtl,
      tags: tags === 'result' ? (value) => tagsOf(spec, value) : tags,
      when: (value) => isWanted(spec, value),
      maxEntries,
      inherit,
      jitter: 0,
    };
    const answer = (of: unknown, seen: { version: number; failing: string | undefined }, parts: Value[]): Value => {
      const value = valueOf(of, seen.version, parts);
      if (seen.failing !== undefined) throw this.#fault(`${seen.failing}: ${name} ${idOf(of)} at ${seen.version}`);
      return value;
    };
    const seen = () => ({ version: this.model.version, failing: this.model.failing.get(name) });
    const part = (use: string): Loaded => fns.get(use)?.load ?? unknown(use);
    if (spec.sync === true) {
      const fn = (of?: unknown): Value =>
        answer(
          of,
          seen(),
          uses.map((use) => part(use)(of) as Value),
        );
      return { load: cache.cacheDataSync(fn, options), policies: [], slow: () => unknown(name) };
    }
    const load = cache.cacheData(
      async (of?: unknown): Promise<Value> => {
        const now = seen();
        const parts: Value[] = [];
        for (const use of uses) parts.push((await part(use)(of)) as Value);
        await this.#atGate(name);
        return answer(of, now, parts);
      },
      { ...options, version: '1', staleWhileRevalidate },
    );
    const policies = POLICIES.map((policy) => (takes(spec, policy) ? load.withOptions(policy) : undefined));
    const slow = load.withOptions({ softTimeout: staleIfError === undefined ? undefined : SOFT, hardTimeout: HARD });
    return { load, policies, slow };
  }

  #atGate(name: string): Promise<void> | undefined {
    if (this.gate?.name !== name) return undefined;
    const { door } = this.gate;
    this.gate = undefined;
    return door.passed;
  }

  #fault(message: string): Fault {
    const fault = message.startsWith('Missing') ? new Missing(message) : new Fault(message);
    this.#thrown.add(fault);
    return fault;
  }

  /**
   * Whether this process may outdate something. When two do within `memoryTtl`, neither trusts what the store says of it
   * (hazard 9), and for a while their values are not stored: then there are more runs than the model would have.
   */
  mayOutdate(what: string): boolean {
    const last = this.#outdated.get(what);
    const now = this.clock.now();
    if (last !== undefined && last.by !== this.#here && now - last.at <= MEMORY_TTL) {
      this.skipped += 1;
      return false;
    }
    this.#outdated.set(what, { by: this.#here, at: now });
    return true;
  }

  /**
   * Whether this process may expire a call: not one that was expired before, over a store, where it would count from the
   * second time, and in memory from the first.
   */
  mayExpire(spec: Spec, id: number): boolean {
    if (!this.model.wasExpired(spec, id)) return this.mayOutdate(`${spec.name} ${id}`);
    this.skipped += 1;
    return false;
  }

  /** Lets everything that goes on end: refreshes behind answers, and what is on its way to the store. */
  async settle(): Promise<void> {
    await settle();
    if (this.#processes.length === 1) return;
    for (let turn = 0; turn < 6; turn += 1) await settle();
    for (const { cache } of this.#processes) await cache.flush();
  }

  async advance(ms: number): Promise<void> {
    this.model.now += ms;
    await this.clock.advance(ms);
  }

  /** What a call has come to; the function's own errors as the model tells them. */
  async outcome(call: () => unknown): Promise<Outcome> {
    try {
      return (await call()) as Value;
    } catch (error) {
      if (error instanceof Error && 'code' in error) return String(error.code);
      // The very error that the function threw.
      if (!this.#thrown.has(error) || !(error instanceof Fault)) throw error;
      return error.message;
    }
  }

  /** Compares, and then spoils what the caller has got. */
  check(actual: Outcome | undefined, wanted: Outcome | undefined): void {
    // The cheap comparison first: nearly all are equal, and the matcher costs more than the call that it judges.
    if (!isDeepStrictEqual(actual, wanted)) expect(actual).toStrictEqual(wanted);
    if (typeof actual === 'object') spoil(actual);
  }

  /** What each function has counted, and what had to leave, is what the model says. */
  checkCounts(): void {
    for (const { key, at } of this.#evicted) this.model.evicted(key, at);
    this.#evicted = [];
    for (const spec of this.cast) {
      const { hits, misses, joins, stale, errors, runs, entries } = this.fn(spec.name).load.stats();
      const counted = { hits, misses, joins, stale, errors, runs };
      const wanted = this.model.countsOf(spec);
      if (!isDeepStrictEqual(counted, wanted)) expect({ [spec.name]: counted }).toStrictEqual({ [spec.name]: wanted });
      expect(entries).toBeLessThanOrEqual(spec.maxEntries ?? ARGUMENTS.length);
    }
  }
}

function unknown(name: string): never {
  throw new Error(`there is no function ${name}`);
}

function idOf(of: unknown): number {
  return ARGUMENTS.findIndex((_, id) => isDeepStrictEqual(argumentOf(id), of));
}

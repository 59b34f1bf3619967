import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Clock } from '@millpond/core';
import type { CacheEvent, CacheEventType } from '../../packages/core/src/events.js';
import {
  openStore,
  type EntryToKeep,
  type StoreFunction,
  type StoreTier,
  type StoreTierOptions,
} from '../../packages/core/src/store/index.js';
import type { HeldStore } from './held-store.js';
import { fakeClock, settle } from './fake-clock.js';

/** A store tier and what it told. */
export interface TestTier {
  readonly tier: StoreTier;
  readonly events: CacheEvent[];
  /** The events of one kind. */
  readonly told: (type: CacheEventType) => CacheEvent[];
  /** The entries of one function; see {@link untilEnded}. */
  readonly fn: (name?: string, version?: string) => StoreFunction;
}

const MINUTE = 60_000;

/** Opens a tier, as one process would. Time stands still unless a clock is given. */
export function openTier(input: StoreTierOptions['input'], options: Partial<StoreTierOptions> = {}): TestTier {
  const events: CacheEvent[] = [];
  const tier = openStore({
    input,
    cache: 'shop',
    cacheVersion: '',
    closeInput: false,
    readDeadline: 50,
    storeTtl: 30 * 24 * 60 * MINUTE,
    memoryTtl: 10_000,
    closeTimeout: 10_000,
    clock: stillClock(),
    emit: (event) => void events.push(event),
    ...options,
  });
  return {
    tier,
    events,
    told: (type) => events.filter((event) => event.type === type),
    fn: (name = 'getUser', version = 'v1') =>
      untilEnded(tier.function({ name, version, shown: name, maxValueBytes: 2 ** 24 })),
  };
}

/** The same function, whose `keep` resolves only when the entry was written or given up. */
export function untilEnded(fn: StoreFunction): StoreFunction {
  return {
    ...fn,
    async keep(key, begun, entry) {
      let pairs: ReturnType<StoreFunction['keep']> | undefined;
      await new Promise<void>((onEnd) => (pairs = fn.keep(key, begun, { ...entry, onEnd })));
      return pairs;
    },
  };
}

/** A clock that shows the time of this moment, and stands still: no deadline passes while a real store works. */
export function stillClock(): Clock {
  return fakeClock(Date.now());
}

/** An entry to keep; `payload` is its text. */
export function entryOf(payload: string, more: Partial<EntryToKeep> = {}): EntryToKeep {
  return {
    encode: () => payload,
    ttl: MINUTE,
    staleWhileRevalidate: undefined,
    staleIfError: undefined,
    computeMs: 3,
    tags: [],
    inherited: [],
    ...more,
  };
}

/** One whole run: looks, finds nothing, computes, keeps. */
export async function runAndKeep(
  fn: StoreFunction,
  key: string,
  payload: string,
  more: Partial<EntryToKeep> = {},
): Promise<void> {
  const { begun } = await fn.lookup(key, more.tags ?? []);
  await fn.keep(key, begun, entryOf(payload, more));
}

/** What a look-up finds: the payload, or why there is none. */
export async function outcome(fn: StoreFunction, key: string, tags: readonly string[] = []): Promise<string> {
  const { found, reason } = await fn.lookup(key, tags);
  return found === undefined ? `(${reason})` : found.payload;
}

/** Makes a shorter text of a text. */
export function squeeze(text: string): string {
  return deflateRawSync(text).toString('base64');
}

/** Undoes {@link squeeze}. */
export function stretch(text: string): string {
  return inflateRawSync(Buffer.from(text, 'base64')).toString('utf8');
}

/** Makes another text of a text, as a compression or an encryption would. */
export function disguise(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** Undoes {@link disguise}. */
export function reveal(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}

/** Lets everything run that waits neither for a held operation nor for time. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await settle();
}

/** Whether a promise has settled. */
export function watch(promise: Promise<unknown>): { readonly settled: boolean } {
  const state = { settled: false };
  void promise.then(() => (state.settled = true));
  return state;
}

/** Lets reads fail until the breaker opens. */
export async function breakStore(store: HeldStore, { fn, told }: TestTier): Promise<void> {
  store.hold(() => true);
  for (let time = 0; told('storeDegraded').length === 0; time += 1) {
    const looked = fn().lookup(String(time), []);
    (await store.heldAtLeast(1))[0]?.fail(new Error('down'));
    await looked;
  }
}

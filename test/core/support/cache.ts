import { createCache, type Cache, type CacheEvent, type CacheEventType, type CacheOptions } from '@millpond/core';
import { fakeClock, settle, type FakeClock } from '../../support/fake-clock.js';
import { watch } from './gate.js';

/** A cache in memory on a clock that the test moves. */
export function pond(options: CacheOptions = {}): { cache: Cache; clock: FakeClock } {
  const clock = fakeClock();
  return { cache: createCache({ clock, ...options }), clock };
}

/** Events of a cache, of some types, as they come. */
export function record(cache: Cache, ...types: readonly CacheEventType[]): CacheEvent[] {
  const heard: CacheEvent[] = [];
  for (const type of types) cache.on(type, (event) => heard.push(event));
  return heard;
}

/** Each way to wrap a function, without the types that would refuse a wrong one. */
export function wrapsOf(cache: Cache): ((fn: unknown) => unknown)[] {
  return [
    (fn) => cache.cacheData(fn as () => unknown),
    (fn) => cache.cacheDataSync(fn as () => unknown),
    (fn) => cache.cacheBatch(fn as () => []),
    (fn) => cache.cacheResource(fn as () => unknown),
  ];
}

/**
 * What a promise settles with when it does within `ms` of the clock's time; it is the test's failure when it does not.
 * Time moves in small steps, since what is waited for may arm one timer after another.
 */
export async function within<T>(clock: FakeClock, ms: number, promise: Promise<T>): Promise<T> {
  const state = watch(promise);
  await settle();
  for (let passed = 0; !state.settled && passed < ms; passed += ms / 20) await clock.advance(ms / 20);
  for (let turn = 0; !state.settled && turn < 5; turn += 1) await settle();
  if (!state.settled) throw new Error(`not settled within ${ms} ms`);
  return promise;
}

import type { Cache, CacheOptions, SessionSource } from '@millpond/core';
import { pond } from './cache.js';

/** Calls in a session, and in a request of its own. */
export const inSession = <R>(cache: Cache, session: SessionSource | undefined, fn: () => R): Promise<Awaited<R>> =>
  cache.runInScope({ session }, fn);

/** A session-scoped function that tells how often it ran. */
export function counted(options: CacheOptions = {}) {
  const made = pond(options);
  let runs = 0;
  const load = made.cache.cacheData(async (_id?: string) => (runs += 1), { name: 'load', scope: 'session' });
  return { ...made, load, runs: () => runs };
}

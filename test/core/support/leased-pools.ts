import type { CacheOptions, ResourceOptions } from '@millpond/core';
import { pond } from './cache.js';

/** What the factories of these tests build. */
export interface Pool {
  readonly id: number;
  healthy: boolean;
}

/** A cached resource whose releases are told, and whose factory fails, or waits, as the test says. */
export function pools(options: ResourceOptions<[name?: string], Pool> = {}, ofCache: CacheOptions = {}) {
  const { cache, clock } = pond({ logger: { warn: () => {} }, ...ofCache });
  const released: [number, string][] = [];
  const factory = {
    built: 0,
    failure: undefined as unknown,
    waitsFor: undefined as Promise<unknown> | undefined,
  };
  const pool = cache.cacheResource(
    async (_name?: string): Promise<Pool> => {
      const id = (factory.built += 1);
      await factory.waitsFor;
      if (factory.failure !== undefined) throw factory.failure;
      return { id, healthy: true };
    },
    { name: 'pool', onRelease: ({ id }, reason) => void released.push([id, reason]), ...options },
  );
  return { cache, clock, pool, released, factory };
}

import type { Cache } from '@millpond/core';

let built = 0;

/** Grows with every call, so that whatever is built can be told apart. */
export function number(): number {
  built += 1;
  return built;
}

/** As a driver has it: an instance of a class without a hasher. */
export class Pool {
  readonly host: string;
  readonly number = number();
  healthy = true;

  constructor(host: string) {
    this.host = host;
  }
}

/** A resource function whose pools are valid while they are healthy. */
export function pools(cache: Cache, options: { readonly name?: string; readonly maxEntries?: number } = {}) {
  return cache.cacheResource(async (host: string) => new Pool(host), {
    ...options,
    validate: ({ healthy }) => healthy,
  });
}

/** A query whose answer tells by which pool it was computed. */
export async function query(pool: Pool, sql: string): Promise<string> {
  return `${sql} by ${pool.number}`;
}

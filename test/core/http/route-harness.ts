import { createCache, type Cache, type CacheOptions } from '@millpond/core';
import { createRoute, type Route, type RouteInput, type RouteOptions, type RouteResult } from '@millpond/core/http';
import { afterEach } from 'vitest';
import { fakeClock } from '../../support/fake-clock.js';

/** A plain request. */
export const GET: RouteInput = {
  method: 'GET',
  scheme: 'http',
  host: 'shop.test',
  url: '/users/1',
  params: { id: '1' },
  query: {},
  headers: {},
  caller: { user: undefined, session: undefined, certificate: false },
};

/** The clock of every cache here. */
export const clock = fakeClock();

const made: Cache[] = [];

/** A cache that is closed when the test ends. */
export function cacheWith(options: CacheOptions = {}): Cache {
  const cache = createCache({ clock, ...options });
  made.push(cache);
  return cache;
}

afterEach(async () => {
  for (const cache of made.splice(0)) await cache.close();
});

/** The body of an answer. */
export const text = ({ answer }: RouteResult): string => answer.body.toString();

/** Asks a route, with what differs from {@link GET}. */
export async function ask(route: Route, input: Partial<RouteInput> = {}): Promise<string> {
  return text(await route({ ...GET, ...input }));
}

/** A route that counts its runs, and answers with their number. */
export function counting(options: RouteOptions = {}, cache: Cache = cacheWith()): Route {
  let runs = 0;
  return createRoute(cache, options, () => (runs += 1));
}

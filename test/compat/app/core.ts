import assert from 'node:assert/strict';
import { CacheError, createCache } from '@millpond/core';
import { createRoute, JSON_TYPE, type Route } from '@millpond/core/http';
import { createPassThroughCache, createTestClock, millpondMatchers, type TestClock } from '@millpond/core/testing';
import { answersTwice, passed } from './check.js';

export async function core(): Promise<void> {
  const cache = createCache();
  let runs = 0;
  let released = 0;
  const getUser = cache.cacheData(
    async (id: string) => {
      runs += 1;
      return { id, name: 'Ada' };
    },
    { ttl: '5m' },
  );
  await answersTwice(
    '@millpond/core: a second call is a hit',
    () => runs,
    () => getUser('42'),
  );
  assert.throws(() => cache.cacheData(async () => 1, { ttl: 0 }), CacheError);

  const pool = cache.cacheResource(async () => ({ living: true }), { onRelease: () => (released += 1) });
  assert.equal(await pool(), await pool());
  await cache.close();
  assert.equal(released, 1);
  passed('@millpond/core: a resource is shared, and released on close');

  await using stored = createCache({ name: 'compat', store: new Map() });
  const dateOf = stored.cacheData(async (text: string) => ({ date: new Date(text) }));
  await dateOf('2020-01-01');
  await stored.flush();
  assert.ok((await dateOf('2020-01-01')).date instanceof Date);
  passed('@millpond/core: a store takes and gives what it should');

  const route: Route = createRoute(stored, { name: 'compat', ttl: '1m' }, async ({ params }) => params);
  assert.equal(typeof route, 'function');
  assert.match(JSON_TYPE, /^application\/json/);
  passed('@millpond/core/http: a route is made');

  const clock: TestClock = createTestClock();
  const everyTime = createPassThroughCache({ clock }).cacheData(async () => clock.now());
  await everyTime();
  await clock.advance('1h');
  assert.equal(await everyTime(), 3_600_000);
  assert.equal(millpondMatchers.toHaveComputed(everyTime, 2).pass, true);
  passed('@millpond/core/testing: a clock moves, a cache passes through, a matcher counts');
}

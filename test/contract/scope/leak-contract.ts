import { AsyncLocalStorage } from 'node:async_hooks';
import { createCache, type Cache } from '@millpond/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { gate } from '../../core/support/gate.js';
import { settle } from '../../support/fake-clock.js';
import type { ScopeHost } from './scope-host.js';
import { start } from './started.js';
import { visitor } from './visitor.js';

const REQUESTS = 200;

/** What an app keeps for a request in async context: a user, a trace. */
const context = new AsyncLocalStorage<object>();

/** What the routes of these tests do with a cache, besides answering. */
type Use = (cache: Cache) => () => Promise<unknown>;

const uses: [string, Use][] = [
  [
    'data of every scope, with a ttl that a timer watches',
    (cache) => {
      const loads = (['global', 'session', 'request'] as const).map((scope) =>
        cache.cacheData(async (_n: number) => ({ scope }), { scope, ttl: '1h', staleWhileRevalidate: '1h' }),
      );
      return async () => Promise.all(loads.map((load) => load(1)));
    },
  ],
  [
    'resources of every scope',
    (cache) => {
      const pools = (['global', 'session', 'request'] as const).map((scope) =>
        cache.cacheResource(async () => ({ scope }), { scope, idleTimeout: '1h', validate: () => true }),
      );
      return async () => Promise.all(pools.map((pool) => pool()));
    },
  ],
  [
    'a resource that is replaced, and released later',
    (cache) => {
      const pool = cache.cacheResource(async () => ({}), { releaseAfter: '1h', onRelease: () => undefined });
      return async () => [await pool(), await pool.refresh()];
    },
  ],
  [
    'a run that outlives the calls, which gave up waiting',
    (cache) => {
      const load = cache.cacheData(async () => gate<number>().passed, { hardTimeout: 5, flightTimeout: '1h' });
      const own = cache.cacheData(async () => gate<number>().passed, { scope: 'session', hardTimeout: 5 });
      return async () => Promise.allSettled([load(), own()]);
    },
  ],
  [
    'a run that joiners share',
    (cache) => {
      const load = cache.cacheData(async () => settle(), { ttl: 1 });
      return async () => Promise.all([load(), load(), load()]);
    },
  ],
  [
    'a refresh behind a stale answer that never ends',
    (cache) => {
      let runs = 0;
      const load = cache.cacheData(async () => ((runs += 1) === 1 ? 1 : gate<number>().passed), {
        ttl: 1,
        staleWhileRevalidate: '1h',
      });
      return async () => [await load(), await settle(), await load()];
    },
  ],
  [
    'a store',
    (cache) => {
      const load = cache.cacheData(async (_n: number) => 1, {
        scope: 'session',
        name: 'load',
        store: new Map(),
        ttl: '1h',
      });
      return async () => [await load(1), await load.delete(1)];
    },
  ],
];

async function collected(references: readonly WeakRef<object>[]): Promise<number> {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error('run with --expose-gc');
  const alive = (): number => references.filter((reference) => reference.deref() !== undefined).length;
  for (let turn = 0; turn < 50 && alive() > 0; turn += 1) {
    for (let quiet = 0; quiet < 4; quiet += 1) await settle();
    gc();
  }
  return alive();
}

/** Nothing of a request is kept, whatever it has used. */
export function leakContract(host: ScopeHost): void {
  describe(`hazard 31: after ${REQUESTS} requests and no further traffic, none of them can be reached`, () => {
    test.each(uses)('that have used %s', async (_, use) => {
      const cache = createCache({ name: 'shop', logger: { warn: () => undefined } });
      onTestFinished(async () => void (await cache.close()));
      const call = use(cache);
      const references: WeakRef<object>[] = [];
      const { port } = await start(host, {
        sessions: 'header',
        cache,
        routes(_cache, route) {
          route('/', ({ request }) => {
            const mine = { trace: references.length };
            references.push(new WeakRef(request), new WeakRef(mine));
            return context.run(mine, async () => void (await call()));
          });
        },
      });
      for (let sent = 0; sent < REQUESTS; sent += 20) {
        const users = Array.from({ length: 20 }, (_user, at) => `user ${at % 5}`);
        await Promise.all(users.map((user) => visitor(port).ask('/', { user })));
      }
      expect(references.length).toBe(2 * REQUESTS);
      expect(await collected(references)).toBe(0);
    });
  });
}

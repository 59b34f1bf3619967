import { createCache, type CachedData, type CachedResource } from '@millpond/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { until } from '../../core/support/gate.js';
import { fakeClock, type FakeClock } from '../../support/fake-clock.js';
import type { ScopeApp, ScopeHost, SessionKind } from './scope-host.js';
import { start } from './started.js';
import { visitor, type Visitor } from './visitor.js';

interface Shop {
  readonly app: ScopeApp;
  readonly clock: FakeClock;
  readonly basket: CachedData<[], number>;
  readonly pool: CachedResource<[], { readonly of: number }>;
  readonly released: readonly string[];
}

/** A shop whose visitors have a basket and a pool of their own. */
async function shop(host: ScopeHost, sessions: SessionKind, store?: Map<string, unknown>): Promise<Shop> {
  const clock = fakeClock();
  const cache = createCache({ name: 'shop', clock, ...(store && { store }) });
  onTestFinished(async () => void (await cache.close()));
  let runs = 0;
  const released: string[] = [];
  const basket = cache.cacheData(async () => (runs += 1), { name: 'basket', scope: 'session' });
  const pool = cache.cacheResource(async () => ({ of: (runs += 1) }), {
    name: 'pool',
    scope: 'session',
    onRelease: (_it, reason) => released.push(reason),
  });
  const app = await start(host, {
    sessions,
    cache,
    routes(_cache, route) {
      route('/basket', () => basket());
      route('/clear', async () => (await basket.clear()).store);
      route('/pool', async () => (await pool()).of);
      route('/login', async ({ session }) => session.set('user', 'ann'));
      route('/logout', ({ session }) => session.destroy());
      route('/regenerate', async ({ session }) => {
        await session.regenerate();
        session.set('user', 'eve');
      });
    },
  });
  return { app, clock, basket, pool, released };
}

/** Somebody who has logged in, and so has a session that is theirs. */
async function guest({ app }: Shop): Promise<Visitor> {
  const made = visitor(app.port);
  await made.ask('/login');
  return made;
}

/** What sessions do, whatever the framework. */
export function sessionContract(host: ScopeHost): void {
  describe('a session', () => {
    test('S95: each computes for itself, and a clear in one leaves the other', async () => {
      const made = await shop(host, 'plugin');
      const [one, two] = [await guest(made), await guest(made)];
      expect(await one.ask('/basket')).toBe(1);
      expect([await two.ask('/basket'), await two.ask('/basket')]).toEqual([2, 2]);
      expect(await two.ask('/clear')).toBe('none');
      expect([await one.ask('/basket'), await two.ask('/basket')]).toEqual([1, 3]);
    });

    test('S96: without a session plugin, it is an error, and the function is not run', async () => {
      const { app, basket } = await shop(host, 'none');
      await expect(visitor(app.port).ask('/basket')).rejects.toThrow('the request that called it has no session');
      expect(app.errors).toMatchObject([{ code: 'ERR_MILLPOND_NO_SCOPE' }]);
      expect(basket.stats().runs).toBe(0);
    });

    test('S97: over a shared store, nobody gets what is of another, and everybody their own', async () => {
      const store = new Map<string, unknown>();
      const [here, there] = [await shop(host, 'header', store), await shop(host, 'header', store)];
      const ask = ({ app }: Shop, user: string): Promise<unknown> => visitor(app.port).ask('/basket', { user });
      const answers = [await ask(here, 'ann'), await ask(here, 'bob')];
      await here.app.cache.flush();
      expect([await ask(there, 'ann'), await ask(there, 'bob')]).toEqual(answers);
      expect([await ask(there, 'eve'), there.basket.stats().runs]).toEqual([1, 1]);
    });

    test('S98: its destruction drops what it has and releases its resources; others keep theirs', async () => {
      const made = await shop(host, 'plugin');
      const [one, two] = [await guest(made), await guest(made)];
      for (const each of [one, two]) for (const path of ['/basket', '/pool']) await each.ask(path);
      await one.ask('/logout');
      await until(() => made.released.length > 0);
      expect(made.released).toEqual(['scope']);
      expect([made.basket.stats().entries, made.pool.stats().entries]).toEqual([1, 1]);
      expect([await two.ask('/basket'), await two.ask('/pool')]).toEqual([3, 4]);
    });

    test('S98: another session in its place is another session', async () => {
      const made = await shop(host, 'plugin');
      const one = await guest(made);
      expect([await one.ask('/basket'), await one.ask('/pool')]).toEqual([1, 2]);
      await one.ask('/regenerate');
      await until(() => made.released.length > 0);
      expect(made.basket.stats().entries).toBe(0);
      expect([await one.ask('/basket'), await one.ask('/basket')]).toEqual([3, 3]);
    });

    test('S98: one that nobody uses any more ends, without traffic', async () => {
      const made = await shop(host, 'plugin');
      const one = await guest(made);
      await one.ask('/pool');
      await made.clock.advance(29 * 60_000);
      expect(made.released).toEqual([]);
      await made.clock.advance(2 * 60_000);
      await until(() => made.released.length > 0);
      expect(made.released).toEqual(['scope']);
    });

    test('hazard 29: visitors without one share nothing, with each other or with their next request', async () => {
      const store = new Map<string, unknown>();
      const made = await shop(host, 'plugin', store);
      const told: unknown[] = [];
      made.app.cache.on('anonymous', ({ fn }) => told.push(fn));
      expect([await visitor(made.app.port).ask('/basket'), await visitor(made.app.port).ask('/basket')]).toEqual([
        1, 2,
      ]);
      expect(told).toEqual(['basket', 'basket']);
      await made.app.cache.flush();
      await until(() => made.basket.stats().entries === 0);
      expect(store.size).toBe(0);
    });

    test('hazard 29: another principal of one id has nothing of the one before, whose session has ended', async () => {
      const store = new Map<string, unknown>();
      const made = await shop(host, 'header', store);
      const ask = (path: string, principal: string): Promise<unknown> =>
        visitor(made.app.port).ask(path, { user: 'id', principal });
      expect([await ask('/basket', 'ann'), await ask('/pool', 'ann')]).toEqual([1, 2]);
      await made.app.cache.flush();
      expect([await ask('/basket', 'bob'), await ask('/basket', 'bob')]).toEqual([3, 3]);
      await until(() => made.released.length > 0);
      expect(made.released).toEqual(['scope']);
      expect(await ask('/basket', 'ann')).toBe(4);
      expect([...store.keys()].join(), 'ids and principals are in no key').not.toMatch(/ann|bob/);
    });

    test('a function that says whose it is takes the place of the plugin', async () => {
      const { app } = await shop(host, 'header');
      const ask = (user?: string): Promise<unknown> =>
        visitor(app.port).ask('/basket', user === undefined ? {} : { user });
      expect([await ask('ann'), await ask('bob'), await ask('ann')]).toEqual([1, 2, 1]);
      await expect(ask()).rejects.toThrow('has no session');
    });
  });
}

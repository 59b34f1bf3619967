import { createCache, type CacheOptions } from '@millpond/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { gate, until, watch } from '../../core/support/gate.js';
import { sendAndLeave } from '../../support/send.js';
import type { ScopeApp, ScopeHost, ScopePlan } from './scope-host.js';
import { start } from './started.js';
import { visitor } from './visitor.js';

/** An app whose requests have a transaction each, built on a connection. */
async function desk(host: ScopeHost, cacheOptions: CacheOptions = {}, before?: ScopePlan['before']) {
  const cache = createCache(cacheOptions);
  onTestFinished(async () => void (await cache.close()));
  const log: string[] = [];
  const arrived = gate();
  const door = gate();
  const releasing = gate();
  let runs = 0;
  const count = cache.cacheData(async () => (runs += 1), { name: 'count', scope: 'request' });
  const options = { scope: 'request' } as const;
  const connection = cache.cacheResource(async () => ({}), { ...options, onRelease: () => log.push('connection') });
  const transaction = cache.cacheResource(async () => (await connection(), {}), {
    ...options,
    onRelease: () => log.push('transaction'),
  });
  const slow = cache.cacheResource(async () => ({}), { ...options, onRelease: () => releasing.passed });
  const app: ScopeApp = await start(host, {
    sessions: 'none',
    cache,
    ...(before === undefined ? {} : { before }),
    routes(_cache, route) {
      route('/twice', async () => [await count(), await count()]);
      route('/body', async ({ body }) => [body, await count()]);
      route('/transaction', async () => {
        await transaction();
        return log.length;
      });
      route('/stays', async () => {
        await transaction();
        arrived.open();
        await door.passed;
      });
      route('/slow', async () => void (await slow()));
    },
  });
  return { app, cache, count, log, arrived, door, releasing, slow };
}

/** What requests do, whatever the framework. */
export function requestContract(host: ScopeHost): void {
  describe('a request', () => {
    test('computes once for itself, also behind a body that was waited for, and leaves nothing', async () => {
      const { app, count } = await desk(host);
      const { ask } = visitor(app.port);
      expect(await ask('/twice')).toEqual([1, 1]);
      expect(await ask('/twice', { method: 'POST' })).toEqual([2, 2]);
      expect(await ask('/body', { body: { a: 1 } })).toEqual([{ a: 1 }, 3]);
      await until(() => count.stats().entries === 0);
    });

    test('lets go of its resources with its response, the last made first', async () => {
      const { app, log } = await desk(host);
      expect(await visitor(app.port).ask('/transaction')).toBe(0);
      await until(() => log.length === 2);
      expect(log).toEqual(['transaction', 'connection']);
    });

    test('lets go of them when the client has gone away, though its handler goes on', async () => {
      const { app, log, arrived, door } = await desk(host);
      await sendAndLeave(app.port, '/stays', arrived.passed);
      await until(() => log.length === 2);
      expect(log).toEqual(['transaction', 'connection']);
      door.open();
    });

    test('whose client has gone before it had a scope makes nothing that nobody would let go of', async () => {
      const arrived = gate();
      const before = (closed: Promise<void>): Promise<void> => (arrived.open(), closed);
      const { app, log } = await desk(host, {}, before);
      await sendAndLeave(app.port, '/transaction', arrived.passed);
      await until(() => app.errors.length === 1);
      expect(app.errors).toMatchObject([{ code: 'ERR_MILLPOND_NO_SCOPE' }]);
      await app.close();
      expect(log).toEqual([]);
    });

    test('is waited for when the app closes, also where the cache is not the app’s own', async () => {
      const { app, releasing, slow } = await desk(host);
      await visitor(app.port).ask('/slow');
      await until(() => slow.stats().entries === 0);
      const closing = app.close();
      const state = watch(closing);
      for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      expect(state.settled).toBe(false);
      releasing.open();
      await closing;
    });
  });
}

import { createCache } from '@millpond/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { gate } from '../../core/support/gate.js';
import { settle } from '../../support/fake-clock.js';
import type { ExchangeHosting, ExchangeRoutes } from './exchange-host.js';
import { start } from './started.js';

const REQUESTS = 200;

const uses: [string, (app: ExchangeRoutes) => () => Promise<unknown>][] = [
  [
    'that have read and acted, for all, for a session and for a request',
    ({ cache, exchange }) => {
      const loads = (['global', 'session', 'request'] as const).map((scope) =>
        cache.cacheData(
          async () => {
            exchange.responseHeader('x-a', '1');
            await settle();
            return [exchange.requestHeader('x-user'), exchange.requestQuery('n')];
          },
          { scope, ttl: '1h' },
        ),
      );
      return async () => Promise.all(loads.map((load) => load()));
    },
  ],
  [
    'whose run never ends, and which gave up waiting for it',
    ({ cache, exchange }) => {
      const load = cache.cacheData(
        async () => {
          exchange.requestHeader('x-user');
          return gate<number>().passed;
        },
        { hardTimeout: 5, flightTimeout: '1h' },
      );
      return async () => load().catch(() => undefined);
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

/** Nothing of a request or a response is kept, whatever was read and set. */
export function leakContract(host: ExchangeHosting): void {
  describe(`hazard 31: after ${REQUESTS} requests, none of them and of their responses can be reached`, () => {
    test.each(uses)('%s', async (_, use) => {
      const cache = createCache({ logger: { warn: () => undefined } });
      onTestFinished(async () => void (await cache.close()));
      const references: WeakRef<object>[] = [];
      const { ask } = await start(host, {
        cache,
        cacheOptions: {},
        routes(app) {
          const call = use(app);
          app.get('/', async ({ request, response }) => {
            references.push(new WeakRef(request), new WeakRef(response));
            await call();
          });
        },
      });
      for (let sent = 0; sent < REQUESTS; sent += 20) {
        const users = Array.from({ length: 20 }, (_user, at) => `user ${at % 5}`);
        await Promise.all(users.map((user) => ask(`/?n=${sent}`, { 'x-user': user, connection: 'close' })));
      }
      expect(references.length).toBe(2 * REQUESTS);
      expect(await collected(references)).toBe(0);
    });
  });
}

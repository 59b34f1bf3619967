import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, test } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { gate } from '../support/gate.js';
import { begin, site, type Asked, type Visit } from './support.js';

/** What an app keeps for a request in async context. */
const traces = new AsyncLocalStorage<object>();

type Made = ReturnType<typeof site>;

/** How many of the requests and responses of 200 visits can still be reached when all have been answered. */
async function reachable({ cache }: Made, use: (number: number, visit: Visit) => Promise<unknown>): Promise<number> {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error('run with --expose-gc');
  const serve = async (number: number): Promise<WeakRef<object>[]> => {
    const headers = { 'accept-language': number % 2 === 0 ? 'fr' : 'en', cookie: `theme=${number % 3}` };
    const asked: Asked = { headers, query: {}, user: `user ${number % 5}`, session: `session ${number % 5}` };
    const visit = begin(cache, asked);
    const trace = { number };
    await traces.run(trace, () => visit.scope.run(() => use(number, visit)));
    await visit.scope.end();
    return [new WeakRef(asked), new WeakRef(visit.response), new WeakRef(trace)];
  };
  const references = (await Promise.all(Array.from({ length: 200 }, (_, number) => serve(number)))).flat();
  const left = (): number => references.filter((reference) => reference.deref() !== undefined).length;
  for (let turn = 0; turn < 20 && left() > 0; turn += 1) {
    await settle();
    gc();
  }
  return left();
}

test.each<[string, (made: Made) => (number: number, visit: Visit) => Promise<unknown>]>([
  [
    'that have read, acted, joined and hit, for all, for a session and for a request',
    ({ cache, ...exchange }) => {
      const loads = (['global', 'session', 'request'] as const).map((scope) =>
        cache.cacheData(
          async (id: number) => {
            exchange.requestCookie('theme');
            await settle();
            exchange.responseHeader('x-id', String(id));
            if (scope !== 'global') exchange.responseCookie('id', String(id));
            return [exchange.requestHeader('accept-language'), exchange.requestUser()];
          },
          { scope, ttl: '1h', staleWhileRevalidate: '1h' },
        ),
      );
      const outer = cache.cacheData(async (id: number) => loads[0]?.(id));
      return async (number) => Promise.all([...loads.map((load) => load(number % 7)), outer(number % 3)]);
    },
  ],
  [
    'whose callers have left a run that never ends',
    ({ cache, requestHeader }) => {
      const load = cache.cacheData(
        async () => {
          requestHeader('accept-language');
          await gate().passed;
        },
        { hardTimeout: 5, flightTimeout: '1h' },
      );
      return async () => load().catch(() => undefined);
    },
  ],
  [
    'that were answered too late',
    ({ cache, responseHeader, logLine }) => {
      const load = cache.cacheData(async () => {
        responseHeader('x-a', '1');
        logLine('info', 'x');
      });
      return async (_, { response }) => {
        response.sent = true;
        await load();
      };
    },
  ],
])('hazard 31: 0 of 200 requests can be reached %s', async (_, use) => {
  const made = site();
  const visits = reachable(made, use(made));
  for (let turn = 0; turn < 5; turn += 1) {
    await settle();
    await made.clock.advance(10);
  }
  expect(await visits).toBe(0);
});

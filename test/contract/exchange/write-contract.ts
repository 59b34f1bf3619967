import { describe, expect, test } from 'vitest';
import { gate, until } from '../../core/support/gate.js';
import { settle } from '../../support/fake-clock.js';
import type { ExchangeHosting } from './exchange-host.js';
import { start } from './started.js';

/** What cached functions do to the response. */
export function writing(host: ExchangeHosting): void {
  describe('S106: header, status and log line of a cached function', () => {
    test('are those of each who is answered: on the miss, who joined, on a hit', async () => {
      const lines: string[] = [];
      const log = (_data: object, message: string): void => void lines.push(message);
      const door = gate();
      let runs = 0;
      const { ask } = await start(host, {
        scopes: { logger: () => ({ debug: log, info: log, warn: log, error: log }) },
        before: (_request, setHeader) => setHeader('vary', 'Origin'),
        routes({ cache, exchange, get }) {
          const { responseHeader, responseStatus, logLine } = exchange;
          const load = cache.cacheData(async () => {
            await door.passed;
            responseHeader('X-Source', 'archive');
            responseHeader('vary', 'Accept-Language');
            responseStatus(203);
            logLine('warn', 'from the archive');
            return (runs += 1);
          });
          get('/', () => load());
        },
      });
      const together = [ask('/'), ask('/')];
      await settle();
      door.open();
      for (const { status, headers, answer } of [...(await Promise.all(together)), await ask('/')]) {
        expect([status, headers.get('x-source'), headers.get('vary'), answer]).toEqual([
          203,
          'archive',
          'Origin, Accept-Language',
          1,
        ]);
      }
      expect(lines).toHaveLength(3);
    });

    test('that come too late are an event, and the answer stays', async () => {
      const failed: unknown[] = [];
      const { ask, cache, errors } = await start(host, {
        routes({ cache, exchange, afterwards }) {
          const load = cache.cacheData(async () => exchange.responseHeader('x-late', '1'), { name: 'load' });
          afterwards('/', () => load());
        },
      });
      cache.on('effectFailed', (event) => failed.push(event));
      const { status, headers } = await ask('/');
      expect([status, headers.get('x-late')]).toEqual([200, null]);
      await until(() => failed.length > 0);
      expect(failed).toMatchObject([{ effect: 'responseHeader', fn: 'load' }]);
      expect(errors).toEqual([]);
    });
  });

  describe('hazard 30: a cookie', () => {
    test('is set again for who has the session, and goes beside those of the app', async () => {
      let count = 0;
      const { ask } = await start(host, {
        before: (_request, setHeader) => setHeader('set-cookie', 'app=1'),
        routes({ cache, exchange, get }) {
          const load = cache.cacheData(async () => exchange.responseCookie('visit', String((count += 1))), {
            scope: 'session',
          });
          get('/', () => load());
        },
      });
      const cookies: unknown[] = [];
      for (const user of ['ada', 'bob', 'ada']) cookies.push((await ask('/', { 'x-user': user })).cookies);
      const attributes = '; Path=/; HttpOnly; SameSite=Lax';
      expect(cookies).toEqual(['1', '2', '1'].map((visit) => ['app=1', `visit=${visit}${attributes}`]));
    });

    test.each(['set-cookie', 'WWW-Authenticate', 'x-auth-token'])('or a credential by %s is refused', async (name) => {
      const { ask, errors } = await start(host, {
        routes({ cache, exchange, get }) {
          const load = cache.cacheData(async () => exchange.responseHeader(name, 'sid=x'), { scope: 'session' });
          get('/', () => load());
        },
      });
      const { status, headers, cookies } = await ask('/', { 'x-user': 'ada' });
      expect([status, headers.get(name), cookies]).toEqual([500, null, []]);
      expect(errors).toMatchObject([{ code: 'ERR_MILLPOND_EFFECT', message: expect.stringContaining(name) }]);
    });

    test('of a function for everybody is refused', async () => {
      const { ask, errors } = await start(host, {
        routes({ cache, exchange, get }) {
          const load = cache.cacheData(async () => exchange.responseCookie('sid', 'x'));
          get('/', () => load());
        },
      });
      expect((await ask('/', { 'x-user': 'ada' })).status).toBe(500);
      expect(errors).toMatchObject([{ code: 'ERR_MILLPOND_EFFECT' }]);
    });
  });
}

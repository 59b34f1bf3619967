import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import type { RouteHost } from './route-host.js';
import { countRuns, start, startCounting } from './started.js';

/** What one caller's answer tells another: nothing. */
export function privacyContract(host: RouteHost): void {
  describe('privacy', () => {
    test('S104: user A and user B each get an answer of their own run, for them alone', async () => {
      const app = await startCounting(host, { ttl: '1h' });
      const as = (user: string) => app.send({ path: '/x', headers: { authorization: `Bearer ${user}` } });
      const answers = [await as('a'), await as('b'), await as('a')];
      expect(answers.map(({ body }) => body)).toEqual(['1', '2', '3']);
      for (const { headers } of answers) {
        expect(headers['cache-control']).toBe('private, no-store');
        expect(headers['cache-status']).toBe('Millpond; fwd=bypass; detail=authorization');
        expect(headers.etag).toBeUndefined();
      }
      expect((await app.send('/x')).body).toBe('4');
    });

    test('nor does such a request get what was kept for others', async () => {
      const app = await startCounting(host, { ttl: '1h' });
      expect((await app.send('/x')).body).toBe('1');
      expect((await app.send({ path: '/x', headers: { 'x-api-key': 'k' } })).body).toBe('2');
      expect((await app.send({ path: '/x', headers: {} })).body).toBe('1');
    });

    test('a credential in the query is one', async () => {
      const app = await startCounting(host);
      await app.send('/x?access_token=a');
      const { body, headers } = await app.send('/x?access_token=a');
      expect(body).toBe('2');
      expect(headers['cache-status']).toBe('Millpond; fwd=bypass; detail=access_token');
    });

    test.each<[string, unknown]>([
      ['user', { id: 7 }],
      ['session', { cookie: {}, userId: 7 }],
    ])('a %s that earlier middleware has found is one', async (part, found) => {
      const before = (request: Record<string, unknown>): void => {
        request[part] = found;
      };
      const app = await startCounting(host, {}, { before });
      await app.send('/x');
      const { body, headers } = await app.send('/x');
      expect(body).toBe('2');
      expect(headers['cache-status']).toBe(`Millpond; fwd=bypass; detail=${part}`);
    });

    test('hazard 34: a cookie makes no difference, because the handler cannot see it', async () => {
      const app = await startCounting(host);
      const as = (cookie: string) => app.send({ path: '/x', headers: { cookie } });
      expect([(await as('_ga=1')).body, (await as('session=b')).body, (await app.send('/x')).body]).toEqual([
        '1',
        '1',
        '1',
      ]);
    });

    test('hazard 22: the handler cannot see the async context of the request either', async () => {
      const user = new AsyncLocalStorage<string>();
      const app = await start(host, {
        around: (next) => user.run('alice', next),
        routes: (app) => app.get('/x', {}, () => user.getStore() ?? 'nobody'),
      });
      expect((await app.send('/x')).body).toBe('"nobody"');
      expect((await app.send({ path: '/x', headers: { authorization: 'a' } })).body).toBe('"nobody"');
    });

    test('a handler that reads more of the request is told so by the error handler', async () => {
      const app = await start(host, {
        routes: (app) => app.get('/x', { name: 'me' }, (request) => Reflect.get(request, 'headers')),
      });
      const { status, body } = await app.send('/x');
      expect(status).toBe(500);
      expect(body).toContain('cacheRoute(me): the handler read request.headers');
      expect(app.errors).toMatchObject([{ name: 'CacheError', code: 'ERR_MILLPOND_ROUTE' }]);
    });

    test("hazard 32: each response keeps its own headers of earlier middleware, and nobody gets another's", async () => {
      const app = await startCounting(
        host,
        {},
        {
          before(request, setHeader) {
            const { origin, cookie } = request['headers'] as Record<string, string>;
            setHeader('access-control-allow-origin', origin ?? '*');
            setHeader('vary', 'Origin');
            if (cookie !== undefined) setHeader('set-cookie', `${cookie}; rolled`);
          },
        },
      );
      const from = (origin: string, cookie: string) => app.send({ path: '/x', headers: { origin, cookie } });
      const answers = [await from('http://a.test', 'sid=a'), await from('http://b.test', 'sid=b')];
      expect(answers.map(({ body }) => body)).toEqual(['1', '1']);
      expect(answers.map(({ headers }) => headers['access-control-allow-origin'])).toEqual([
        'http://a.test',
        'http://b.test',
      ]);
      expect(answers.map(({ headers }) => headers['set-cookie'])).toEqual([['sid=a; rolled'], ['sid=b; rolled']]);
      expect(answers.map(({ headers }) => headers['cache-control'])).toEqual([
        'private, no-cache',
        'private, no-cache',
      ]);
      const anonymous = await app.send('/x');
      expect(anonymous.body).toBe('1');
      expect(anonymous.headers['set-cookie']).toBeUndefined();
      expect(anonymous.headers['vary']).toBe('Origin');
      expect(anonymous.headers['cache-control']).toBe('no-cache');
    });

    test('methods that change something are never answered from the cache, nor is a body', async () => {
      const app = await start(host, {
        routes(app) {
          app.all('/all', {}, countRuns());
          app.get('/x', {}, countRuns());
          app.post('/x', () => 'posted');
        },
      });
      expect((await app.send('/all')).body).toBe('1');
      const { body, headers } = await app.send({ method: 'PUT', path: '/all' });
      expect(body).toBe('2');
      expect(headers['cache-status']).toBe('Millpond; fwd=method');
      expect(headers['cache-control']).toBe('private, no-store');
      expect((await app.send('/all')).body).toBe('1');
      await app.send('/x');
      expect((await app.send({ method: 'POST', path: '/x' })).body).toContain('posted');
      expect((await app.send('/x')).body).toBe('1');
    });
  });
}

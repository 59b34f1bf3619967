import { describe, expect, test } from 'vitest';
import type { RouteHost } from './route-host.js';
import { countRuns, start, startCounting } from './started.js';

/** What is written. */
export function responseContract(host: RouteHost): void {
  describe('its response', () => {
    test('a hit is what the miss was, but for the headers that tell them apart', async () => {
      const app = await start(host, {
        routes: (app) => app.get('/x', { ttl: '1h' }, () => ({ text: 'ü€🙂', none: null, list: [1, 'a'] })),
      });
      const miss = await app.send('/x');
      const hit = await app.send('/x');
      expect(miss.status).toBe(200);
      expect(JSON.parse(miss.body)).toEqual({ text: 'ü€🙂', none: null, list: [1, 'a'] });
      expect(miss.headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'content-length': String(Buffer.byteLength(miss.body)),
        'cache-control': 'no-cache',
        'cache-status': 'Millpond; fwd=uri-miss; stored',
      });
      expect(miss.headers.etag).toMatch(/^W\/"[\w-]+"$/);
      expect(miss.headers.age).toBeUndefined();
      expect(hit.headers['cache-status']).toMatch(/^Millpond; hit; ttl=3[56]\d\d$/);
      expect(Number(hit.headers.age)).toBeGreaterThanOrEqual(0);
      const same = ({ age: _age, date: _date, 'cache-status': _status, ...rest }: typeof hit.headers) => rest;
      expect({ ...hit, headers: same(hit.headers) }).toEqual({ ...miss, headers: same(miss.headers) });
    });

    test.each([null, 0, '', false, [], 'text'])('the answer %j is kept', async (value) => {
      let runs = 0;
      const app = await start(host, { routes: (app) => app.get('/x', {}, () => ((runs += 1), value)) });
      for (const _ of [1, 2]) expect((await app.send('/x')).body).toBe(JSON.stringify(value));
      expect(runs).toBe(1);
    });

    test('undefined is no answer, and told to the error handler', async () => {
      const app = await start(host, { routes: (app) => app.get('/x', {}, () => undefined) });
      expect((await app.send('/x')).status).toBe(500);
      expect(app.errors).toMatchObject([{ code: 'ERR_MILLPOND_ROUTE' }]);
    });

    test('the bytes are made once: no serializer runs on a hit', async () => {
      let serialized = 0;
      const value = {
        toJSON() {
          serialized += 1;
          return 'value';
        },
      };
      const app = await start(host, { routes: (app) => app.get('/x', {}, () => value) });
      for (const _ of [1, 2, 3]) expect((await app.send('/x')).body).toBe('"value"');
      expect(serialized).toBe(1);
    });

    test('HEAD is answered from the answer to GET', async () => {
      const app = await startCounting(host);
      const get = await app.send('/x');
      const head = await app.send({ method: 'HEAD', path: '/x' });
      expect(head.status).toBe(200);
      expect(head.body).toBe('');
      expect(head.headers['cache-status']).toBe('Millpond; hit');
      for (const name of ['etag', 'content-length', 'content-type', 'cache-control']) {
        expect(head.headers[name]).toBe(get.headers[name]);
      }
    });

    test('hazard 38: a HEAD that comes first leaves the whole answer for GET', async () => {
      const app = await startCounting(host);
      const head = await app.send({ method: 'HEAD', path: '/x' });
      expect([head.body, head.headers['content-length']]).toEqual(['', '1']);
      const get = await app.send('/x');
      expect([get.body, get.headers['cache-status']]).toEqual(['1', 'Millpond; hit']);
    });

    test('a caller who has the answer gets a 304 without a body', async () => {
      const app = await startCounting(host);
      const { headers } = await app.send('/x');
      const etag = String(headers.etag);
      for (const method of ['GET', 'HEAD']) {
        for (const tags of [etag, `"other", ${etag}`, etag.replace('W/', ''), '*']) {
          const again = await app.send({ method, path: '/x', headers: { 'if-none-match': tags } });
          expect([again.status, again.body, again.headers.etag]).toEqual([304, '', etag]);
          expect(again.headers['cache-control']).toBe('no-cache');
          // Fastify says 0 to every HEAD without a body.
          if (method === 'GET') expect(again.headers['content-length']).toBeUndefined();
          expect(again.headers['content-type']).toBeUndefined();
        }
      }
      expect((await app.send({ path: '/x', headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    });

    test('no 304 for another route, nor after the answer has changed', async () => {
      const app = await start(host, {
        routes(app) {
          app.get('/x', { tags: ['x'] }, countRuns());
          app.get('/y', {}, () => 'y');
        },
      });
      const etag = String((await app.send('/x')).headers.etag);
      const having = (path: string) => app.send({ path, headers: { 'if-none-match': etag } });
      expect((await having('/y')).body).toBe('"y"');
      expect((await having('/x')).status).toBe(304);
      await app.cache.invalidateTags('x');
      const changed = await having('/x');
      expect([changed.status, changed.body]).toEqual([200, '2']);
    });

    test('a client cannot force work', async () => {
      const app = await startCounting(host);
      for (const headers of [
        {},
        { 'cache-control': 'no-cache' },
        { pragma: 'no-cache' },
        { 'cache-control': 'max-age=0' },
      ]) {
        expect((await app.send({ path: '/x', headers })).body).toBe('1');
      }
    });

    test('a range is not cut out of it, and nothing is kept of the wish', async () => {
      const app = await start(host, { routes: (app) => app.get('/x', {}, () => 'abcdef') });
      const first = await app.send({ path: '/x', headers: { range: 'bytes=0-1' } });
      expect([first.status, first.body]).toEqual([200, '"abcdef"']);
      expect((await app.send('/x')).body).toBe('"abcdef"');
    });

    test('a Cache-Control of earlier middleware stays, a Cache-Status is added to', async () => {
      const app = await startCounting(
        host,
        {},
        {
          before(_request, setHeader) {
            setHeader('cache-control', 'public, max-age=60');
            setHeader('cache-status', 'Origin; hit');
          },
        },
      );
      const miss = await app.send('/x');
      expect(miss.headers['cache-control']).toBe('public, max-age=60');
      expect(miss.headers['cache-status']).toBe('Origin; hit, Millpond; fwd=uri-miss; stored');
      const bypass = await app.send({ path: '/x', headers: { authorization: 'a' } });
      expect(bypass.headers['cache-control']).toBe('private, no-store');
    });
  });
}

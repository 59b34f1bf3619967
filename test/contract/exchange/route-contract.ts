import { describe, expect, test } from 'vitest';
import type { ExchangeHosting } from './exchange-host.js';
import { start, type Started } from './started.js';

/** A cached route whose handler calls what reads and acts. */
async function site(host: ExchangeHosting): Promise<Started> {
  return start(host, {
    // Its name is none of a credential, with which a cached route would go past the cache.
    scopes: { session: ({ headers }) => headers['x-visitor']?.toString() },
    before: (_request, setHeader) => setHeader('x-app', 'yes'),
    routes({ cache, exchange, cached }) {
      const { requestHeader, responseHeader, responseStatus } = exchange;
      const greet = cache.cacheData(
        async () => {
          const language = requestHeader('accept-language');
          responseHeader('content-language', language ?? 'en');
          return { answer: language ?? 'en' };
        },
        { name: 'greet' },
      );
      cached('/greeting', { ttl: '1m', name: 'greeting' }, () => greet());
      cached('/own', { ttl: '1m', name: 'own' }, async () => {
        responseStatus(418);
        for (const name of ['content-type', 'etag', 'age', 'x-route']) responseHeader(name, 'mine');
        return { answer: 1 };
      });
      const basket = cache.cacheData(async () => 1, { name: 'basket', scope: 'session' });
      cached('/basket', { ttl: '1m', name: 'the basket' }, async () => ({ answer: await basket() }));
    },
  });
}

/** What a cached route has to do with it. */
export function routes(host: ExchangeHosting): void {
  describe('a cached route', () => {
    const french = { 'accept-language': 'fr' };

    test('acts on the miss, on a hit and on a 304, and varies by what it has read', async () => {
      const { ask } = await site(host);
      for (const outcome of ['fwd=uri-miss', 'hit']) {
        for (const language of ['fr', 'en']) {
          const { headers, answer } = await ask('/greeting', { 'accept-language': language });
          expect([answer, headers.get('content-language'), headers.get('x-app')]).toEqual([language, language, 'yes']);
          expect(headers.get('cache-status')).toContain(outcome);
        }
      }
      const etag = (await ask('/greeting', french)).headers.get('etag') ?? '';
      const { status, headers } = await ask('/greeting', { ...french, 'if-none-match': etag });
      expect([status, headers.get('content-language')]).toEqual([304, 'fr']);
    });

    test('acts for a request that goes past the cache, and reads what it brings', async () => {
      const { ask } = await site(host);
      for (const language of ['fr', 'en']) {
        const { headers, answer } = await ask('/greeting', { 'accept-language': language, authorization: 'x' });
        expect([answer, headers.get('content-language')]).toEqual([language, language]);
        expect(headers.get('cache-status')).toContain('fwd=bypass');
      }
    });

    test('writes its own status, type, ETag and age, whatever effects say', async () => {
      const { ask } = await site(host);
      for (const asked of [{}, {}, { authorization: 'x' }]) {
        const { status, headers, answer } = await ask('/own', asked);
        expect([status, answer, headers.get('x-route')]).toEqual([200, 1, 'mine']);
        expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      }
      const hit = await ask('/own');
      expect(hit.headers.get('etag')).toMatch(/^W/);
      expect(hit.headers.get('age')).toBe('0');
    });

    test('hazard 27: is for everybody, so what is of a session is refused in it', async () => {
      const { ask, errors } = await site(host);
      expect((await ask('/basket', { 'x-visitor': 'ada' })).status).toBe(500);
      expect((await ask('/basket', { 'x-visitor': 'ada', authorization: 'x' })).status).toBe(500);
      expect(errors).toMatchObject([{ code: 'ERR_MILLPOND_SCOPE' }, { code: 'ERR_MILLPOND_SCOPE' }]);
    });
  });
}

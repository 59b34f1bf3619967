import { describe, expect, test } from 'vitest';
import type { Sent } from '../../support/send.js';
import { countRuns, start, startCounting } from './started.js';
import type { RouteHost } from './route-host.js';

/** Which requests share an answer. */
export function keyContract(host: RouteHost): void {
  /** The bodies of several requests, one after another, to a route that counts its runs. */
  async function answers(requests: readonly (Sent | string)[], options = {}, plan = {}): Promise<string[]> {
    const app = await start(host, {
      ...plan,
      routes(app) {
        app.get('/x', options, countRuns());
        app.get('/users/:id', options, countRuns());
      },
    });
    const bodies = [];
    for (const request of requests) bodies.push((await app.send(request)).body);
    return bodies;
  }

  describe('its key', () => {
    test('the order of query parameters does not matter', async () => {
      expect(await answers(['/x?a=1&b=2', '/x?b=2&a=1'])).toEqual(['1', '1']);
    });

    test('the order of repeats does', async () => {
      expect(await answers(['/x?a=1&a=2', '/x?a=2&a=1', '/x?a=1', '/x?a=1&a=2'])).toEqual(['1', '2', '3', '1']);
    });

    test('the case of the path and of the query does', async () => {
      expect(await answers(['/users/a', '/users/A', '/users/a'])).toEqual(['1', '2', '1']);
      expect(await answers(['/x?q=a', '/x?q=A', '/x?Q=a'])).toEqual(['1', '2', '3']);
    });

    test('so does the encoding of the path', async () => {
      expect(await answers(['/users/a%2Fb', '/users/a%2fb', '/users/a%2Fb'])).toEqual(['1', '2', '1']);
    });

    test('so does the host', async () => {
      const to = (host: string): Sent => ({ path: '/x', headers: { host } });
      expect(await answers([to('a.test'), to('b.test'), to('a.test:81'), to('A.test'), to('a.test')])).toEqual([
        '1',
        '2',
        '3',
        '1',
        '1',
      ]);
    });

    test('a parameter that the route does not list has no part in it', async () => {
      expect(await answers(['/x?page=1&utm=a', '/x?utm=b&page=1', '/x?page=2'], { query: ['page'] })).toEqual([
        '1',
        '1',
        '2',
      ]);
    });

    test('X-Forwarded-Host is nothing to an app that trusts no proxy', async () => {
      const forwarded = { path: '/x', headers: { 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'https' } };
      expect(await answers([forwarded, '/x'])).toEqual(['1', '1']);
    });

    test('an app that trusts its proxy keeps hosts and schemes apart', async () => {
      const host = { path: '/x', headers: { 'x-forwarded-host': 'evil.test' } };
      const scheme = { path: '/x', headers: { 'x-forwarded-proto': 'https' } };
      expect(await answers([host, '/x', scheme, host], {}, { trustProxy: true })).toEqual(['1', '2', '3', '1']);
    });

    test('the mount path is part of it, and of the path that the handler sees', async () => {
      const runs: string[] = [];
      const seen = ({ path }: { readonly path: string }): string => (runs.push(path), path);
      const app = await start(host, {
        routes(app) {
          app.mounted('/v1', '/x', {}, seen);
          app.mounted('/v2', '/x', {}, seen);
        },
      });
      for (const path of ['/v1/x', '/v2/x', '/v1/x', '/v2/x']) {
        expect((await app.send(path)).body).toBe(JSON.stringify(path));
      }
      expect(runs).toEqual(['/v1/x', '/v2/x']);
    });

    test('a request with more than 100 parameters is answered, and not kept', async () => {
      const app = await startCounting(host);
      const path = `/x?${Array.from({ length: 101 }, (_, index) => `p${index}=`).join('&')}`;
      expect((await app.send(path)).body).toBe('1');
      const { body, headers } = await app.send(path);
      expect(body).toBe('2');
      expect(headers['cache-status']).toBe('Millpond; fwd=bypass; detail=key-too-long');
    });

    test('the handler sees decoded params, the raw path and the query', async () => {
      const app = await start(host, {
        routes: (app) => app.get('/users/:id', {}, ({ path, params, query }) => ({ path, params, query })),
      });
      const { body } = await app.send('/users/a%20b?tag=x&tag=y&q=%C3%BC');
      expect(JSON.parse(body)).toEqual({
        path: '/users/a%20b',
        params: { id: 'a b' },
        query: { tag: ['x', 'y'], q: 'ü' },
      });
    });
  });
}

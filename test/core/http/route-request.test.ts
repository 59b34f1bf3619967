import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { routeRequest } from '../../../packages/core/src/http/route-request.js';
import { thrownBy } from '../../support/thrown-by.js';

const view = { path: '/a', params: { id: '1' }, query: { page: '2' } };

describe('hazard 34: the request of a cached route', () => {
  test('has the keyed parts', () => {
    const { path, params, query } = routeRequest(view, undefined, 'cacheRoute(f)');
    expect([path, params, query]).toEqual(['/a', { id: '1' }, { page: '2' }]);
  });

  test.each(['headers', 'cookies', 'body', 'user', 'session', 'method', 'url', 'ip', 'get', 'raw', 'socket', 'log'])(
    'throws when its handler reads %s, and says what to do',
    (name) => {
      const request = routeRequest(view, undefined, 'cacheRoute(load)');
      const error = thrownBy(() => Reflect.get(request, name));
      expect(error).toMatchObject({ name: 'CacheError', code: 'ERR_MILLPOND_ROUTE' });
      expect(String(error)).toContain(`cacheRoute(load): the handler read request.${name}`);
      expect(String(error)).toContain('cacheData()');
    },
  );

  test('throws in a destructuring, too', () => {
    const request: object = routeRequest(view, undefined, 'cacheRoute(f)');
    const take = ({ headers }: { headers?: unknown }): unknown => headers;
    expect(String(thrownBy(() => take(request)))).toContain('request.headers');
  });

  test('can be awaited, spread, shown and written as JSON, as any object can', async () => {
    const request = routeRequest(view, undefined, 'cacheRoute(f)');
    expect({ ...(await Promise.resolve(request)) }).toEqual(view);
    expect(JSON.parse(JSON.stringify(request))).toEqual(view);
    expect(inspect(request)).toContain("'/a'");
    expect(Reflect.get(request, 'constructor')).toBe(Object);
  });

  test('has every query parameter when the route lists none', () => {
    const { query } = routeRequest(view, undefined, 'cacheRoute(f)');
    expect(query['page']).toBe('2');
    expect(query['sort']).toBeUndefined();
  });

  test('throws when its handler reads a query parameter that the route does not list', () => {
    const { query } = routeRequest(view, ['page', 'size'], 'cacheRoute(load)');
    expect(query['page']).toBe('2');
    expect(query['size']).toBeUndefined();
    const error = String(thrownBy(() => query['sort']));
    expect(error).toContain('request.query.sort');
    expect(error).toContain("{ query: ['page', 'size', 'sort'] }");
  });
});

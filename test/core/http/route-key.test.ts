import { createRoute, type RouteInput } from '@millpond/core/http';
import { describe, expect, test } from 'vitest';
import { ask, cacheWith, counting } from './route-harness.js';

describe('the key of a route', () => {
  test('equal requests share one run', async () => {
    const route = counting();
    expect([await ask(route), await ask(route), await ask(route, { method: 'HEAD' })]).toEqual(['1', '1', '1']);
  });

  test.each<[string, Partial<RouteInput>]>([
    ['scheme', { scheme: 'https' }],
    ['host', { host: 'other.test' }],
    ['port', { host: 'shop.test:8080' }],
    ['path', { url: '/users/2' }],
    ['case of the path', { url: '/Users/1' }],
    ['encoding of the path', { url: '/users/%31' }],
    ['trailing slash', { url: '/users/1/' }],
    ['mount path', { url: '/v2/users/1' }],
    ['params, by a mount or a rewrite that the path does not show', { params: { id: '2' } }],
    ['query', { query: { a: '1' } }],
    ['repeated parameter', { query: { a: ['1'] } }],
  ])('another %s is another answer', async (_part, other) => {
    const route = counting();
    expect([await ask(route), await ask(route, other), await ask(route, other)]).toEqual(['1', '2', '2']);
  });

  test('nothing that crosses the border between two parts makes two requests the same', async () => {
    const route = counting();
    const requests: Partial<RouteInput>[] = [
      { scheme: 'http', host: 'a', url: '/b' },
      { scheme: 'http', host: 'a/b', url: '' },
      { scheme: 'http:', host: '/a', url: '/b' },
      { url: '/x', params: { a: '1' }, query: {} },
      { url: '/x', params: {}, query: { a: '1' } },
    ];
    const answers = [];
    for (const request of requests) answers.push(await ask(route, request));
    expect(answers).toEqual(['1', '2', '3', '4', '5']);
  });

  test('the host has no case, and the order of parameters does not matter', async () => {
    const route = counting();
    await ask(route, { query: { a: '1', b: '2' } });
    expect(await ask(route, { host: 'SHOP.test', query: { b: '2', a: '1' } })).toBe('1');
  });

  test('parameters that the route does not list have no part in it', async () => {
    const route = counting({ query: ['page'] });
    await ask(route, { query: { page: '1', utm: 'x' }, url: '/a?page=1&utm=x' });
    expect(await ask(route, { query: { page: '1' }, url: '/a?page=1' })).toBe('1');
    expect(await ask(route, { query: { page: '2' }, url: '/a?page=2' })).toBe('2');
  });

  test('S05: two routes never answer for each other', async () => {
    const cache = cacheWith();
    const first = createRoute(cache, {}, () => 'first');
    const second = createRoute(cache, {}, () => 'second');
    expect([await ask(first), await ask(second), await ask(first)]).toEqual(['"first"', '"second"', '"first"']);
  });
});

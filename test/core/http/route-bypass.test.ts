import { createRoute, type RouteInput } from '@millpond/core/http';
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { ask, GET, cacheWith, clock, counting } from './route-harness.js';

describe('a request that tells who is asking', () => {
  test('S104: is answered by running the handler, and the answer is neither kept nor shared', async () => {
    const route = counting();
    const input = { headers: { authorization: 'Bearer a' } };
    expect([await ask(route, input), await ask(route, input), await ask(route), await ask(route, input)]).toEqual([
      '1',
      '2',
      '3',
      '4',
    ]);
    const { outcome } = await route({ ...GET, ...input });
    expect(outcome).toEqual({ type: 'bypass', bypass: { forward: 'bypass', detail: 'authorization' } });
  });

  test.each<[string, Partial<RouteInput>]>([
    ['key-too-long', { url: `/${'x'.repeat(5000)}` }],
    ['key-too-long', { query: { a: Array.from({ length: 101 }, String) } }],
    ['key-too-long', { host: 'x'.repeat(300) }],
    ['body', { headers: { 'content-length': '2' } }],
    ['body', { headers: { 'transfer-encoding': 'chunked' } }],
    ['user', { caller: { user: 'a', session: undefined, certificate: false } }],
  ])('is not the only kind that bypasses: %s', async (detail, input) => {
    const route = counting();
    await ask(route, input);
    expect((await route({ ...GET, ...input })).outcome).toMatchObject({ bypass: { forward: 'bypass', detail } });
    expect(await ask(route, input)).toBe('3');
  });

  test('an empty body is none', async () => {
    const route = counting();
    await ask(route, { headers: { 'content-length': '0' } });
    expect(await ask(route)).toBe('1');
  });

  test('methods other than GET and HEAD run the handler', async () => {
    const route = counting();
    expect(await ask(route, { method: 'POST' })).toBe('1');
    const { outcome } = await route({ ...GET, method: 'DELETE' });
    expect(outcome).toEqual({ type: 'bypass', bypass: { forward: 'method', detail: undefined } });
    expect(await ask(route)).toBe('3');
  });

  test('a bypassed run sees the narrow request, too', async () => {
    const route = createRoute(cacheWith(), {}, (request) => Reflect.get(request, 'headers'));
    await expect(ask(route, { headers: { authorization: 'a' } })).rejects.toMatchObject({ code: 'ERR_MILLPOND_ROUTE' });
  });

  test('the functions among the options are not asked about what is not kept', async () => {
    const asked: string[] = [];
    const route = createRoute(
      cacheWith(),
      {
        ttl: () => (asked.push('ttl'), '1m'),
        tags: () => (asked.push('tags'), []),
        when: () => (asked.push('when'), true),
      },
      () => 1,
    );
    await ask(route, { headers: { authorization: 'a' } });
    expect(asked).toEqual([]);
    await ask(route);
    expect(asked.sort()).toEqual(['tags', 'ttl', 'when']);
  });
});

describe('hazard 22: the handler of a route cannot know its caller', () => {
  const user = new AsyncLocalStorage<string>();

  test.each<[string, Partial<RouteInput>]>([
    ['a cached run', {}],
    ['a bypassed run', { headers: { authorization: 'a' } }],
  ])('not by an async context, in %s', async (_kind, input) => {
    const route = createRoute(cacheWith(), {}, () => user.getStore() ?? 'nobody');
    expect(await user.run('alice', () => ask(route, input))).toBe('"nobody"');
  });

  test('not in a refresh behind a stale answer', async () => {
    const seen: unknown[] = [];
    const route = createRoute(cacheWith(), { ttl: '1s', staleWhileRevalidate: '1m' }, () =>
      seen.push(user.getStore() ?? 'nobody'),
    );
    await ask(route);
    await clock.advance(1500);
    await user.run('alice', () => ask(route));
    await clock.advance(0);
    expect(seen).toEqual(['nobody', 'nobody']);
  });
});

import { createServer as createTlsServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { request as tlsRequest } from 'node:https';
import { createCache, millpond, type Pond } from '@millpond/express';
import express from 'express';
import express4 from 'express4';
import { describe, expect, onTestFinished, test } from 'vitest';
import { asExpress, listen } from '../contract/route/express-host.js';
import { gate } from '../support/gate.js';
import { cert, key } from '../support/self-signed.js';
import { send } from '../support/send.js';
import { thrownBy } from '../support/thrown-by.js';

function pondWith(options: Parameters<typeof millpond>[0] = {}): Pond {
  const pond = millpond(options);
  onTestFinished(async () => {
    await pond.close();
  });
  return pond;
}

describe('millpond for Express', () => {
  test('gives the functions of its cache, which may be destructured', async () => {
    const { cache, cacheData, cacheDataSync, cacheBatch, cacheStream, cacheResource } = pondWith({ name: 'shop' });
    let runs = 0;
    const load = cacheData(async () => (runs += 1));
    expect([await load(), await load()]).toEqual([1, 1]);
    expect(cacheDataSync(() => 2)()).toBe(2);
    expect(await cacheBatch((ids: readonly number[]) => [...ids]).many([3, 4])).toEqual([3, 4]);
    expect(await cacheStream(() => [5])().next()).toEqual({ done: false, value: 5 });
    expect(await cacheResource(() => ({ open: true }))()).toEqual({ open: true });
    expect(cache.name).toBe('shop');
    expect(cache.stats().functions.length).toBe(5);
  });

  test('closes the cache that it made, and says what could not be released', async () => {
    const failing = new Error('stuck');
    const released: string[] = [];
    const pond = millpond({ logger: { warn: () => {} } });
    await pond.cacheResource(() => ({}), { name: 'good', onRelease: (_it, reason) => released.push(reason) })();
    await pond.cacheResource(() => ({}), { name: 'bad', onRelease: () => Promise.reject(failing) })();
    const { failures } = await pond.close();
    expect(released).toEqual(['close']);
    expect(failures.map(({ code, cause }) => [code, cause])).toEqual([['ERR_MILLPOND_RELEASE_FAILED', failing]]);
  });

  test('is closed by `await using`', async () => {
    const released: string[] = [];
    {
      await using pond = millpond();
      await pond.cacheResource(() => ({}), { onRelease: (_it, reason) => released.push(reason) })();
    }
    expect(released).toEqual(['close']);
  });

  test('leaves a cache that was made elsewhere to its maker', async () => {
    await using cache = createCache();
    const released: string[] = [];
    const pond = millpond({ cache });
    expect(pond.cache).toBe(cache);
    await pond.cacheResource(() => ({}), { onRelease: (_it, reason) => released.push(reason) })();
    expect(await pond.close()).toEqual({ failures: [] });
    expect(released).toEqual([]);
    await cache.close();
    expect(released).toEqual(['close']);
  });

  test('S99: two of them in one process are independent', async () => {
    const [first, second] = [pondWith(), pondWith()];
    const load = async (): Promise<object> => ({});
    const [one, other] = [first.cacheData(load), second.cacheData(load)];
    await one();
    expect([first.cache.stats().entries, second.cache.stats().entries]).toEqual([1, 0]);
    await first.close();
    await other();
    expect(second.cache.stats().entries).toBe(1);
  });

  test.each<[string, object]>([
    [
      'millpond: option `name` is "shop", but it must be left out where `cache` is given',
      { cache: createCache(), name: 'shop' },
    ],
    ['millpond: option `cache` is an object, but it must be a cache', { cache: {} }],
    ['there is no option `tll`', { tll: 1 }],
  ])('wrong options are told at once: %s', (message, options) => {
    const error = thrownBy(() => millpond(options));
    expect(error).toMatchObject({ code: 'ERR_MILLPOND_INVALID_OPTION' });
    expect(String(error)).toContain(message);
  });
});

describe.each<[string, unknown]>([
  ['Express 5', express],
  ['Express 4', express4],
])('a cached route on %s', (_name, version) => {
  const make = asExpress(version);

  test('a hit goes past json and send', async () => {
    const app = make();
    const { cacheRoute } = pondWith();
    const called: string[] = [];
    app.use((_request, response, next) => {
      for (const name of ['json', 'send', 'jsonp']) Reflect.set(response, name, () => called.push(name));
      next();
    });
    app.get(
      '/x',
      cacheRoute({}, () => ({ a: 1 })),
    );
    const { port, close } = await listen(app);
    onTestFinished(close);
    for (const _ of [1, 2]) expect((await send(port, { path: '/x' })).body).toBe('{"a":1}');
    expect(called).toEqual([]);
  });

  test('an answer that comes after something else has answered is dropped, and kept for the next', async () => {
    const app = make();
    const { cache, cacheRoute } = pondWith();
    const closed = gate();
    const errors: unknown[] = [];
    app.use((_request, response, next) => {
      if (cache.stats().functions[0]?.misses === 0) {
        response.statusCode = 503;
        response.end('too slow');
      }
      next();
    });
    app.get(
      '/x',
      cacheRoute({}, async () => {
        await closed.opened;
        return 'late';
      }),
    );
    app.use((error: unknown, _request: unknown, _response: unknown, next: (error: unknown) => void) => {
      errors.push(error);
      next(error);
    });
    const { port, close } = await listen(app);
    onTestFinished(close);
    expect((await send(port, { path: '/x' })).body).toBe('too slow');
    closed.open();
    expect((await send(port, { path: '/x' })).body).toBe('"late"');
    expect(errors).toEqual([]);
  });

  test.each([undefined, null, 0, '', false])('S102: %j thrown by a handler is an error, too', async (thrown) => {
    const app = make();
    const { cacheRoute } = pondWith();
    const errors: unknown[] = [];
    app.get(
      '/x',
      cacheRoute({}, () => Promise.reject(thrown)),
    );
    app.use((error: unknown, _request: unknown, response: { end(text: string): void }, _next: unknown) => {
      errors.push(error);
      response.end('handled');
    });
    const { port, close } = await listen(app);
    onTestFinished(close);
    expect((await send(port, { path: '/x' })).body).toBe('handled');
    expect(errors).toMatchObject([{ code: 'ERR_MILLPOND_ROUTE', cause: thrown }]);
  });

  test('S103: a request or a response as an argument is refused, with what to pass instead', async () => {
    const app = make();
    const load = pondWith().cacheData(async (_it: unknown) => 1, { name: 'load' });
    const errors: unknown[] = [];
    app.use((request, response) => {
      const loads = [request, response].map((it) => load(it).catch((error: unknown) => errors.push(error)));
      return Promise.all(loads).finally(() => response.end());
    });
    const { port, close } = await listen(app);
    onTestFinished(close);
    await send(port, { path: '/' });
    expect(errors.map(String)).toEqual([
      expect.stringContaining('load: args[0] is an HTTP request'),
      expect.stringContaining('load: args[0] is an HTTP response'),
    ]);
    expect(String(errors[0])).toContain('request.params.id');
  });

  test('a client certificate is a credential', async () => {
    const app = make();
    const { cacheRoute } = pondWith();
    let runs = 0;
    app.get(
      '/x',
      cacheRoute({}, () => (runs += 1)),
    );
    const server = createTlsServer({ key, cert, ca: cert, requestCert: true, rejectUnauthorized: false }, app);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect(await statusOver(port, {})).toBe('Millpond; fwd=uri-miss; stored');
    expect(await statusOver(port, { key, cert })).toBe('Millpond; fwd=bypass; detail=client-certificate');
    expect(await statusOver(port, {})).toBe('Millpond; hit');
  });
});

/** The Cache-Status of a request over TLS. */
function statusOver(port: number, identity: { key?: string; cert?: string }): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const asking = tlsRequest(
      { host: '127.0.0.1', port, path: '/x', rejectUnauthorized: false, agent: false, ...identity },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.headers['cache-status']));
      },
    );
    asking.on('error', reject);
    asking.end();
  });
}

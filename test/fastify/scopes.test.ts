import { AsyncResource } from 'node:async_hooks';
import plugin from '@millpond/fastify';
import fastify from 'fastify';
import fastify4 from 'fastify4';
import { describe, expect, onTestFinished, test } from 'vitest';
import { asFastify, type FastifyApp } from '../contract/route/fastify-host.js';
import { scopeContract } from '../contract/scope/contract.js';
import { fastifyScopes, sealedSessions, storedSessions } from '../contract/scope/fastify-host.js';
import { failureOf } from '../core/support/gate.js';

scopeContract(fastifyScopes(storedSessions));
scopeContract(fastifyScopes(sealedSessions));

/** An async context in which there is no request. */
const elsewhere = new AsyncResource('elsewhere');

describe.each<[string, unknown]>([
  ['Fastify 5', fastify],
  ['Fastify 4', fastify4],
])('scopes on %s', (_name, version) => {
  function make(): FastifyApp {
    const app = asFastify(version)();
    onTestFinished(async () => void (await app.close()));
    return app;
  }

  const ask = async (app: FastifyApp, url: string, user?: string): Promise<unknown> =>
    (await app.inject({ method: 'GET', url, headers: user === undefined ? {} : { 'x-user': user } })).json();

  const session = (request: { readonly headers: object }): string | undefined => Reflect.get(request.headers, 'x-user');

  test('a session and a request, by `inject` too, and by async hooks that lose the context', async () => {
    const app = make();
    await app.register(plugin, { scopes: { session } });
    app.addHook('onRequest', (_request, _reply, done) => elsewhere.runInAsyncScope(done));
    let runs = 0;
    const own = app.cacheData(async () => (runs += 1), { scope: 'session' });
    const once = app.cacheData(async () => (runs += 1), { scope: 'request' });
    app.get('/own', async () => own());
    app.get('/once', async () => [await once(), await once()]);
    expect([await ask(app, '/own', 'ann'), await ask(app, '/own', 'bob'), await ask(app, '/own', 'ann')]).toEqual([
      1, 2, 1,
    ]);
    expect([await ask(app, '/once'), await ask(app, '/once')]).toEqual([
      [3, 3],
      [4, 4],
    ]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(once.stats().entries).toBe(0);
  });

  test('none unless the option says so', async () => {
    for (const options of [{}, { scopes: false }]) {
      const app = make();
      await app.register(plugin, options);
      const load = app.cacheData(async () => 1, { scope: 'request' });
      app.get('/', async () => String(await failureOf(load())));
      expect((await app.inject({ method: 'GET', url: '/' })).body).toContain('it was called outside any');
    }
  });

  test('a plugin with a cache of its own has scopes of its own, inside those of the app', async () => {
    const app = make();
    await app.register(plugin, { scopes: { session } });
    const outer = app.cacheData(async () => 'outer', { scope: 'session' });
    await app.register(async (child: FastifyApp) => {
      await child.register(plugin, { scopes: { session } });
      const inner = child.cacheData(async () => 'inner', { scope: 'request' });
      child.get('/', async () => [await outer(), await inner()]);
    });
    expect(await ask(app, '/', 'ann')).toEqual(['outer', 'inner']);
  });

  test.each<[unknown, string]>([
    ['yes', 'option `scopes` is "yes", but it must be true, false or { session: (request) => ... }, with `user`'],
    [
      { sesion: () => 'x' },
      '@millpond/fastify: scopes: there is no option `sesion`. Use one of: session, user, logger.',
    ],
    [{ user: 'x' }, 'scopes: option `user` is "x", but it must be a function of the request that says who its user is'],
    [{ logger: 'x' }, 'scopes: option `logger` is "x", but it must be a function of the request'],
    [{ session: 'x' }, 'scopes: option `session` is "x", but it must be a function of the request'],
  ])('wrong ones fail the registration: %j', async (scopes, message) => {
    const error = await failureOf(Promise.resolve(make().register(plugin, { scopes })));
    expect(error).toMatchObject({ code: 'ERR_MILLPOND_INVALID_OPTION' });
    expect(String(error)).toContain(message);
  });
});

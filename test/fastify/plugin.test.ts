import plugin, { createCache, millpond, type Cache } from '@millpond/fastify';
import fastify from 'fastify';
import fastify4 from 'fastify4';
import { describe, expect, onTestFinished, test } from 'vitest';
import { asFastify, type FastifyApp } from '../contract/route/fastify-host.js';

const rejection = (promise: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(promise).then(
    () => undefined,
    (error: unknown) => error,
  );

/** Something whose release is written down. */
function released(cache: Cache, log: string[]): Promise<object> {
  return cache.cacheResource(() => ({}), { onRelease: (_it, reason) => log.push(reason) })();
}

describe.each<[string, unknown]>([
  ['Fastify 5', fastify],
  ['Fastify 4', fastify4],
])('the plugin on %s', (_name, version) => {
  function make(options: object = {}): FastifyApp {
    const app = asFastify(version)(options);
    onTestFinished(async () => {
      await app.close();
    });
    return app;
  }

  test('decorates the app with a cache and its functions, which may be destructured', async () => {
    const app = make();
    await app.register(plugin, { name: 'shop' });
    expect(app.millpond.name).toBe('shop');
    const { cacheData, cacheDataSync, cacheBatch, cacheStream, cacheResource } = app;
    let runs = 0;
    const load = cacheData(async () => (runs += 1));
    expect([await load(), await load()]).toEqual([1, 1]);
    expect(cacheDataSync(() => 2)()).toBe(2);
    expect(await cacheBatch((ids: readonly number[]) => [...ids]).many([3, 4])).toEqual([3, 4]);
    expect(await cacheStream(() => [5])().next()).toEqual({ done: false, value: 5 });
    expect(await cacheResource(() => ({ open: true }))()).toEqual({ open: true });
    expect(app.millpond.stats().functions.length).toBe(5);
  });

  test('is both the default and a named export, and needs no options', async () => {
    expect(millpond).toBe(plugin);
    const app = make();
    await app.register(millpond);
    expect(app.millpond.name).toBeUndefined();
  });

  test('S99: closing the app closes the cache that the plugin made', async () => {
    const app = make();
    await app.register(plugin);
    const log: string[] = [];
    await released(app.millpond, log);
    await app.close();
    expect(log).toEqual(['close']);
  });

  test('leaves a cache that was made elsewhere to its maker', async () => {
    await using cache = createCache();
    const app = make();
    await app.register(plugin, { cache });
    expect(app.millpond).toBe(cache);
    const log: string[] = [];
    await released(cache, log);
    await app.close();
    expect(log).toEqual([]);
  });

  test('S99: two apps in one process are independent', async () => {
    const [first, second] = [make(), make()];
    await Promise.all([first.register(plugin), second.register(plugin)]);
    const load = async (): Promise<object> => ({});
    await first.cacheData(load)();
    expect([first.millpond.stats().entries, second.millpond.stats().entries]).toEqual([1, 0]);
    await first.close();
    await second.cacheData(load)();
    expect(second.millpond.stats().entries).toBe(1);
  });

  test('plugins in contexts of their own share the cache of the app', async () => {
    const app = make();
    await app.register(plugin);
    let seen: unknown;
    await app.register(async (child: FastifyApp) => {
      seen = child.millpond;
    });
    expect(seen).toBe(app.millpond);
  });

  test('S99: twice in one context is refused, with what to do', async () => {
    const app = make();
    await app.register(plugin);
    const error = await rejection(app.register(plugin));
    expect(error).toMatchObject({ code: 'ERR_MILLPOND_INVALID_OPTION' });
    expect(String(error)).toContain('registered already in this context');
  });

  test('S99: a plugin that registers it again in its own context has a cache of its own there, closed with the app', async () => {
    const app = make();
    await app.register(plugin, { name: 'outer' });
    const log: string[] = [];
    let inner: Cache | undefined;
    await app.register(async (child: FastifyApp) => {
      await child.register(plugin, { name: 'inner' });
      inner = child.millpond;
      await released(child.millpond, log);
    });
    expect([app.millpond.name, inner?.name]).toEqual(['outer', 'inner']);
    await app.close();
    expect(log).toEqual(['close']);
  });

  test("what Fastify's register adds to the options is none of ours", async () => {
    const app = make();
    await app.register(plugin, { name: 'shop', prefix: '/v1', logLevel: 'warn', logSerializers: {} });
    expect(app.millpond.name).toBe('shop');
  });

  test.each<[string, object]>([
    ['option `name` is "shop", but it must be left out where `cache` is given', { cache: createCache(), name: 'shop' }],
    ['option `cache` is an object, but it must be a cache', { cache: {} }],
    ['there is no option `tll`', { tll: 1 }],
    ['option `ttl` is "30"', { ttl: '30' }],
  ])('wrong options fail the registration: %s', async (message, options) => {
    const error = await rejection(make().register(plugin, options));
    expect(error).toMatchObject({ code: 'ERR_MILLPOND_INVALID_OPTION' });
    expect(String(error)).toContain(message);
  });

  test('S103: a request or a reply as an argument is refused, with what to pass instead', async () => {
    const app = make();
    await app.register(plugin);
    const load = app.cacheData(async (_it: unknown) => 1, { name: 'load' });
    const errors: unknown[] = [];
    app.addHook('onRequest', async (request, reply) => {
      for (const it of [request, reply]) await load(it).catch((error: unknown) => errors.push(error));
    });
    await app.inject({ method: 'GET', url: '/' });
    expect(errors.map(String)).toEqual([
      expect.stringContaining('load: args[0] is an HTTP request'),
      expect.stringContaining('load: args[0] is an HTTP response'),
    ]);
    expect(String(errors[0])).toContain('request.params.id');
  });

  test("trouble goes to the app's log, under the plugin's name, unless the options name a logger", async () => {
    const lines: string[] = [];
    const trouble = async (options: object): Promise<void> => {
      const app = make({ logger: { level: 'warn', stream: { write: (line: string) => lines.push(line) } } });
      await app.register(plugin, options);
      const onRelease = (): never => {
        throw new Error('stuck');
      };
      await app.cacheResource(() => ({}), { name: 'pool', onRelease })();
      await app.close();
    };
    const own: string[] = [];
    await trouble({ logger: { warn: (message: string) => own.push(message) } });
    expect([own.length, lines.length]).toEqual([1, 0]);
    await trouble({});
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { plugin: '@millpond/fastify', msg: expect.stringContaining('releaseFailed: pool') },
    ]);
  });
});

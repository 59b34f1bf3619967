import plugin from '@millpond/fastify';
import fastify from 'fastify';
import fastify4 from 'fastify4';
import { describe, expect, onTestFinished, test } from 'vitest';
import { asFastify, type FastifyApp } from '../contract/route/fastify-host.js';

const USER = { name: 'Ada', password: 'secret', age: '36' };
const PUBLIC = { type: 'object', properties: { name: { type: 'string' }, age: { type: 'number' } } };
/** What the schema lets out. */
const SHOWN = { name: 'Ada', age: 36 };

describe.each<[string, unknown]>([
  ['Fastify 5', fastify],
  ['Fastify 4', fastify4],
])('the bytes of a cached route on %s', (_name, version) => {
  async function make(): Promise<FastifyApp> {
    const app = asFastify(version)();
    onTestFinished(async () => {
      await app.close();
    });
    await app.register(plugin);
    return app;
  }

  const bodies = async (app: FastifyApp, url = '/x'): Promise<unknown[]> => {
    const all = [];
    for (const _ of [1, 2]) all.push((await app.inject({ method: 'GET', url })).json());
    return all;
  };

  test.each<[string, object]>([
    ['of its status', { 200: PUBLIC }],
    ['of its class of statuses', { '2xx': PUBLIC }],
    ['by default', { default: PUBLIC }],
    ['of its content type', { 200: { content: { 'application/json': { schema: PUBLIC } } } }],
    ['of any content type', { 200: { content: { '*/*': { schema: PUBLIC } } } }],
    [
      'of its class of statuses and its content type',
      { '2xx': { content: { 'application/json': { schema: PUBLIC } } } },
    ],
  ])('go through the response schema %s, on the miss, the hit and the bypass', async (_which, response) => {
    const app = await make();
    app.get(
      '/x',
      { schema: { response } },
      app.cacheRoute({}, () => USER),
    );
    expect(await bodies(app)).toEqual([SHOWN, SHOWN]);
    const bypass = await app.inject({ method: 'GET', url: '/x', headers: { authorization: 'a' } });
    expect(bypass.json()).toEqual(SHOWN);
  });

  test.each<[string, object]>([
    ['of another status', { 404: PUBLIC }],
    ['of another content type', { 200: { content: { 'text/html': { schema: PUBLIC } } } }],
  ])('are plain JSON where the schema is %s', async (_which, response) => {
    const app = await make();
    app.get(
      '/x',
      { schema: { response } },
      app.cacheRoute({}, () => USER),
    );
    expect(await bodies(app)).toEqual([USER, USER]);
  });

  test('are filtered for a GET after a HEAD as well, whose route Fastify has made of the same options', async () => {
    const app = await make();
    app.get(
      '/x',
      { schema: { response: { 200: PUBLIC } } },
      app.cacheRoute({}, () => USER),
    );
    const head = await app.inject({ method: 'HEAD', url: '/x' });
    expect([head.statusCode, head.headers['content-length']]).toEqual([200, String(JSON.stringify(SHOWN).length)]);
    expect(await bodies(app)).toEqual([SHOWN, SHOWN]);
  });

  test('go past every other serializer and preSerialization hook; onSend hooks run each time', async () => {
    const app = await make();
    const called: string[] = [];
    app.setReplySerializer(() => (called.push('reply serializer'), '"other"'));
    app.addHook('preSerialization', async (_request, _reply, payload) => (called.push('preSerialization'), payload));
    app.addHook('onSend', async (_request, reply, payload) => {
      called.push('onSend');
      reply.header('x-sent', String(called.length));
      return payload;
    });
    app.get(
      '/x',
      app.cacheRoute({}, () => USER),
    );
    const sent = [];
    for (const _ of [1, 2]) sent.push(await app.inject({ method: 'GET', url: '/x' }));
    expect(sent.map((each) => [each.json(), each.headers['x-sent']])).toEqual([
      [USER, '1'],
      [USER, '2'],
    ]);
    expect(called).toEqual(['onSend', 'onSend']);
  });

  test('a serializer that earlier hooks have chosen for one reply does not reach the others', async () => {
    const app = await make();
    app.addHook('onRequest', async (request, reply) => {
      if (request.headers['accept'] === 'text/x') reply.serializer(() => 'poison');
    });
    app.get(
      '/x',
      app.cacheRoute({}, () => USER),
    );
    await app.inject({ method: 'GET', url: '/x', headers: { accept: 'text/x' } });
    expect(await bodies(app)).toEqual([USER, USER]);
  });

  test('the handler sees what the schema has made of params and query', async () => {
    const app = await make();
    const integer = (name: string, more = {}): object => ({
      type: 'object',
      properties: { [name]: { type: 'integer', ...more } },
    });
    const schema = { params: integer('id'), querystring: integer('page', { default: 1 }) };
    let runs = 0;
    app.get(
      '/u/:id',
      { schema },
      app.cacheRoute({}, ({ params, query }) => ({ params, query, run: (runs += 1) })),
    );
    const seen = { params: { id: 7 }, query: { page: 1 }, run: 1 };
    expect(await bodies(app, '/u/7')).toEqual([seen, seen]);
    // What was made of it is the same, and so is the answer.
    expect(await bodies(app, '/u/7?page=1')).toEqual([seen, seen]);
    expect((await app.inject({ method: 'GET', url: '/u/x' })).statusCode).toBe(400);
  });

  test('a reply that something else has sent meanwhile is left alone', async () => {
    const app = await make();
    const logged: unknown[] = [];
    app.addHook('onRequest', async (_request, reply) => {
      reply.log.warn = (...args: unknown[]) => void logged.push(args);
      reply.log.error = (...args: unknown[]) => void logged.push(args);
    });
    app.get(
      '/x',
      app.cacheRoute({}, async () => {
        await late;
        return 'late';
      }),
    );
    let go = (): void => {};
    const late = new Promise<void>((resolve) => (go = resolve));
    app.addHook('preHandler', async (_request, reply) => {
      // As the app's own timeout would, while the handler is at work.
      setImmediate(() => {
        reply.raw.statusCode = 503;
        reply.raw.end('too slow');
        go();
      });
    });
    const { statusCode, body } = await app.inject({ method: 'GET', url: '/x' });
    expect([statusCode, body]).toEqual([503, 'too slow']);
    await late;
    await new Promise((resolve) => setImmediate(resolve));
    expect(logged).toEqual([]);
  });
});

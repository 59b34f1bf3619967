import { once } from 'node:events';
import { connect } from 'node:http2';
import plugin from '@millpond/fastify';
import fastify from 'fastify';
import fastify4 from 'fastify4';
import { expect, onTestFinished, test } from 'vitest';
import { asFastify } from '../contract/route/fastify-host.js';

/** Status, Cache-Status and body of a request over HTTP/2. */
async function ask(origin: string, headers: Record<string, string> = {}): Promise<unknown[]> {
  const session = connect(origin);
  const stream = session.request({ ':path': '/x', ...headers });
  const [answer] = await once(stream, 'response');
  let body = '';
  for await (const chunk of stream) body += String(chunk);
  session.close();
  await once(session, 'close');
  return [answer[':status'], answer['cache-status'], body];
}

test.each<[string, unknown]>([
  ['Fastify 5', fastify],
  ['Fastify 4', fastify4],
])('a cached route on %s works over HTTP/2, where the host is the authority', async (_name, version) => {
  const app = asFastify(version)({ http2: true });
  onTestFinished(async () => {
    await app.close();
  });
  await app.register(plugin);
  let runs = 0;
  app.get(
    '/x',
    app.cacheRoute({}, () => (runs += 1)),
  );
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  expect(await ask(origin)).toEqual([200, 'Millpond; fwd=uri-miss; stored', '1']);
  expect(await ask(origin)).toEqual([200, 'Millpond; hit', '1']);
  expect(await ask(origin, { ':method': 'HEAD' })).toEqual([200, 'Millpond; hit', '']);
  expect(await ask(origin, { ':authority': 'other.test' })).toEqual([200, 'Millpond; fwd=uri-miss; stored', '2']);
});

test('a request over HTTP/2 has a scope, which ends with its stream', async () => {
  const app = asFastify(fastify)({ http2: true });
  onTestFinished(async () => {
    await app.close();
  });
  await app.register(plugin, { scopes: true });
  const released: string[] = [];
  const place = app.cacheResource(async () => ({}), {
    scope: 'request',
    onRelease: (_it, reason) => released.push(reason),
  });
  app.get('/x', async () => (await place()) === (await place()));
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  expect(await ask(origin)).toEqual([200, undefined, 'true']);
  await expect.poll(() => released).toEqual(['scope']);
});

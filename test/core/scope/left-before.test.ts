import { once } from 'node:events';
import { connect, createServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { requestScopes } from '@millpond/core';
import { pond } from '../support/cache.js';
import { failureOf, gate } from '../support/gate.js';

test('over HTTP/2 the scope of a request whose client has already left is over, too', async () => {
  const { cache } = pond();
  const transaction = cache.cacheResource(async () => ({}), { scope: 'request', name: 'transaction' });
  const scopes = requestScopes<Http2ServerRequest>(cache, undefined, 'test');
  const arrived = gate();
  const failure = gate<unknown>();
  const server = createServer((request, response: Http2ServerResponse) => {
    arrived.open();
    response.once('close', () => {
      failure.open(scopes.open(request, response).run(() => failureOf(transaction())));
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => client.destroy());
  const asking = client.request({ ':path': '/' });
  asking.end();
  await arrived.passed;
  asking.close();
  expect(await failure.passed).toMatchObject({ code: 'ERR_MILLPOND_NO_SCOPE' });
});

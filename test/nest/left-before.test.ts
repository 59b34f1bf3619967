import { once } from 'node:events';
import { connect, createServer, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { noted } from '../../packages/nest/src/requests/http-requests.js';
import { gate } from '../core/support/gate.js';

test('over HTTP/2 a request that is noted when its client has already left is over at once', async () => {
  const arrived = gate();
  const ended = gate<string>();
  const server = createServer((request, response: Http2ServerResponse) => {
    arrived.open();
    response.once('close', () => {
      const reasons: string[] = [];
      noted(request, response).onEnd(async (reason) => void reasons.push(reason));
      ended.open(reasons.join());
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
  expect(await ended.passed).toBe('close');
});

import { once } from 'node:events';
import { connect, createServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { gate } from './gate.js';

/** Sends a request over HTTP/2 and leaves before it is answered; what is made of it then, when its response is closed. */
export async function afterLeaving<R>(
  make: (request: Http2ServerRequest, response: Http2ServerResponse) => R,
): Promise<R> {
  const arrived = gate();
  let tell: (made: R) => void;
  const made = new Promise<R>((resolve) => (tell = resolve));
  const server = createServer((request, response) => {
    response.once('close', () => tell(make(request, response)));
    arrived.open();
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => client.destroy());
  const asking = client.request({ ':path': '/' });
  asking.end();
  await arrived.opened;
  asking.close();
  return made;
}

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { millpond } from '@millpond/express';
import express from 'express';
import { expect, onTestFinished, test } from 'vitest';
import { send } from '../support/send.js';

test.each(['session', 'request'] as const)(
  'hazard 27: a cached route, whose answer is for all, is refused what is of one %s',
  async (scope) => {
    const app = express();
    const pond = millpond();
    app.use(pond.scopes({ session: () => 'Ada' }));
    let runs = 0;
    const getBasket = pond.cacheData(async () => (runs += 1), { name: 'getBasket', scope });
    const errors: unknown[] = [];
    app.get(
      '/shared',
      pond.cacheRoute({ ttl: '1m' }, () => getBasket()),
    );
    app.get(
      '/own',
      async (_request: unknown, response: ServerResponse) => void response.end(String(await getBasket())),
    );
    app.use((error: unknown, _request: unknown, response: ServerResponse, _next: unknown) => {
      errors.push(error);
      response.end('refused');
    });
    const server = createServer(app).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect((await send(port, { path: '/shared' })).body).toBe('refused');
    expect(errors).toMatchObject([{ code: 'ERR_MILLPOND_SCOPE', message: expect.stringContaining('getBasket') }]);
    expect(runs).toBe(0);
    expect((await send(port, { path: '/own' })).body).toBe('1');
    await pond.close();
  },
);

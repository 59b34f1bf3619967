import assert from 'node:assert/strict';
import { once } from 'node:events';
import { millpond } from '@millpond/express';
import express from 'express';
import { answersTwice } from './check.js';

export async function expressApp(): Promise<void> {
  const pond = millpond({});
  let runs = 0;
  const getUser = pond.cacheData(async (id: string) => {
    runs += 1;
    return { id, name: 'Ada' };
  });
  const app = express();
  app.get('/users/:id', (request, response, next) => {
    getUser(request.params.id).then((user) => response.json(user), next);
  });
  app.get(
    '/cached/:id',
    pond.cacheRoute({ ttl: '1m' }, async ({ params }) => {
      runs += 1;
      return { id: params.id, name: 'Ada' };
    }),
  );
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const { port } = address;
  const ask = (path: string) => async (): Promise<unknown> => (await fetch(`http://127.0.0.1:${port}${path}`)).json();
  await answersTwice('@millpond/express: a route answers from the cache', () => runs, ask('/users/42'));
  await answersTwice('@millpond/express: a cached route answers', () => runs, ask('/cached/42'));
  server.closeAllConnections();
  server.close();
  await pond.close();
}

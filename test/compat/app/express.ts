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
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const { port } = address;
  await answersTwice(
    '@millpond/express: a route answers from the cache',
    () => runs,
    async () => {
      const response = await fetch(`http://127.0.0.1:${port}/users/42`);
      return response.json();
    },
  );
  server.closeAllConnections();
  server.close();
  await pond.close();
}

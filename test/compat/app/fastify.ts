import millpond from '@millpond/fastify';
import Fastify from 'fastify';
import { answersTwice } from './check.js';

export async function fastify(): Promise<void> {
  const app = Fastify();
  await app.register(millpond);
  let runs = 0;
  const getUser = app.cacheData(async (id: string) => {
    runs += 1;
    return { id, name: 'Ada' };
  });
  app.get<{ Params: { id: string } }>('/users/:id', async (request) => getUser(request.params.id));
  app.get(
    '/cached/:id',
    app.cacheRoute({ ttl: '1m' }, async ({ params }) => {
      runs += 1;
      return { id: params.id, name: 'Ada' };
    }),
  );
  await answersTwice(
    '@millpond/fastify: a route answers from the cache',
    () => runs,
    async () => (await app.inject('/users/42')).json(),
  );
  await answersTwice(
    '@millpond/fastify: a cached route answers',
    () => runs,
    async () => (await app.inject('/cached/42')).json(),
  );
  await app.close();
}

import { millpond } from '@millpond/fastify';
import { fastify, type FastifyReply } from 'fastify';
import { notFound, problemOf, serverTiming } from '../api.js';
import { HOST, listenOnFreePort, portOf, type RunningApp } from '../listen.js';
import { readPageFile } from '../page-files.js';
import type { QueryParameters } from '../query.js';
import { cookieFor, visitorOf } from '../visitor.js';
import type { AppParts } from './app-parts.js';

const NAME = 'Fastify';

interface Asked {
  readonly Params: { readonly question: string };
  readonly Querystring: QueryParameters;
}

/** The demo on Fastify: the plugin is given the cache of all three, and decorates the app with it. */
export async function startFastify({ api, cache, answers, port }: AppParts): Promise<RunningApp> {
  const app = fastify({ forceCloseConnections: true });
  await app.register(millpond, { cache, scopes: { session: ({ headers }) => visitorOf(headers) } });
  app.addHook('onRequest', async ({ headers }, reply) => {
    const cookie = cookieFor(headers);
    if (cookie !== undefined) void reply.header('set-cookie', cookie);
  });

  app.get<Asked>('/api/delays/:question', async ({ params, query }, reply) => {
    const answer = await api.ask(NAME, params.question, query);
    return reply.header('server-timing', serverTiming(answer)).send(answer);
  });
  app.post<Asked>('/api/delays/:question/burst', ({ params, query }) => api.burst(params.question, query));
  app.delete<Asked>('/api/delays/:question/call', ({ params, query }) => api.clearCall(params.question, query));
  app.delete<Asked>('/api/delays/:question', ({ params }) => api.clearFunction(params.question));
  app.delete('/api/cache', () => api.clearEverything());
  app.get('/api/stats', async () => api.stats(NAME));
  app.get('/api/servers', async () => api.servers());

  // A whole response, kept: the bytes, the type and the ETag. In memory only: the airports themselves are on disk.
  const airports = app.cacheRoute({ name: 'airports, Fastify', ttl: '1m', store: false }, () => answers.airports());
  app.get('/api/airports', airports);

  const sendFile = async (name: string, reply: FastifyReply): Promise<FastifyReply> => {
    const file = await readPageFile(name);
    if (file !== undefined) return reply.headers(file.headers).send(file.body);
    reply.callNotFound();
    return reply;
  };
  app.get('/', (_request, reply) => sendFile('index.html', reply));
  app.get<{ Params: { readonly file: string } }>('/page/:file', ({ params }, reply) => sendFile(params.file, reply));
  app.setNotFoundHandler(({ method, url }, reply) => reply.code(404).send(notFound(method, url)));
  app.setErrorHandler((error, _request, reply) => {
    const { status, body } = problemOf(error);
    return reply.code(status).send(body);
  });

  const listening = await listenOnFreePort(port, async (free) => {
    await app.listen({ host: HOST, port: free });
    return portOf(app.server.address());
  });
  return { name: NAME, ...listening, close: () => app.close() };
}

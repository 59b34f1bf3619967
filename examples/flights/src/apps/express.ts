import { once } from 'node:events';
import type { Server } from 'node:http';
import { millpond } from '@millpond/express';
import express, { type ErrorRequestHandler, type NextFunction, type Request, type Response } from 'express';
import { notFound, problemOf, serverTiming } from '../api.js';
import { HOST, listenOnFreePort, portOf, type RunningApp } from '../listen.js';
import { readPageFile } from '../page-files.js';
import { cookieFor, visitorOf } from '../visitor.js';
import type { AppParts } from './app-parts.js';

const NAME = 'Express';

/** The demo on Express: `millpond` is given the cache of all three, and returns what wraps routes. */
export async function startExpress({ api, cache, answers, port }: AppParts): Promise<RunningApp> {
  const app = express();
  const { cacheRoute, scopes } = millpond({ cache });
  app.disable('x-powered-by');
  app.use(giveCookie, scopes({ session: ({ headers }) => visitorOf(headers) }));

  app.get('/api/delays/:question', async ({ params, query }, response) => {
    const answer = await api.ask(NAME, params.question, query);
    response.set('server-timing', serverTiming(answer)).json(answer);
  });
  app.post('/api/delays/:question/burst', async ({ params, query }, response) => {
    response.json(await api.burst(params.question, query));
  });
  app.delete('/api/delays/:question/call', async ({ params, query }, response) => {
    response.json(await api.clearCall(params.question, query));
  });
  app.delete('/api/delays/:question', async ({ params }, response) => {
    response.json(await api.clearFunction(params.question));
  });
  app.delete('/api/cache', async (_request, response) => {
    response.json(await api.clearEverything());
  });
  app.get('/api/stats', (_request, response) => {
    response.json(api.stats(NAME));
  });
  app.get('/api/servers', (_request, response) => {
    response.json(api.servers());
  });

  // A whole response, kept: the bytes, the type and the ETag. In memory only: the airports themselves are on disk.
  const airports = cacheRoute({ name: 'airports, Express', ttl: '1m', store: false }, () => answers.airports());
  app.get('/api/airports', airports);

  const sendFile = async (name: string, response: Response, next: NextFunction): Promise<void> => {
    const file = await readPageFile(name);
    if (file === undefined) next();
    else response.set(file.headers).send(file.body);
  };
  app.get('/', (_request, response, next) => sendFile('index.html', response, next));
  app.get('/page/:file', ({ params }, response, next) => sendFile(params.file, response, next));
  app.use(({ method, path }, response) => {
    response.status(404).json(notFound(method, path));
  });
  // Express tells an error handler by its four parameters.
  const onError: ErrorRequestHandler = (error, _request, response, _next) => {
    const { status, body } = problemOf(error);
    response.status(status).json(body);
  };
  app.use(onError);

  let server: Server | undefined;
  const listening = await listenOnFreePort(port, async (free) => {
    server = app.listen(free, HOST);
    await once(server, 'listening');
    return portOf(server.address());
  });
  return { name: NAME, ...listening, close: () => close(server) };
}

function giveCookie({ headers }: Request, response: Response, next: NextFunction): void {
  const cookie = cookieFor(headers);
  if (cookie !== undefined) response.set('set-cookie', cookie);
  next();
}

async function close(server: Server | undefined): Promise<void> {
  if (server === undefined) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

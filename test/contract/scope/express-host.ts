import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { millpond } from '@millpond/express';
import express from 'express';
import session from 'express-session';
import { sessionIn, userOf, type ScopeHost, type SessionHandle } from './scope-host.js';

type Next = (error?: unknown) => void;
type Handler = (request: ExpressRequest, response: ServerResponse, next: Next) => void;

interface ExpressRequest extends IncomingMessage {
  readonly body?: unknown;
}

/** What Express 4 and 5 have in common, as far as the contract needs it. */
interface App {
  (request: IncomingMessage, response: ServerResponse): void;
  use(handler: unknown): unknown;
  all(path: string, handler: Handler): unknown;
}

/** The session of express-session. */
export function handleOf(request: object): SessionHandle {
  const current = (): session.Session => Reflect.get(request, 'session') as session.Session;
  return {
    set: (name, value) => void Reflect.set(current(), name, value),
    get: (name) => Reflect.get(current(), name),
    destroy: () => promisify((done: Next) => current().destroy(done))(),
    regenerate: () => promisify((done: Next) => current().regenerate(done))(),
  };
}

/** A version of Express with express-session. */
export function expressScopes(name: string, version: unknown): ScopeHost {
  const make = version as () => App;
  return {
    name: `${name} with express-session`,
    async start({ sessions, cacheOptions, cache, before, routes }) {
      const app = make();
      const pond = millpond(cache === undefined ? cacheOptions : { cache });
      const errors: unknown[] = [];
      app.use(express.json());
      if (before !== undefined) {
        app.use(async (_request: unknown, response: ServerResponse, next: Next) => {
          await before(new Promise((resolve) => response.once('close', resolve)));
          next();
        });
      }
      if (sessions === 'plugin') app.use(session({ secret: 'x', resave: false, saveUninitialized: true }));
      app.use(pond.scopes(sessions === 'header' ? { session: (request) => sessionIn(request.headers) } : {}));
      routes(pond.cache, (path, handler) => {
        app.all(path, (request, response, next) => {
          const visit = {
            request,
            user: userOf(request.headers),
            body: request.body,
            get session() {
              return handleOf(request);
            },
          };
          const answer = async (): Promise<void> => {
            try {
              response.end(JSON.stringify({ answer: await handler(visit) }));
            } catch (error) {
              next(error);
            }
          };
          void answer();
        });
      });
      app.use((error: unknown, _request: unknown, response: ServerResponse, _next: Next) => {
        errors.push(error);
        response.statusCode = 500;
        response.end(String(error));
      });
      const server = createServer(app).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      return {
        port,
        cache: pond.cache,
        errors,
        async close() {
          const closed = once(server, 'close');
          server.close();
          server.closeAllConnections();
          await closed;
          await pond.close();
        },
      };
    },
  };
}

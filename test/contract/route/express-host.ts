import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { millpond, type ExpressHandler } from '@millpond/express';
import type { RouteApp, RouteHost, RoutePlan } from './route-host.js';

type Next = (error?: unknown) => void;
type Handler = (request: IncomingMessage, response: ServerResponse, next: Next) => unknown;
type ErrorHandler = (error: unknown, request: IncomingMessage, response: ServerResponse, next: Next) => void;

/** What Express 4 and 5 have in common, as far as the contract needs it. */
export interface ExpressApp {
  (request: IncomingMessage, response: ServerResponse): void;
  use(handler: Handler): unknown;
  use(handler: ErrorHandler): unknown;
  use(path: string, handler: Handler): unknown;
  get(path: string, handler: ExpressHandler): unknown;
  all(path: string, handler: ExpressHandler): unknown;
  post(path: string, handler: Handler): unknown;
  set(name: string, value: unknown): unknown;
}

/** A version of Express. */
export interface Express {
  (): ExpressApp;
  Router(): ExpressApp;
}

/** A version of Express, whose own types say more than the other's. */
export function asExpress(express: unknown): Express {
  return express as Express;
}

/** The contract's app on a version of Express. */
export function expressHost(name: string, version: unknown): RouteHost {
  const express = asExpress(version);
  return {
    name,
    async start(plan) {
      const app = express();
      const pond = millpond(plan.cacheOptions);
      const { cache, cacheRoute } = pond;
      const errors: unknown[] = [];
      if (plan.trustProxy === true) app.set('trust proxy', true);
      useMiddleware(app, plan);
      const routes: RouteApp = {
        cache,
        get: (path, options, handler) => void app.get(path, cacheRoute(options, handler)),
        all: (path, options, handler) => void app.all(path, cacheRoute(options, handler)),
        mounted(prefix, path, options, handler) {
          const router = express.Router();
          router.get(path, cacheRoute(options, handler));
          app.use(prefix, router);
        },
        post: (path, answer) => void app.post(path, (_request, response) => response.end(JSON.stringify(answer()))),
      };
      plan.routes(routes);
      app.use((error: unknown, _request: IncomingMessage, response: ServerResponse, _next: Next) => {
        errors.push(error);
        response.statusCode = 500;
        response.end(error instanceof Error ? error.message : String(error));
      });
      const { port, close } = await listen(app);
      return {
        port,
        cache,
        errors,
        async close() {
          await close();
          await pond.close();
        },
      };
    },
  };
}

function useMiddleware(app: ExpressApp, { before, around }: RoutePlan): void {
  if (around !== undefined) app.use((_request, _response, next) => around(next));
  if (before === undefined) return;
  app.use((request, response, next) => {
    before(asRecord(request), (name, value) => void response.setHeader(name, value));
    next();
  });
}

function asRecord(request: object): Record<string, unknown> {
  return request as Record<string, unknown>;
}

/** A server that listens on a loopback port. */
export interface Listening {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Listens on a free loopback port. */
export async function listen(listener: RequestListener): Promise<Listening> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { All, Controller, HttpCode, Req, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { CacheModule, createCache } from '@millpond/nest';
import session from 'express-session';
import type { FastifyRequest } from 'fastify';
import { handleOf } from './express-host.js';
import type { FastifySessions } from './fastify-host.js';
import { sessionIn, userOf, type ScopeHost, type ScopePlan, type SessionHandle, type Visit } from './scope-host.js';

/** A platform below Nest, with a session plugin. */
interface Platform {
  readonly name: string;
  readonly make: (module: object) => Promise<INestApplication>;
  readonly register: (app: INestApplication) => Promise<void>;
  readonly handle: (request: object) => SessionHandle;
  /** Lets requests wait before they come to Nest. */
  readonly delay: (app: INestApplication, wait: NonNullable<ScopePlan['before']>) => void;
}

const OPTIONS = { logger: false, forceCloseConnections: true } as const;

const onExpress: Platform = {
  name: 'Express with express-session',
  make: (module) => NestFactory.create(module, new ExpressAdapter(), OPTIONS),
  register: async (app) => void app.use(session({ secret: 'x', resave: false, saveUninitialized: true })),
  handle: handleOf,
  delay(app, wait) {
    app.use(async (_request: unknown, response: ServerResponse, next: () => void) => {
      await wait(closeOf(response));
      next();
    });
  },
};

function onFastify({ name, register, handle }: FastifySessions): Platform {
  return {
    name: `Fastify with ${name}`,
    make: (module) => NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), OPTIONS),
    register: (app) => register((app as NestFastifyApplication).getHttpAdapter().getInstance()),
    handle: (request) => handle(request as FastifyRequest),
    delay(app, wait) {
      const instance = (app as NestFastifyApplication).getHttpAdapter().getInstance();
      instance.addHook('onRequest', (_request, reply) => wait(closeOf(reply.raw)));
    },
  };
}

function closeOf(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('close', resolve));
}

interface AnyRequest {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

type Handler = (visit: Visit) => unknown;

/** A controller with a method for each route. */
function controllerOf(handlers: ReadonlyMap<string, Handler>, handle: Platform['handle']): new () => object {
  class Routes {}
  for (const [path, handler] of handlers) {
    const value = async (request: AnyRequest): Promise<object> => {
      const visit: Visit = {
        request,
        user: userOf(request.headers),
        body: request.body,
        get session() {
          return handle(request);
        },
      };
      return { answer: await handler(visit) };
    };
    const descriptor = { value, configurable: true };
    Object.defineProperty(Routes.prototype, path, descriptor);
    Req()(Routes.prototype, path, 0);
    for (const decorate of [All(path), HttpCode(200)]) decorate(Routes.prototype, path, descriptor);
  }
  Controller()(Routes);
  return Routes;
}

/** Nest on a platform with a session plugin, which `main.ts` registers as its documentation says. */
function nestScopes({ name, make, register, handle, delay }: Platform): ScopeHost {
  return {
    name: `Nest on ${name}`,
    async start({ sessions, cacheOptions, cache = createCache(cacheOptions), before, routes }) {
      const handlers = new Map<string, Handler>();
      routes(cache, (path, handler) => handlers.set(path, handler));
      const scopes = sessions === 'header' ? { session: ({ headers }: AnyRequest) => sessionIn(headers) } : true;
      const app = await make({
        module: class AppModule {},
        imports: [CacheModule.forRoot({ cache, scopes })],
        controllers: [controllerOf(handlers, handle)],
      });
      if (before !== undefined) delay(app, before);
      if (sessions === 'plugin') await register(app);
      const errors: unknown[] = [];
      app.useGlobalFilters({
        catch(error, host) {
          errors.push(error);
          app.getHttpAdapter().reply(host.switchToHttp().getResponse(), String(error), 500);
        },
      });
      await app.listen(0, '127.0.0.1');
      const { port } = app.getHttpServer().address() as AddressInfo;
      return { port, cache, errors, close: () => app.close() };
    },
  };
}

/** Nest on Express. */
export const nestOnExpress = nestScopes(onExpress);

/** Nest on Fastify, with one of its session plugins. */
export function nestOnFastify(sessions: FastifySessions): ScopeHost {
  return nestScopes(onFastify(sessions));
}

import type { AddressInfo } from 'node:net';
import type { ServerResponse } from 'node:http';
import { Controller, Get, Req, Res, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { CacheModule, createCache } from '@millpond/nest';
import type { ExchangeHosting, ExchangePlan } from './exchange-host.js';

type Before = NonNullable<ExchangePlan['before']>;

/** A platform below Nest, and earlier middleware on it. */
interface Platform {
  readonly make: (module: object) => Promise<INestApplication>;
  readonly useBefore: (app: INestApplication, before: Before) => void;
}

const OPTIONS = { logger: false, forceCloseConnections: true } as const;

const platforms: Readonly<Record<'Express' | 'Fastify', Platform>> = {
  Express: {
    make: (module) => NestFactory.create(module, new ExpressAdapter(), OPTIONS),
    useBefore(app, before) {
      app.use((request: object, response: ServerResponse, next: () => void) => {
        before(request, (name, value) => void response.setHeader(name, value));
        next();
      });
    },
  },
  Fastify: {
    make: (module) => NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), OPTIONS),
    useBefore(app, before) {
      const fastify = (app as NestFastifyApplication).getHttpAdapter().getInstance();
      fastify.addHook('onRequest', async (request, reply) => {
        before(request, (name, value) => void reply.header(name, value));
      });
    },
  },
};

/** A route of the contract: what it returns is answered, unless it has answered itself. */
interface Route {
  readonly path: string;
  readonly answers: boolean;
  readonly handle: (request: object, response: object) => unknown;
}

/** A controller with a method for each route. */
function controllerOf(routes: readonly Route[]): new () => object {
  class Routes {}
  for (const { path, handle, answers } of routes) {
    const value = async (request: object, response: object): Promise<unknown> => handle(request, response);
    const descriptor = { value, configurable: true };
    Object.defineProperty(Routes.prototype, path, descriptor);
    Req()(Routes.prototype, path, 0);
    Res({ passthrough: answers })(Routes.prototype, path, 1);
    Get(path)(Routes.prototype, path, descriptor);
  }
  Controller()(Routes);
  return Routes;
}

/** The contract's app on Nest, on one of its platforms. */
export function nestExchange(platform: 'Express' | 'Fastify'): ExchangeHosting {
  const { make, useBefore } = platforms[platform];
  return {
    name: `Nest on ${platform}`,
    async start({ cacheOptions, cache = createCache(cacheOptions), scopes, before, routes }) {
      const added: Route[] = [];
      const made: { app?: INestApplication } = {};
      routes({
        cache,
        exchange: cache.exchange,
        get(path, handler) {
          const handle = async (request: object, response: object): Promise<object> => ({
            answer: await handler({ request, response }),
          });
          added.push({ path, handle, answers: true });
        },
        afterwards(path, act) {
          const handle = async (_request: object, response: object): Promise<void> => {
            await made.app?.getHttpAdapter().reply(response, {}, 200);
            await act();
          };
          added.push({ path, handle, answers: false });
        },
        cached() {
          throw new Error('Nest has no cached routes.');
        },
      });
      const app = await make({
        module: class AppModule {},
        imports: [CacheModule.forRoot({ cache, scopes: scopes ?? false })],
        controllers: [controllerOf(added)],
      });
      made.app = app;
      if (before !== undefined) useBefore(app, before);
      const errors: unknown[] = [];
      app.useGlobalFilters({
        catch(error, host) {
          errors.push(error);
          app.getHttpAdapter().reply(host.switchToHttp().getResponse(), JSON.stringify(String(error)), 500);
        },
      });
      await app.listen(0, '127.0.0.1');
      const { port } = app.getHttpServer().address() as AddressInfo;
      return { port, cache, errors, close: () => app.close() };
    },
  };
}

import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { millpond, type Cache, type FastifyHandler } from '@millpond/fastify';
import type { RouteApp, RouteHost } from './route-host.js';

interface Reply {
  header(name: string, value: string): unknown;
  code(status: number): { send(body: unknown): unknown };
}

/** What Fastify 4 and 5 have in common, as far as the contract needs it, with what the plugin adds. */
export interface FastifyApp {
  readonly server: Server;
  readonly millpond: Cache;
  readonly cacheRoute: (options: object, handler: (request: never) => unknown) => FastifyHandler;
  register(plugin: unknown, options?: object): PromiseLike<unknown>;
  addHook(name: 'onRequest', hook: (request: object, reply: Reply, done: () => void) => void): unknown;
  setErrorHandler(handler: (error: unknown, request: object, reply: Reply) => unknown): unknown;
  get(path: string, handler: FastifyHandler): unknown;
  post(path: string, handler: () => Promise<unknown>): unknown;
  route(options: { method: readonly string[]; url: string; handler: FastifyHandler }): unknown;
  listen(options: { host: string; port: number }): Promise<string>;
  close(): Promise<unknown>;
}

/** A version of Fastify. */
export type Fastify = (options?: object) => FastifyApp;

/** A version of Fastify, whose own types say more than the other's. */
export function asFastify(fastify: unknown): Fastify {
  return fastify as Fastify;
}

/** The contract's app on a version of Fastify. */
export function fastifyHost(name: string, version: unknown): RouteHost {
  const fastify = asFastify(version);
  return {
    name,
    async start(plan) {
      const { before, around } = plan;
      const app = fastify({ trustProxy: plan.trustProxy ?? false });
      await app.register(millpond, plan.cacheOptions);
      const errors: unknown[] = [];
      app.setErrorHandler((error, _request, reply) => {
        errors.push(error);
        return reply.code(500).send(error instanceof Error ? error.message : String(error));
      });
      if (around !== undefined) app.addHook('onRequest', (_request, _reply, done) => around(done));
      app.addHook('onRequest', (request, reply, done) => {
        before?.(asRecord(request), (name, value) => void reply.header(name, value));
        done();
      });
      const routes: RouteApp = {
        cache: app.millpond,
        get: (path, options, handler) => void app.get(path, app.cacheRoute(options, handler)),
        all: (path, options, handler) =>
          void app.route({ method: ['GET', 'POST', 'PUT'], url: path, handler: app.cacheRoute(options, handler) }),
        mounted(prefix, path, options, handler) {
          const plugin = async (child: FastifyApp): Promise<void> => {
            child.get(path, child.cacheRoute(options, handler));
          };
          void app.register(plugin, { prefix });
        },
        post: (path, answer) => void app.post(path, async () => answer()),
      };
      plan.routes(routes);
      await app.listen({ host: '127.0.0.1', port: 0 });
      const { port } = app.server.address() as AddressInfo;
      return {
        port,
        cache: app.millpond,
        errors,
        async close() {
          app.server.closeAllConnections();
          await app.close();
        },
      };
    },
  };
}

function asRecord(request: object): Record<string, unknown> {
  return request as Record<string, unknown>;
}

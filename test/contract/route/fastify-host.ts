import type { AddressInfo } from 'node:net';
import type { IncomingHttpHeaders, Server, ServerResponse } from 'node:http';
import { millpond, type FastifyHandler } from '@millpond/fastify';
import type { FastifyInstance } from 'fastify';
import type { RouteApp, RouteHost } from './route-host.js';

interface Reply {
  readonly raw: ServerResponse;
  readonly log: Record<'warn' | 'error', (...args: readonly unknown[]) => void>;
  header(name: string, value: string): unknown;
  code(status: number): { send(body: unknown): unknown };
  serializer(serialize: () => string): unknown;
}

interface Request {
  readonly headers: IncomingHttpHeaders;
}

/** What Fastify answers to `inject`. */
export interface Injected {
  readonly statusCode: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
  json(): unknown;
}

/** What Fastify 4 and 5 have in common, as far as the tests need it, with what the plugin adds. */
export interface FastifyApp extends Pick<
  FastifyInstance,
  | 'millpond'
  | 'cacheData'
  | 'cacheDataSync'
  | 'cacheBatch'
  | 'cacheStream'
  | 'cacheResource'
  | 'cacheRoute'
  | 'exchange'
> {
  readonly server: Server;
  register(plugin: unknown, options?: object): PromiseLike<unknown>;
  addHook(name: 'onRequest' | 'preHandler', hook: (request: Request, reply: Reply) => Promise<void>): unknown;
  addHook(
    name: 'preSerialization' | 'onSend',
    hook: (request: Request, reply: Reply, payload: unknown) => Promise<unknown>,
  ): unknown;
  addHook(name: 'onRequest', hook: (request: Request, reply: Reply, done: () => void) => void): unknown;
  setErrorHandler(handler: (error: unknown, request: Request, reply: Reply) => unknown): unknown;
  setReplySerializer(serialize: () => string): unknown;
  get(path: string, handler: FastifyHandler): unknown;
  get(path: string, options: object, handler: FastifyHandler): unknown;
  post(path: string, handler: () => Promise<unknown>): unknown;
  route(options: { method: readonly string[]; url: string; handler: FastifyHandler }): unknown;
  inject(request: { method: string; url: string; headers?: object }): Promise<Injected>;
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

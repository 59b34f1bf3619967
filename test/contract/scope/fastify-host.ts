import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { millpond } from '@millpond/fastify';
import fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyRequest } from 'fastify';
import { sessionIn, userOf, type ScopeHost, type SessionHandle } from './scope-host.js';

/** A session plugin of Fastify. */
export interface FastifySessions {
  readonly name: string;
  readonly register: (app: FastifyInstance) => Promise<void>;
  readonly handle: (request: FastifyRequest) => SessionHandle;
}

/** Past the compiler: the types of the two session plugins declare one property of a request in two ways. */
const require = createRequire(import.meta.url);
const pluginOf = (name: string): FastifyPluginAsync<Record<string, unknown>> =>
  require(name) as FastifyPluginAsync<Record<string, unknown>>;

const SECRET = 'a secret of these tests that is long enough';

/** What both plugins put at `request.session`, whose types exclude each other. */
interface AnySession extends Omit<SessionHandle, 'destroy' | 'regenerate'> {
  delete(): void;
  destroy(): Promise<void>;
  regenerate(): Promise<void> | void;
}

function pluginSession(request: object): AnySession {
  return Reflect.get(request, 'session') as AnySession;
}

/** `@fastify/session`: an id in the cookie, the rest in a store. */
export const storedSessions: FastifySessions = {
  name: '@fastify/session',
  async register(app) {
    await app.register(pluginOf('@fastify/cookie'));
    await app.register(pluginOf('@fastify/session'), { secret: SECRET, cookie: { secure: false } });
  },
  handle: (request) => ({
    set: (name, value) => pluginSession(request).set(name, value),
    get: (name) => pluginSession(request).get(name),
    destroy: () => pluginSession(request).destroy(),
    regenerate: async () => pluginSession(request).regenerate(),
  }),
};

/** `@fastify/secure-session`: everything in the cookie. */
export const sealedSessions: FastifySessions = {
  name: '@fastify/secure-session',
  register: async (app) => {
    await app.register(pluginOf('@fastify/secure-session'), { key: Buffer.alloc(32, 7), cookie: { path: '/' } });
  },
  handle: (request) => ({
    set: (name, value) => pluginSession(request).set(name, value),
    get: (name) => pluginSession(request).get(name),
    destroy: async () => pluginSession(request).delete(),
    regenerate: async () => pluginSession(request).regenerate(),
  }),
};

/** Fastify 5 with a session plugin, which is registered after ours: it does not matter. */
export function fastifyScopes({ name, register, handle }: FastifySessions): ScopeHost {
  return {
    name: `Fastify 5 with ${name}`,
    async start({ sessions, cacheOptions, cache, before, routes }) {
      const app = fastify({ forceCloseConnections: true });
      if (before !== undefined) {
        app.addHook('onRequest', async (_request, reply) => {
          await before(new Promise((resolve) => reply.raw.once('close', resolve)));
        });
      }
      const ofHeader = { session: (request: FastifyRequest) => sessionIn(request.headers) };
      const scopes = sessions === 'header' ? ofHeader : true;
      await app.register(millpond, cache === undefined ? { ...cacheOptions, scopes } : { cache, scopes });
      if (sessions === 'plugin') await register(app);
      const errors: unknown[] = [];
      app.setErrorHandler((error, _request, reply) => {
        errors.push(error);
        return reply.code(500).send(String(error));
      });
      routes(app.millpond, (path, handler) => {
        app.route({
          method: ['GET', 'POST'],
          url: path,
          handler: async (request) => {
            const visit = {
              request,
              user: userOf(request.headers),
              body: request.body,
              get session() {
                return handle(request);
              },
            };
            return { answer: await handler(visit) };
          },
        });
      });
      await app.listen({ host: '127.0.0.1', port: 0 });
      const { port } = app.server.address() as AddressInfo;
      return { port, cache: app.millpond, errors, close: () => app.close() };
    },
  };
}

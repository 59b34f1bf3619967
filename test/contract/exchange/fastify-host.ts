import type { AddressInfo } from 'node:net';
import { millpond } from '@millpond/fastify';
import { asFastify } from '../route/fastify-host.js';
import type { ExchangeHosting } from './exchange-host.js';

/** The contract's app on a version of Fastify. */
export function fastifyExchange(name: string, version: unknown): ExchangeHosting {
  const fastify = asFastify(version);
  return {
    name,
    async start({ cache, cacheOptions, scopes, before, routes }) {
      const app = fastify();
      await app.register(millpond, { ...(cache === undefined ? cacheOptions : { cache }), scopes: scopes ?? false });
      const errors: unknown[] = [];
      app.setErrorHandler((error, _request, reply) => {
        errors.push(error);
        return reply.code(500).send(JSON.stringify(String(error)));
      });
      app.addHook('onRequest', async (request, reply) => {
        before?.(request, (header, value) => void reply.header(header, value));
      });
      routes({
        cache: app.millpond,
        exchange: app.exchange,
        get: (path, handler) =>
          void app.get(path, async (request, response) => ({ answer: await handler({ request, response }) })),
        afterwards: (path, act) =>
          void app.get(path, async (_request, reply) => {
            await reply.send(Buffer.from('{}'));
            await act();
            return reply;
          }),
        cached: (path, options, handler) => void app.get(path, app.cacheRoute(options, handler)),
      });
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

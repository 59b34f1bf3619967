import type { IncomingMessage, ServerResponse } from 'node:http';
import { millpond } from '@millpond/express';
import { asExpress, listen } from '../route/express-host.js';
import type { ExchangeHosting } from './exchange-host.js';

type Next = (error?: unknown) => void;

/** The contract's app on a version of Express. */
export function expressExchange(name: string, version: unknown): ExchangeHosting {
  const express = asExpress(version);
  return {
    name,
    async start({ cache, cacheOptions, scopes, before, routes }) {
      const app = express();
      const pond = millpond(cache === undefined ? cacheOptions : { cache });
      const errors: unknown[] = [];
      if (scopes !== undefined) app.use(pond.scopes(scopes));
      app.use((request: IncomingMessage, response: ServerResponse, next: Next) => {
        before?.(request, (header, value) => void response.setHeader(header, value));
        next();
      });
      routes({
        cache: pond.cache,
        exchange: pond.exchange,
        get: (path, handler) =>
          void app.get(path, async (request, response, next) => {
            try {
              response.end(JSON.stringify({ answer: await handler({ request, response }) }));
            } catch (error) {
              next(error);
            }
          }),
        afterwards: (path, act) =>
          void app.get(path, async (_request, response) => {
            response.end('{}');
            await act();
          }),
        cached: (path, options, handler) => void app.get(path, pond.cacheRoute(options, handler)),
      });
      app.use((error: unknown, _request: IncomingMessage, response: ServerResponse, _next: Next) => {
        errors.push(error);
        response.statusCode = 500;
        response.end(JSON.stringify(String(error)));
      });
      const { port, close } = await listen(app);
      return {
        port,
        cache: pond.cache,
        errors,
        async close() {
          await close();
          await pond.close();
        },
      };
    },
  };
}

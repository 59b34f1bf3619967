import { holdCache, type CacheOrOptions } from '@millpond/core';
import type { FastifyInstance, FastifyPluginAsync, RegisterOptions } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { cacheRouteOf } from './cache-route.js';
import { registeredTwice } from './errors.js';
import { openScopes, type Scopes } from './scopes.js';

/**
 * The options of the cache that the plugin makes and closes with the app, or `{ cache }`, one made elsewhere, which it
 * does not close. Trouble goes to the app's log unless the options name a logger.
 */
export type MillpondOptions = CacheOrOptions & {
  /**
   * Gives every request a scope, and the session that it has: for functions with the option `scope`, and for `app.exchange`.
   * Default false.
   */
  readonly scopes?: Scopes | undefined;
};

const NAME = '@millpond/fastify';

async function register(app: FastifyInstance, given: MillpondOptions & RegisterOptions): Promise<void> {
  if (Object.hasOwn(app, 'millpond')) throw registeredTwice();
  // These are told to `register`, and Fastify hands them on.
  const { prefix: _prefix, logLevel: _logLevel, logSerializers: _logSerializers, scopes, ...options } = given;
  const log = app.log.child({ plugin: NAME });
  const { cache, close } = holdCache(options, NAME, { warn: (message) => log.warn(message) });
  app.decorate('millpond', cache);
  app.decorate('cacheData', cache.cacheData);
  app.decorate('cacheDataSync', cache.cacheDataSync);
  app.decorate('cacheBatch', cache.cacheBatch);
  app.decorate('cacheStream', cache.cacheStream);
  app.decorate('cacheResource', cache.cacheResource);
  app.decorate('cacheRoute', cacheRouteOf(cache));
  app.decorate('exchange', cache.exchange);
  const scopesEnded = scopes === undefined || scopes === false ? undefined : openScopes(app, cache, scopes);
  app.addHook('onClose', async () => {
    await scopesEnded?.();
    await close();
  });
}

/**
 * Gives an app a cache: `app.millpond`, `app.cacheData()`, `app.cacheDataSync()`, `app.cacheBatch()`, `app.cacheStream()`,
 * `app.cacheResource()`, `app.cacheRoute()` and `app.exchange`. A plugin that registers it again in a context of its own gets
 * a cache of its own there; twice in one context is an error.
 *
 * `await` the registration before you use what it adds.
 */
export const plugin: FastifyPluginAsync<MillpondOptions> = fastifyPlugin(register, { name: NAME, fastify: '>=4' });

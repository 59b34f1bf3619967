import { createCache, millpond, type Cache, type CacheStreamFn, type RouteRequest } from '@millpond/fastify';
import fastify from 'fastify';
import { expectTypeOf } from 'vitest';

interface User {
  readonly id: string;
}
declare function loadUser(id: string): Promise<User>;

const app = fastify();
void app.register(millpond);
void app.register(millpond, { name: 'shop', prefix: '/x' });
void app.register(millpond, { cache: createCache() });
// @ts-expect-error a cache beside options has no effect
void app.register(millpond, { cache: createCache(), name: 'shop' });

expectTypeOf(app.millpond).toEqualTypeOf<Cache>();
expectTypeOf(app.cacheStream).toEqualTypeOf<CacheStreamFn>();
const getUser = app.cacheData(loadUser, { ttl: '5m' });
expectTypeOf(getUser).parameters.toEqualTypeOf<[id: string]>();
expectTypeOf(getUser('1')).toEqualTypeOf<Promise<User>>();

app.get(
  '/users/:id',
  app.cacheRoute({ ttl: '1m' }, async ({ params }: RouteRequest<{ id: string }>) => getUser(params.id)),
);
// With a route that says its own types, and without any.
app.get<{ Params: { id: string } }>(
  '/typed/:id',
  app.cacheRoute({}, ({ params }) => {
    expectTypeOf(params['id']).toEqualTypeOf<string | undefined>();
    return 1;
  }),
);
app.get(
  '/schema',
  { schema: { response: { 200: {} } } },
  app.cacheRoute({}, () => 1),
);
app.route({ method: ['GET', 'HEAD'], url: '/both', handler: app.cacheRoute({}, () => 1) });

// Whatever the server.
const secure = fastify({ http2: true, https: {} });
void secure.register(millpond);
secure.get(
  '/x',
  secure.cacheRoute({}, () => 1),
);

// @ts-expect-error the handler cannot see headers
app.cacheRoute({}, ({ headers }) => headers);
// @ts-expect-error there is no option `key`
app.cacheRoute({ key: () => 1 }, () => 1);

import { createCache, millpond, type Cache, type CacheStreamFn, type RouteRequest } from '@millpond/express';
import express from 'express';
import { expectTypeOf } from 'vitest';

interface User {
  readonly id: string;
}
declare function loadUser(id: string): Promise<User>;

const { cache, cacheRoute, cacheStream, close } = millpond({ name: 'shop' });
const app = express();

// The example of the README, in a project that checks indexed access.
app.get(
  '/users/:id',
  cacheRoute({ ttl: '1m' }, async ({ params }: RouteRequest<{ id: string }>) => loadUser(params.id)),
);

// Without an annotation, a parameter may be missing.
app.get(
  '/users/:id',
  cacheRoute({ ttl: '1m' }, async ({ params, query, path }) => {
    expectTypeOf(params['id']).toEqualTypeOf<string | undefined>();
    expectTypeOf(path).toEqualTypeOf<string>();
    expectTypeOf(query).not.toBeAny();
    return loadUser(params['id'] ?? '');
  }),
);

// Behind other middleware, in a router, and for several methods.
const middleware: express.RequestHandler = (_request, _response, next) => next();
express.Router().get(
  '/users/:id',
  middleware,
  cacheRoute({}, () => 1),
);
app.all(
  '/x',
  cacheRoute({}, () => 1),
);
app.use(
  '/y',
  cacheRoute({}, () => 1),
);

// The functions among the options are about what the handler returns.
cacheRoute({ tags: (user: User) => [user.id], when: (user) => user.id !== '' }, () => loadUser('1'));
// @ts-expect-error the handler returns no User
cacheRoute({ tags: (user: User) => [user.id] }, () => 1);
// @ts-expect-error a wildcard of Express 5 is a list
cacheRoute({}, ({ params }: RouteRequest<{ rest: string[] }>) => params.rest.toUpperCase());

// @ts-expect-error the handler cannot see headers
cacheRoute({}, ({ headers }) => headers);
// @ts-expect-error there is no option `key`
cacheRoute({ key: () => 1 }, () => 1);
// @ts-expect-error nor `context`
cacheRoute({ context: 'caller' }, () => 1);
// @ts-expect-error a cache beside options has no effect
millpond({ cache: createCache(), name: 'shop' });

expectTypeOf(cache).toEqualTypeOf<Cache>();
expectTypeOf(cacheStream).toEqualTypeOf<CacheStreamFn>();
expectTypeOf(close).returns.toExtend<Promise<unknown>>();

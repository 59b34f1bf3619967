import { Controller, Get, Inject, Injectable, Param, Scope } from '@nestjs/common';
import { ContextIdFactory, ModuleRef, REQUEST } from '@nestjs/core';
import { CacheData, CacheModule, CacheResource, createCache, getCachedData } from '@millpond/nest';
import { expect, test } from 'vitest';
import { build, serve, start } from './support/app.js';

const runs: string[] = [];

interface TenantRequest {
  readonly headers: { readonly [name: string]: string | undefined };
}

@Injectable({ scope: Scope.REQUEST })
class Tenant {
  readonly name: string;

  constructor(@Inject(REQUEST) request: TenantRequest) {
    this.name = request.headers['x-tenant'] ?? 'none';
  }
}

/** Not request-scoped by its own word, but by what is injected into it. */
@Injectable()
class Orders {
  constructor(readonly tenant: Tenant) {}

  @CacheData({
    ttl: '5m',
    key: function (this: Orders, id: string) {
      return [this.tenant.name, id];
    },
    tags: function (this: Orders, order: string) {
      return [`${this.tenant.name}:${order}`];
    },
  })
  async find(id: string): Promise<string> {
    runs.push(`${this.tenant.name} ${id}`);
    return `order ${id} of ${this.tenant.name}`;
  }
}

@Controller('orders')
class OrdersController {
  constructor(readonly orders: Orders) {}

  @Get(':id')
  async find(@Param('id') id: string): Promise<string> {
    return this.orders.find(id);
  }
}

test('S100: instances of a request-scoped provider share the entries of equal keys', async () => {
  runs.length = 0;
  await using cache = createCache();
  const { get } = await serve('Express', {
    imports: [CacheModule.forRoot({ cache })],
    controllers: [OrdersController],
    providers: [Tenant, Orders],
  });
  const ask = async (tenant: string): Promise<string> => (await get('/orders/1', { 'x-tenant': tenant })).text();

  for (let request = 0; request < 20; request += 1) expect(await ask('blue')).toBe('order 1 of blue');
  expect(runs).toEqual(['blue 1']);

  // What was injected for a request is part of the key, so no tenant sees the order of another.
  expect(await ask('green')).toBe('order 1 of green');
  expect(runs).toEqual(['blue 1', 'green 1']);
  expect(cache.stats().functions).toHaveLength(1);
});

test('S100: a decorated method of a request-scoped provider without a key is refused at bootstrap', async () => {
  @Injectable()
  class Invoices {
    constructor(readonly tenant: Tenant) {}

    @CacheData({ ttl: '5m' })
    async find(id: string): Promise<string> {
      return `${this.tenant.name} ${id}`;
    }

    @CacheResource()
    async printer(): Promise<object> {
      return {};
    }
  }

  const app = await build({ imports: [CacheModule.forRoot()], providers: [Tenant, Invoices] }).compile();
  const error: unknown = await app.init().catch((error: unknown) => error);
  await app.close();

  expect(error).toMatchObject({ name: 'CacheError', code: 'ERR_MILLPOND_INVALID_OPTION' });
  const { message } = error as Error;
  expect(message).toContain('Invoices.find: @CacheData() without `key` on a provider of which Nest makes an instance');
  expect(message).toContain('Invoices.printer: @CacheResource() without `key`');
  expect(message).toContain('Give the decorator what does, such as { key: function (this: ');
});

test('a request-scoped controller is refused at bootstrap as a provider is', async () => {
  @Controller({ path: 'me', scope: Scope.REQUEST })
  class MeController {
    @Get()
    @CacheData()
    async me(): Promise<string> {
      return 'me';
    }
  }

  const app = await build({ imports: [CacheModule.forRoot()], controllers: [MeController] }).compile();
  await expect(app.init()).rejects.toThrow('MeController.me: @CacheData() without `key`');
  await app.close();
});

test('getCachedData of a request-scoped instance invalidates by its own key', async () => {
  runs.length = 0;
  const app = await start({ imports: [CacheModule.forRoot()], providers: [Tenant, Orders] });
  const resolve = async (tenant: string): Promise<Orders> => {
    const context = ContextIdFactory.create();
    app.registerRequestByContextId({ headers: { 'x-tenant': tenant } }, context);
    return app.resolve(Orders, context);
  };
  const blue = await resolve('blue');
  const green = await resolve('green');
  await Promise.all([blue.find('1'), green.find('1')]);

  expect(getCachedData(blue, 'find').has('1')).toBe(true);
  await getCachedData(await resolve('blue'), 'find').delete('1');

  expect(getCachedData(blue, 'find').has('1')).toBe(false);
  expect(getCachedData(green, 'find').peek('1')).toBe('order 1 of green');
  expect(await getCachedData(blue, 'find').refresh('2')).toBe('order 2 of blue');
  expect(getCachedData(blue, 'find').keyOf('1')).not.toBe(getCachedData(green, 'find').keyOf('1'));
  expect(await getCachedData(blue, 'find').original('3')).toBe('order 3 of blue');
  expect(await getCachedData(blue, 'find').withOptions({})('2')).toBe('order 2 of blue');
  expect(runs).toEqual(['blue 1', 'green 1', 'blue 2', 'blue 3']);
});

test('tags of a request-scoped method are made with its instance', async () => {
  await using cache = createCache();
  const invalidated: string[] = [];
  cache.on('tagsInvalidated', ({ tags }) => void invalidated.push(...tags));
  const app = await start({ imports: [CacheModule.forRoot({ cache })], providers: [Tenant, Orders] });
  const context = ContextIdFactory.create();
  app.registerRequestByContextId({ headers: { 'x-tenant': 'red' } }, context);
  const red = await app.resolve(Orders, context);
  await red.find('9');

  await cache.invalidateTags('blue:order 9 of red');
  expect(getCachedData(red, 'find').has('9')).toBe(true);
  await cache.invalidateTags('red:order 9 of red');
  expect(getCachedData(red, 'find').has('9')).toBe(false);
});

@Injectable({ scope: Scope.TRANSIENT })
class Counter {
  runs = 0;

  @CacheData()
  async count(): Promise<number> {
    this.runs += 1;
    return this.runs;
  }
}

@Injectable()
class Left {
  constructor(readonly counter: Counter) {}
}

@Injectable()
class Right {
  constructor(readonly counter: Counter) {}
}

test('the instances of a transient provider are isolated, each living with what it was injected into', async () => {
  const app = await start({ imports: [CacheModule.forRoot()], providers: [Counter, Left, Right] });
  const left = app.get(Left).counter;
  const right = app.get(Right).counter;

  await left.count();
  await left.count();
  expect([left.runs, right.runs]).toEqual([1, 0]);
  await right.count();
  expect([left.runs, right.runs]).toEqual([1, 1]);
});

test('the instances of a transient provider share the entries of equal keys, when it has a key', async () => {
  let loaded = 0;
  @Injectable({ scope: Scope.TRANSIENT })
  class Loader {
    @CacheData({ key: (path: string) => path })
    async load(path: string): Promise<string> {
      loaded += 1;
      return path;
    }
  }
  const inject = [Loader];
  const app = await start({
    imports: [CacheModule.forRoot()],
    providers: [
      Loader,
      { provide: 'ONE', useFactory: (loader: Loader) => ({ loader }), inject },
      { provide: 'TWO', useFactory: (loader: Loader) => ({ loader }), inject },
    ],
  });
  const [one, two] = ['ONE', 'TWO'].map((token) => app.get<{ loader: Loader }>(token).loader);

  expect(one).not.toBe(two);
  await one?.load('/');
  await two?.load('/');
  expect(loaded).toBe(1);
});

test('a transient instance that is resolved by hand needs a key, and says so when it is called', async () => {
  const app = await start({ imports: [CacheModule.forRoot()], providers: [Counter] });
  const counter = await app.resolve(Counter);

  await expect(counter.count()).rejects.toThrow('Counter.count: @CacheData() without `key`');
  expect(counter.runs).toBe(0);
});

test('an instance that ModuleRef.create makes is cached by its key', async () => {
  let loaded = 0;
  @Injectable()
  class Page {
    @CacheData({ key: (path: string) => path })
    async load(path: string): Promise<string> {
      loaded += 1;
      return path;
    }
  }
  const app = await start({ imports: [CacheModule.forRoot()] });

  for (let made = 0; made < 3; made += 1) await (await app.get(ModuleRef).create(Page)).load('/');

  expect(loaded).toBe(1);
});

test('a class that is a singleton here and request-scoped there is cached both ways', async () => {
  runs.length = 0;
  @Injectable()
  class Reports {
    @CacheData({ key: (id: string) => id })
    async load(id: string): Promise<string> {
      runs.push(id);
      return id;
    }
  }
  const app = await start({
    imports: [CacheModule.forRoot()],
    providers: [Reports, { provide: 'PER_REQUEST', useClass: Reports, scope: Scope.REQUEST }],
  });

  await app.get(Reports).load('1');
  await app.get(Reports).load('1');
  expect(runs).toEqual(['1']);
  await (await app.resolve<Reports>('PER_REQUEST')).load('1');
  await (await app.resolve<Reports>('PER_REQUEST')).load('1');
  expect(runs).toEqual(['1', '1']);
});

import { AsyncLocalStorage } from 'node:async_hooks';
import { request as httpRequest } from 'node:http';
import {
  Body,
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  Post,
  Req,
  Scope,
  type INestApplication,
  type MiddlewareConsumer,
} from '@nestjs/common';
import { ContextIdFactory, ModuleRef, REQUEST } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CacheModule, provideResource } from '@millpond/nest';
import { describe, expect, test } from 'vitest';
import { platforms, serve, start, type Served } from './support/app.js';
import { door, workshop, type Thing, type Workshop } from './support/things.js';

interface Shop {
  readonly shop: Workshop;
  readonly served: Served;
  readonly inHandler: ReturnType<typeof door>;
  readonly inFactory: ReturnType<typeof door>;
}

interface HeaderRequest {
  readonly headers: { readonly [name: string]: string | undefined };
}

/** An app with a connection for each request, and a transaction on it. */
async function shopOn(platform: (typeof platforms)[number]): Promise<Shop> {
  const shop = workshop();
  const inHandler = door();
  const inFactory = door();

  @Injectable()
  class Orders {
    constructor(@Inject('TRANSACTION') readonly transaction: Thing) {}
  }

  @Controller()
  class OrdersController {
    constructor(
      @Inject(Orders) readonly orders: Orders,
      @Inject('TRANSACTION') readonly transaction: Thing,
    ) {}

    @Get('name')
    name(): string {
      return String(this.orders.transaction === this.transaction && this.transaction.name);
    }

    @Get('fails')
    fails(): string {
      throw new Error('no such order');
    }

    @Post('body')
    body(@Body() body: { id: string }): string {
      return `${body.id} in ${this.transaction.name}`;
    }

    @Get('slow')
    async slow(): Promise<string> {
      await inHandler.pass();
      return `released: ${this.transaction.isReleased}`;
    }
  }

  const served = await serve(platform, {
    imports: [CacheModule.forRoot()],
    controllers: [OrdersController],
    providers: [
      Orders,
      provideResource('CONNECTION', async () => shop.build('connection'), {
        scope: Scope.REQUEST,
        onRelease: shop.release,
      }),
      provideResource(
        'TRANSACTION',
        async (_connection: Thing, { headers }: HeaderRequest) => {
          if (headers['x-refuse'] !== undefined) throw new Error('no transaction today');
          if (headers['x-slow'] !== undefined) await inFactory.pass();
          return shop.build(`transaction of ${headers['x-user'] ?? 'nobody'}`);
        },
        { inject: ['CONNECTION', REQUEST], scope: Scope.REQUEST, onRelease: shop.release },
      ),
    ],
  });
  return { shop, served, inHandler, inFactory };
}

/** A request whose client can leave. */
async function asked(app: INestApplication, path: string, headers: Record<string, string> = {}): Promise<() => void> {
  const request = httpRequest(new URL(path, await app.getUrl()), { headers });
  request.on('error', () => {});
  request.end();
  return () => request.destroy();
}

const RELEASED = [
  'releasing transaction of ann',
  'released transaction of ann: close',
  'releasing connection',
  'released connection: close',
];

describe.each(platforms)('resources of a request on %s', (platform) => {
  test('each is built once a request, and gone when the response is closed, the last one first', async () => {
    const { shop, served } = await shopOn(platform);

    const answer = await served.get('/name', { 'x-user': 'ann' });
    expect(await answer.text()).toBe('transaction of ann');
    await expect.poll(shop.living).toBe(0);
    expect(shop.told).toEqual(['built connection', 'built transaction of ann', ...RELEASED]);

    await served.get('/name', { 'x-user': 'bob' });
    await expect.poll(shop.living).toBe(0);
    expect(shop.told).toHaveLength(12);
    expect(shop.told.join()).not.toContain('AGAIN');
  });

  test('requests at the same time have their own', async () => {
    const { shop, served } = await shopOn(platform);
    const users = Array.from({ length: 20 }, (_, index) => `user ${index}`);
    const answers = await Promise.all(
      users.map(async (user) => (await served.get('/name', { 'x-user': user })).text()),
    );
    expect(answers).toEqual(users.map((user) => `transaction of ${user}`));
    await expect.poll(shop.living).toBe(0);
    expect(shop.told.filter((line) => line.startsWith('released'))).toHaveLength(40);
  });

  test('a handler that throws releases them as well', async () => {
    const { shop, served } = await shopOn(platform);
    expect((await served.get('/fails', { 'x-user': 'ann' })).status).toBe(500);
    await expect.poll(shop.living).toBe(0);
    expect(shop.told.slice(2)).toEqual(RELEASED);
  });

  test('a request with a body has them', async () => {
    const { shop, served } = await shopOn(platform);
    const answer = await fetch(new URL('/body', await served.app.getUrl()), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-user': 'ann' },
      body: JSON.stringify({ id: '42' }),
    });
    expect(await answer.text()).toBe('42 in transaction of ann');
    await expect.poll(shop.living).toBe(0);
  });

  test('a client that leaves releases them, although the handler goes on', async () => {
    const { shop, served, inHandler } = await shopOn(platform);
    const leave = await asked(served.app, '/slow', { 'x-user': 'ann' });
    await inHandler.reached;
    expect(shop.living()).toBe(2);
    leave();
    await expect.poll(shop.living).toBe(0);
    expect(shop.told.slice(2)).toEqual(RELEASED);
    inHandler.open();
  });

  test('a client that leaves while one is built: it is released when it is there, before what was built before it', async () => {
    const { shop, served, inFactory } = await shopOn(platform);
    const leave = await asked(served.app, '/name', { 'x-user': 'ann', 'x-slow': 'yes' });
    await inFactory.reached;
    leave();
    await served.get('/name', { 'x-user': 'bob' });
    await expect.poll(() => shop.told).toContain('released connection: close');
    // What bob's request has built has gone; the factory of ann's is still using its connection.
    expect(shop.living()).toBe(1);
    inFactory.open();
    await expect.poll(shop.living).toBe(0);
    expect(shop.told.slice(-5)).toEqual([
      'built transaction of ann',
      'releasing transaction of ann',
      'released transaction of ann: discard',
      'releasing connection',
      'released connection: close',
    ]);
  });

  test('a factory that fails fails its request alone, and what was built before it is released', async () => {
    const { shop, served } = await shopOn(platform);
    expect((await served.get('/name', { 'x-refuse': 'yes' })).status).toBe(500);
    await expect
      .poll(() => shop.told)
      .toEqual(['built connection', 'releasing connection', 'released connection: close']);
    expect(await (await served.get('/name', { 'x-user': 'ann' })).text()).toBe('transaction of ann');
    await expect.poll(shop.living).toBe(0);
  });

  test('app.close() waits for requests under way, and for their releases', async () => {
    const { shop, served, inHandler } = await shopOn(platform);
    const answer = served.get('/slow', { 'x-user': 'ann', connection: 'close' });
    await inHandler.reached;
    const closed = served.app.close();
    inHandler.open();
    expect(await (await answer).text()).toBe('released: false');
    await closed;
    expect(shop.told.slice(2)).toEqual(RELEASED);
  });

  test('a factory runs in the context of its request', async () => {
    const user = new AsyncLocalStorage<string>();
    @Controller()
    class Users {
      constructor(@Inject('USER') readonly user: { name: string | undefined }) {}
      @Get()
      me(): string {
        return String(this.user.name);
      }
    }
    @Module({
      imports: [CacheModule.forRoot()],
      controllers: [Users],
      providers: [provideResource('USER', () => ({ name: user.getStore() }), { scope: Scope.REQUEST })],
    })
    class AppModule {
      configure(consumer: MiddlewareConsumer): void {
        consumer
          .apply((_request: unknown, _response: unknown, next: () => void) => user.run('ann', next))
          .forRoutes(Users);
      }
    }
    const { get } = await serve(platform, { imports: [AppModule] });
    expect(await (await get('/')).text()).toBe('ann');
  });

  test('a request-scoped middleware has the same one as the controller', async () => {
    const shop = workshop();
    const seen: Thing[] = [];
    @Injectable()
    class Auditing {
      constructor(@Inject('AUDIT') readonly audit: Thing) {}
      use(_request: unknown, _response: unknown, next: () => void): void {
        seen.push(this.audit);
        next();
      }
    }
    @Controller()
    class Users {
      constructor(@Inject('AUDIT') readonly audit: Thing) {}
      @Get()
      me(): string {
        seen.push(this.audit);
        return this.audit.name;
      }
    }
    @Module({
      imports: [CacheModule.forRoot()],
      controllers: [Users],
      providers: [
        provideResource('AUDIT', () => shop.build('audit'), { scope: Scope.REQUEST, onRelease: shop.release }),
      ],
    })
    class AppModule {
      configure(consumer: MiddlewareConsumer): void {
        consumer.apply(Auditing).forRoutes(Users);
      }
    }
    const { get } = await serve(platform, { imports: [AppModule] });
    await get('/');
    expect(seen).toHaveLength(2);
    expect(seen[0]).toBe(seen[1]);
    await expect.poll(() => shop.told).toEqual(['built audit', 'releasing audit', 'released audit: close']);
  });

  test('a singleton that resolves one by hand in a request has one of that request', async () => {
    const shop = workshop();
    @Controller()
    class Users {
      constructor(@Inject(ModuleRef) readonly modules: ModuleRef) {}
      @Get()
      async me(): Promise<string> {
        return (await this.modules.resolve<Thing>('AUDIT', ContextIdFactory.create(), { strict: false })).name;
      }
    }
    const { get } = await serve(platform, {
      imports: [CacheModule.forRoot()],
      controllers: [Users],
      providers: [
        provideResource('AUDIT', () => shop.build('audit'), { scope: Scope.REQUEST, onRelease: shop.release }),
      ],
    });
    expect(await (await get('/')).text()).toBe('audit');
    await expect.poll(() => shop.told).toEqual(['built audit', 'releasing audit', 'released audit: close']);
  });
});

test('Fastify’s inject() has them, and releases them', async () => {
  const { shop, served } = await shopOn('Fastify');
  const app = served.app as NestFastifyApplication;
  const answer = await app.inject({ url: '/name', headers: { 'x-user': 'ann' } });
  expect(answer.body).toBe('transaction of ann');
  await expect.poll(shop.living).toBe(0);
  expect(shop.told.slice(2)).toEqual(RELEASED);
});

/** Outside any request, as whatever loses the context of one. */
const outside = AsyncLocalStorage.snapshot();

test.each(platforms)('the context of a GraphQL operation tells whose request it is on %s', async (platform) => {
  const shop = workshop();
  @Controller()
  class Resolvers {
    constructor(@Inject(ModuleRef) readonly modules: ModuleRef) {}
    @Get()
    async operation(@Req() req: object): Promise<string> {
      // What the drivers of @nestjs/graphql register as REQUEST.
      const context = ContextIdFactory.create();
      this.modules.registerRequestByContextId({ req }, context);
      const resolve = (): Promise<Thing> => this.modules.resolve<Thing>('AUDIT', context, { strict: false });
      return (await outside(resolve)).name;
    }
  }
  const { get } = await serve(platform, {
    imports: [CacheModule.forRoot()],
    controllers: [Resolvers],
    providers: [provideResource('AUDIT', () => shop.build('audit'), { scope: Scope.REQUEST, onRelease: shop.release })],
  });
  expect(await (await get('/')).text()).toBe('audit');
  await expect.poll(() => shop.told).toEqual(['built audit', 'releasing audit', 'released audit: close']);
});

test('S96: outside any HTTP request it is not built, and the message says so', async () => {
  const shop = workshop();
  const app = await start({
    imports: [CacheModule.forRoot()],
    providers: [provideResource('AUDIT', () => shop.build('audit'), { scope: Scope.REQUEST })],
  });
  // As a microservice does for a message.
  const context = ContextIdFactory.create();
  app.registerRequestByContextId({ pattern: 'orders', data: {}, context: {} }, context);
  const error: unknown = await app.resolve('AUDIT', context).catch((error: unknown) => error);
  expect(error).toMatchObject({ name: 'CacheError', code: 'ERR_MILLPOND_NO_SCOPE' });
  expect(String(error)).toContain('AUDIT: it is released at the end of the HTTP request for which Nest makes it');
  expect(shop.told).toEqual([]);
});

test('what is asked for when the request has ended is not built', async () => {
  const shop = workshop();
  const ended = door();
  let outcome: Promise<unknown> = Promise.resolve();
  @Controller()
  class Users {
    constructor(@Inject(ModuleRef) readonly modules: ModuleRef) {}
    @Get()
    me(): string {
      outcome = ended.opened
        .then(() => this.modules.resolve('AUDIT', ContextIdFactory.create(), { strict: false }))
        .catch((error: unknown) => error);
      return 'me';
    }
  }
  const { get } = await serve('Express', {
    imports: [CacheModule.forRoot()],
    controllers: [Users],
    providers: [provideResource('AUDIT', () => shop.build('audit'), { scope: Scope.REQUEST })],
  });
  await get('/');
  // When this is answered, the response before it has been closed.
  const first = outcome;
  await get('/');
  ended.open();
  expect(await first).toMatchObject({ code: 'ERR_MILLPOND_NO_SCOPE' });
  expect(String(await first)).toContain('AUDIT: the request it is for has ended, so it was not built');
  expect(shop.told).toEqual([]);
});

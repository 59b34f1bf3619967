import { AsyncLocalStorage } from 'node:async_hooks';
import { Controller, Get, Inject, Injectable, Module, Req, Scope, type MiddlewareConsumer } from '@nestjs/common';
import { ContextIdFactory, ModuleRef, NestFactory } from '@nestjs/core';
import { CacheModule, provideResource } from '@millpond/nest';
import { describe, expect, test } from 'vitest';
import { askBehindOwnServer, heardLogger, platforms, serve, start } from './support/app.js';
import { door, workshop, type Thing } from './support/things.js';

describe.each(platforms)('whose request it is on %s', (platform) => {
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

test('Express behind a server of its own tells whose request it is', async () => {
  const shop = workshop();
  @Controller()
  class Users {
    constructor(@Inject('AUDIT') readonly audit: Thing) {}
    @Get()
    me(): string {
      return this.audit.name;
    }
  }
  const answer = await askBehindOwnServer({
    imports: [CacheModule.forRoot()],
    controllers: [Users],
    providers: [provideResource('AUDIT', () => shop.build('audit'), { scope: Scope.REQUEST, onRelease: shop.release })],
  });
  expect(answer).toBe('audit');
  await expect.poll(shop.living).toBe(0);
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

test('an app without a server starts, and says so when one is asked for', async () => {
  const logger = heardLogger();
  class AppModule {}
  Module({
    imports: [CacheModule.forRoot()],
    providers: [provideResource('AUDIT', () => ({}), { scope: Scope.REQUEST })],
  })(AppModule);
  const app = await NestFactory.createApplicationContext(AppModule, { logger });
  await expect(app.resolve('AUDIT')).rejects.toMatchObject({ code: 'ERR_MILLPOND_NO_SCOPE' });
  await app.close();
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

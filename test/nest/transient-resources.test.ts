import { Body, Controller, Inject, Injectable, Module, Post, Scope } from '@nestjs/common';
import { LazyModuleLoader, ModuleRef } from '@nestjs/core';
import { CacheModule, provideResource } from '@millpond/nest';
import { describe, expect, test } from 'vitest';
import { platforms, serve, start } from './support/app.js';
import { workshop, type Thing, type Workshop } from './support/things.js';

const CLIENT = 'CLIENT';

/** A client for each that needs one, with a number. */
function clientsOf(shop: Workshop) {
  let built = 0;
  return provideResource(CLIENT, async () => shop.build(`client ${(built += 1)}`), {
    scope: Scope.TRANSIENT,
    onRelease: shop.release,
  });
}

@Injectable()
class Users {
  constructor(@Inject(CLIENT) readonly client: Thing) {}
}

@Injectable()
class Teams {
  constructor(@Inject(CLIENT) readonly client: Thing) {}
}

/** One that is transient itself, and has a client of its own. */
@Injectable({ scope: Scope.TRANSIENT })
class Loader {
  constructor(@Inject(CLIENT) readonly client: Thing) {}
}

@Injectable({ scope: Scope.REQUEST })
class Orders {
  constructor(@Inject(CLIENT) readonly client: Thing) {}
}

test('each singleton has its own, which is released with the app', async () => {
  const shop = workshop();
  const app = await start({ imports: [CacheModule.forRoot()], providers: [Users, Teams, clientsOf(shop)] });
  const clients = [app.get(Users).client, app.get(Teams).client];
  expect(clients[0]).not.toBe(clients[1]);
  expect(shop.living()).toBe(2);
  await app.close();
  expect(shop.living()).toBe(0);
  expect(shop.told.join()).not.toContain('AGAIN');
});

test('one of a transient that a singleton has, or a factory made, is released with the app', async () => {
  const shop = workshop();
  @Injectable()
  class Reports {
    constructor(@Inject(Loader) readonly loader: Loader) {}
  }
  const app = await start({
    imports: [CacheModule.forRoot()],
    providers: [
      Reports,
      Loader,
      clientsOf(shop),
      { provide: 'MADE', useFactory: (client: Thing) => ({ client }), inject: [CLIENT] },
    ],
  });
  expect(app.get(Reports).loader.client).not.toBe(app.get<{ client: Thing }>('MADE').client);
  expect(shop.living()).toBe(2);
  await app.close();
  expect(shop.living()).toBe(0);
});

describe.each(platforms)('transient resources on %s', (platform) => {
  test('each instance of a request has its own, released with the request; those of singletons stay', async () => {
    const shop = workshop();
    @Controller()
    class OrdersController {
      constructor(
        @Inject(Orders) readonly orders: Orders,
        @Inject(Users) readonly users: Users,
        @Inject(Loader) readonly loader: Loader,
      ) {}
      @Post()
      names(@Body() _body: object): string[] {
        return [this.users.client.name, this.orders.client.name, this.loader.client.name];
      }
    }
    const { app } = await serve(platform, {
      imports: [CacheModule.forRoot()],
      controllers: [OrdersController],
      providers: [Orders, Users, Loader, clientsOf(shop)],
    });
    const ask = async (): Promise<string[]> => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(await app.getUrl(), { method: 'POST', headers, body: '{"id":"42"}' });
      return (await answer.json()) as string[];
    };

    const [first, second] = [await ask(), await ask()];
    expect(new Set([...first, ...second]).size).toBe(5);
    expect(first[0]).toBe(second[0]);
    await expect.poll(shop.living).toBe(1);
    await app.close();
    expect(shop.living()).toBe(0);
    expect(shop.told.at(-1)).toBe('released client 1: close');
  });

  test('one that a singleton resolves by hand in a request is released with that request', async () => {
    const shop = workshop();
    @Controller()
    class HandController {
      constructor(@Inject(ModuleRef) readonly modules: ModuleRef) {}
      @Post()
      async name(): Promise<string> {
        return (await this.modules.resolve<Thing>(CLIENT)).name;
      }
    }
    const { app } = await serve(platform, {
      imports: [CacheModule.forRoot()],
      controllers: [HandController],
      providers: [clientsOf(shop)],
    });
    const answer = await fetch(await app.getUrl(), { method: 'POST' });
    expect(await answer.text()).toBe('client 1');
    await expect.poll(shop.living).toBe(0);
  });
});

test('one in a singleton whose module is loaded in a request stays with the singleton', async () => {
  const shop = workshop();
  class LateModule {}
  Module({ providers: [Users, clientsOf(shop)] })(LateModule);
  @Controller()
  class LateController {
    constructor(@Inject(LazyModuleLoader) readonly loader: LazyModuleLoader) {}
    @Post()
    async name(): Promise<string> {
      const late = await this.loader.load(() => LateModule);
      return late.get(Users).client.name;
    }
  }
  const { app } = await serve('Express', {
    imports: [CacheModule.forRoot()],
    controllers: [LateController],
    providers: [clientsOf(shop)],
  });
  const ask = async (): Promise<string> => (await fetch(await app.getUrl(), { method: 'POST' })).text();
  expect([await ask(), await ask()]).toEqual(['client 1', 'client 1']);
  expect(shop.told).toEqual(['built client 1']);
  await app.close();
  expect(shop.living()).toBe(0);
});

test('one that a factory of such a module takes outlives the request, too', async () => {
  const shop = workshop();
  class LateModule {}
  Module({
    providers: [{ provide: 'MADE', useFactory: (client: Thing) => ({ client }), inject: [CLIENT] }, clientsOf(shop)],
  })(LateModule);
  @Controller()
  class LateController {
    constructor(@Inject(LazyModuleLoader) readonly loader: LazyModuleLoader) {}
    @Post()
    async isReleased(): Promise<string> {
      const late = await this.loader.load(() => LateModule);
      return String(late.get<{ client: Thing }>('MADE').client.isReleased);
    }
  }
  const { app } = await serve('Express', {
    imports: [CacheModule.forRoot()],
    controllers: [LateController],
    providers: [clientsOf(shop)],
  });
  const ask = async (): Promise<string> => (await fetch(await app.getUrl(), { method: 'POST' })).text();
  // When the second is answered the first is closed, and when the third is, what that let go of has gone.
  expect([await ask(), await ask(), await ask()]).toEqual(['false', 'false', 'false']);
  await app.close();
  expect(shop.told).toEqual(['built client 1', 'releasing client 1', 'released client 1: close']);
});

test('S96: one that is resolved by hand outside any request, in an app that has started, is refused', async () => {
  const shop = workshop();
  const app = await start({ imports: [CacheModule.forRoot()], providers: [clientsOf(shop), Orders] });
  const byHand: unknown = await app.resolve(CLIENT).catch((error: unknown) => error);
  expect(byHand).toMatchObject({ code: 'ERR_MILLPOND_NO_SCOPE' });
  await expect(app.resolve(Orders)).rejects.toThrow('CLIENT: it is released at the end of the HTTP request');
  expect(shop.told).toEqual([]);
});

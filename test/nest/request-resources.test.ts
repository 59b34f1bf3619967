import { request as httpRequest } from 'node:http';
import { Body, Controller, Get, Inject, Injectable, Post, Scope, type INestApplication } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CacheModule, provideResource } from '@millpond/nest';
import { describe, expect, test } from 'vitest';
import { gate, type Gate } from '../support/gate.js';
import { platforms, serve, type Served } from './support/app.js';
import { door, workshop, type Thing, type Workshop } from './support/things.js';

interface Shop {
  readonly shop: Workshop;
  readonly served: Served;
  readonly inHandler: ReturnType<typeof door>;
  readonly inFactory: ReturnType<typeof door>;
  /** Opened by the last hook before the server stops. */
  readonly leaving: Gate;
}

interface HeaderRequest {
  readonly headers: { readonly [name: string]: string | undefined };
}

/** An app with a connection for each request, and a transaction on it. */
async function shopOn(platform: (typeof platforms)[number], scopes = false): Promise<Shop> {
  const shop = workshop();
  const inHandler = door();
  const inFactory = door();
  const leaving = gate();

  @Injectable()
  class Leaving {
    beforeApplicationShutdown(): void {
      leaving.open();
    }
  }

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
    imports: [CacheModule.forRoot({ scopes })],
    controllers: [OrdersController],
    providers: [
      Orders,
      Leaving,
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
  return { shop, served, inHandler, inFactory, leaving };
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

const kinds = platforms.flatMap((platform) => [
  { platform, scopes: false },
  { platform, scopes: true },
]);

describe.each(kinds)('resources of a request on $platform, the module’s scopes: $scopes', ({ platform, scopes }) => {
  test('each is built once a request, and gone when the response is closed, the last one first', async () => {
    const { shop, served } = await shopOn(platform, scopes);

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
    const { shop, served } = await shopOn(platform, scopes);
    const users = Array.from({ length: 20 }, (_, index) => `user ${index}`);
    const answers = await Promise.all(
      users.map(async (user) => (await served.get('/name', { 'x-user': user })).text()),
    );
    expect(answers).toEqual(users.map((user) => `transaction of ${user}`));
    await expect.poll(shop.living).toBe(0);
    expect(shop.told.filter((line) => line.startsWith('released'))).toHaveLength(40);
  });

  test('a handler that throws releases them as well', async () => {
    const { shop, served } = await shopOn(platform, scopes);
    expect((await served.get('/fails', { 'x-user': 'ann' })).status).toBe(500);
    await expect.poll(shop.living).toBe(0);
    expect(shop.told.slice(2)).toEqual(RELEASED);
  });

  test('a request with a body has them', async () => {
    const { shop, served } = await shopOn(platform, scopes);
    const answer = await fetch(new URL('/body', await served.app.getUrl()), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-user': 'ann' },
      body: JSON.stringify({ id: '42' }),
    });
    expect(await answer.text()).toBe('42 in transaction of ann');
    await expect.poll(shop.living).toBe(0);
  });

  test('a client that leaves releases them, although the handler goes on', async () => {
    const { shop, served, inHandler } = await shopOn(platform, scopes);
    const leave = await asked(served.app, '/slow', { 'x-user': 'ann' });
    await inHandler.reached;
    expect(shop.living()).toBe(2);
    leave();
    await expect.poll(shop.living).toBe(0);
    expect(shop.told.slice(2)).toEqual(RELEASED);
    inHandler.open();
  });

  test('a client that leaves while one is built: it is released when it is there, before what was built before it', async () => {
    const { shop, served, inFactory } = await shopOn(platform, scopes);
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
    const { shop, served } = await shopOn(platform, scopes);
    expect((await served.get('/name', { 'x-refuse': 'yes' })).status).toBe(500);
    await expect
      .poll(() => shop.told)
      .toEqual(['built connection', 'releasing connection', 'released connection: close']);
    expect(await (await served.get('/name', { 'x-user': 'ann' })).text()).toBe('transaction of ann');
    await expect.poll(shop.living).toBe(0);
  });

  test('app.close() waits for requests under way, and for their releases', async () => {
    const { shop, served, inHandler, leaving } = await shopOn(platform, scopes);
    const answer = served.get('/slow', { 'x-user': 'ann', connection: 'close' });
    await inHandler.reached;
    const closed = served.app.close();
    await leaving.opened;
    inHandler.open();
    expect(await (await answer).text()).toBe('released: false');
    await closed;
    expect(shop.told.slice(2)).toEqual(RELEASED);
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

import { setImmediate as turn } from 'node:timers/promises';
import { Controller, Get, Inject, Injectable, Scope } from '@nestjs/common';
import { ContextIdFactory, REQUEST, type ContextIdStrategy } from '@nestjs/core';
import { CacheModule, createCache, provideResource, tenantContexts } from '@millpond/nest';
import { describe, expect, onTestFinished, test } from 'vitest';
import { build, platforms, serve } from './support/app.js';

const REQUESTS = 200;

/** What was made, as long as somebody else holds it. */
class Made {
  readonly #references: WeakRef<object>[] = [];
  released = 0;

  note<T extends object>(thing: T): T {
    this.#references.push(new WeakRef(thing));
    return thing;
  }

  get count(): number {
    return this.#references.length;
  }

  /** How many can still be reached, when the garbage has been collected without any traffic. */
  async reachable(): Promise<number> {
    const { gc } = globalThis as { gc?: () => void };
    if (gc === undefined) throw new Error('run with --expose-gc');
    const living = (): number => this.#references.filter((reference) => reference.deref() !== undefined).length;
    for (let round = 0; round < 20 && living() > 0; round += 1) {
      await turn();
      gc();
    }
    return living();
  }
}

describe.each(platforms)('what is left on %s', (platform) => {
  test.each([
    ['', false],
    [', in their scopes', true],
  ])(
    `0 of ${REQUESTS} requests’ resources, and of what they were injected into, can be reached afterwards%s`,
    async (_, scopes) => {
      const made = new Made();
      await using cache = createCache();

      @Injectable({ scope: Scope.REQUEST })
      class Orders {
        constructor(
          @Inject('TRANSACTION') readonly transaction: object,
          @Inject('CLIENT') readonly client: object,
        ) {
          made.note(this);
        }
      }
      @Controller()
      class OrdersController {
        constructor(
          @Inject(Orders) readonly orders: Orders,
          @Inject(REQUEST) readonly request: object,
        ) {
          made.note(this);
          made.note(request);
        }
        @Get()
        find(): string {
          return typeof this.orders.transaction;
        }
        @Get('fails')
        fail(): string {
          throw new Error('no such order');
        }
      }
      const onRelease = (): void => void (made.released += 1);
      const { get } = await serve(platform, {
        imports: [CacheModule.forRoot({ cache, scopes })],
        controllers: [OrdersController],
        providers: [
          Orders,
          provideResource('TRANSACTION', (request: object) => made.note({ request }), {
            inject: [REQUEST],
            scope: Scope.REQUEST,
            onRelease,
          }),
          provideResource('CLIENT', () => made.note({}), { scope: Scope.TRANSIENT, onRelease }),
        ],
      });

      for (let request = 0; request < REQUESTS; request += 20) {
        const paths = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? '/' : '/fails'));
        await Promise.all(paths.map(async (path) => (await get(path)).text()));
      }
      await expect.poll(() => made.released).toBe(2 * REQUESTS);
      expect(made.count).toBe(5 * REQUESTS);
      // The server itself holds on to the last request of each connection that is kept alive.
      for (let connection = 0; connection < 20; connection += 1) await get('/nowhere', { connection: 'close' });
      expect(await made.reachable()).toBe(0);
      expect(cache.stats().entries).toBe(0);
    },
  );

  test(`of ${REQUESTS} tenants that came and went, those that may stay can be reached afterwards, and no others`, async () => {
    const made = new Made();
    ContextIdFactory.apply(
      tenantContexts<{ headers: { readonly [name: string]: string | undefined } }>({
        tenantOf: ({ headers }) => headers['x-tenant'],
        maxTenants: 3,
        releaseAfter: 0,
      }),
    );
    onTestFinished(() => ContextIdFactory.apply(undefined as unknown as ContextIdStrategy));

    @Injectable({ scope: Scope.REQUEST, durable: true })
    class Users {
      constructor(@Inject('POOL') readonly pool: object) {
        made.note(this);
      }
    }
    @Controller()
    class UsersController {
      constructor(@Inject(Users) readonly users: Users) {}
      @Get()
      find(): string {
        return typeof this.users.pool;
      }
    }
    const { get } = await serve(platform, {
      imports: [CacheModule.forRoot()],
      controllers: [UsersController],
      providers: [
        Users,
        provideResource('POOL', () => made.note({}), {
          scope: Scope.REQUEST,
          durable: true,
          onRelease: () => (made.released += 1),
        }),
      ],
    });

    for (let tenant = 0; tenant < REQUESTS; tenant += 1) await (await get('/', { 'x-tenant': `${tenant}` })).text();
    await expect.poll(() => made.released).toBe(REQUESTS - 3);
    expect(made.count).toBe(2 * REQUESTS);
    for (let connection = 0; connection < 20; connection += 1) await get('/nowhere', { connection: 'close' });
    // A pool and its user, for each of three tenants.
    expect(await made.reachable()).toBe(6);
  });
});

test('an app that was closed can be collected, although its tenants live on in the strategy', async () => {
  const made = new Made();
  const strategy = tenantContexts<{ tenant: string }>({ tenantOf: ({ tenant }) => tenant });
  ContextIdFactory.apply(strategy);
  onTestFinished(() => ContextIdFactory.apply(undefined as unknown as ContextIdStrategy));

  async function live(): Promise<void> {
    const app = await build({
      imports: [CacheModule.forRoot()],
      providers: [
        { provide: 'OF_THE_APP', useFactory: () => made.note({}) },
        provideResource('POOL', (ofTheApp: object) => ({ ofTheApp }), {
          inject: ['OF_THE_APP'],
          scope: Scope.REQUEST,
          durable: true,
          onRelease: () => (made.released += 1),
        }),
      ],
    }).compile();
    await app.init();
    const context = ContextIdFactory.getByRequest({ tenant: 'blue' });
    app.registerRequestByContextId(context.payload, context);
    await app.resolve('POOL', context);
    await app.close();
  }
  await live();
  expect(made.released).toBe(1);
  expect(await made.reachable()).toBe(0);
  expect(ContextIdFactory.getByRequest({ tenant: 'blue' }).payload).toMatchObject({ tenantId: 'blue' });
});

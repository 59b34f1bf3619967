import { AsyncLocalStorage } from 'node:async_hooks';
import { Controller, Get, Inject, Injectable, Scope } from '@nestjs/common';
import { ContextIdFactory, REQUEST, type ContextIdStrategy } from '@nestjs/core';
import {
  CacheModule,
  provideResource,
  tenantContexts,
  type TenantContextsOptions,
  type TenantPayload,
} from '@millpond/nest';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fakeClock } from '../support/fake-clock.js';
import { thrownBy } from '../support/thrown-by.js';
import { build, platforms, serve, start, type Served } from './support/app.js';
import { door, workshop, type Thing, type Workshop } from './support/things.js';

interface HeaderRequest {
  readonly headers: { readonly [name: string]: string | undefined };
}

type Options = Omit<TenantContextsOptions<HeaderRequest>, 'tenantOf'>;

/** Nest has one strategy for the whole process. */
function apply(strategy: ContextIdStrategy): void {
  ContextIdFactory.apply(strategy);
  onTestFinished(() => ContextIdFactory.apply(undefined as unknown as ContextIdStrategy));
}

function applyTenants(options: Options): void {
  apply(tenantContexts<HeaderRequest>({ tenantOf: ({ headers }) => headers['x-tenant'], ...options }));
}

interface Tenancy {
  readonly shop: Workshop;
  readonly served: Served;
  readonly ask: (tenant: string, path?: string) => Promise<string>;
  readonly inHandler: ReturnType<typeof door>;
}

/** An app with a pool for each tenant, in a durable provider, and a transaction for each request. */
async function tenancyOn(platform: (typeof platforms)[number]): Promise<Tenancy> {
  const shop = workshop();
  const inHandler = door();
  let pools = 0;

  @Injectable({ scope: Scope.REQUEST, durable: true })
  class Users {
    constructor(@Inject('POOL') readonly pool: Thing) {}
  }

  @Controller()
  class UsersController {
    constructor(
      @Inject(Users) readonly users: Users,
      @Inject('TRANSACTION') readonly transaction: Thing,
    ) {}
    @Get()
    name(): string {
      return `${this.users.pool.name}${this.users.pool.isReleased ? ', RELEASED' : ''}`;
    }
    @Get('slow')
    async slow(): Promise<string> {
      await inHandler.pass();
      return this.name();
    }
  }

  @Controller({ path: 'durable', scope: Scope.REQUEST, durable: true })
  class DurableController {
    constructor(@Inject(Users) readonly users: Users) {}
    @Get()
    name(): string {
      return this.users.pool.name;
    }
  }

  const served = await serve(platform, {
    imports: [CacheModule.forRoot()],
    controllers: [UsersController, DurableController],
    providers: [
      Users,
      provideResource(
        'POOL',
        async ({ tenantId }: Partial<TenantPayload>) => shop.build(`pool ${(pools += 1)} of ${tenantId ?? 'nobody'}`),
        { inject: [REQUEST], scope: Scope.REQUEST, durable: true, onRelease: shop.release },
      ),
      provideResource('TRANSACTION', () => ({}), {
        scope: Scope.REQUEST,
        onRelease: async () => {
          await new Promise((resolve) => setImmediate(resolve));
          shop.told.push('rolled back');
        },
      }),
    ],
  });
  const ask = async (tenant: string, path = '/'): Promise<string> =>
    (await served.get(path, tenant === '' ? {} : { 'x-tenant': tenant })).text();
  return { shop, served, ask, inHandler };
}

const poolsOf = ({ told }: Workshop): string[] =>
  told.filter((line) => line !== 'rolled back' && !line.startsWith('releasing'));

describe.each(platforms)('resources of tenants on %s', (platform) => {
  test('a tenant has one, for all its requests; the app releases it', async () => {
    applyTenants({});
    const { shop, served, ask } = await tenancyOn(platform);
    expect(await Promise.all([ask('blue'), ask('blue'), ask('green')])).toEqual([
      expect.stringMatching(/^pool \d of blue$/),
      expect.stringMatching(/^pool \d of blue$/),
      expect.stringMatching(/^pool \d of green$/),
    ]);
    expect(await ask('blue')).toMatch(/of blue$/);
    expect(await ask('blue', '/durable')).toBe(await ask('blue'));
    expect(shop.living()).toBe(2);
    await served.app.close();
    expect(shop.living()).toBe(0);
    expect(shop.told.join()).not.toContain('AGAIN');
    expect(shop.told.filter((line) => line.endsWith(': close'))).toHaveLength(2);
  });

  test('of more than maxTenants the one that was used longest ago goes, and is built anew when it comes back', async () => {
    applyTenants({ maxTenants: 2, releaseAfter: 0 });
    const { shop, ask } = await tenancyOn(platform);
    await ask('one');
    await ask('two');
    await ask('one');
    await ask('three');
    await expect.poll(shop.living).toBe(2);
    expect(poolsOf(shop)).toEqual([
      'built pool 1 of one',
      'built pool 2 of two',
      'built pool 3 of three',
      'released pool 2 of two: evict',
    ]);
    expect(await ask('one')).toBe('pool 1 of one');
    expect(await ask('two')).toBe('pool 4 of two');
  });

  test('hazard 41: a tenant that goes is released when its requests have ended, and what they have built on it', async () => {
    applyTenants({ maxTenants: 1, releaseAfter: 0 });
    const { shop, ask, inHandler } = await tenancyOn(platform);
    const slow = ask('one', '/slow');
    await inHandler.reached;
    await ask('two');
    // A new request of it does not get what is about to go.
    expect(await ask('one')).toBe('pool 3 of one');
    await expect.poll(() => shop.told).toContain('released pool 2 of two: evict');
    expect(shop.told).not.toContain('releasing pool 1 of one');
    shop.told.length = 0;
    inHandler.open();
    expect(await slow).toBe('pool 1 of one');
    await expect
      .poll(() => shop.told)
      .toEqual(['rolled back', 'releasing pool 1 of one', 'released pool 1 of one: evict']);
  });

  test('a tenant without a request for idleTimeout goes, after releaseAfter', async () => {
    const clock = fakeClock();
    applyTenants({ idleTimeout: '10m', releaseAfter: '10s', clock });
    const { shop, ask } = await tenancyOn(platform);
    await ask('quiet');
    await clock.advance('4m');
    await ask('busy');
    await clock.advance('6m');
    expect(shop.told.join()).not.toContain('releasing');
    await clock.advance('10s');
    await expect.poll(() => poolsOf(shop).at(-1)).toBe('released pool 1 of quiet: expire');
    expect(await ask('busy')).toBe('pool 2 of busy');
    expect(await ask('quiet')).toBe('pool 3 of quiet');
  });

  test('a request without a tenant has its own, which goes with it', async () => {
    applyTenants({});
    const { shop, ask } = await tenancyOn(platform);
    expect(await ask('')).toBe('pool 1 of nobody');
    await expect.poll(shop.living).toBe(0);
    expect(await ask('')).toBe('pool 2 of nobody');
    await expect.poll(shop.living).toBe(0);
  });
});

test('hazard 31: the resource of a tenant is built outside the request that came first', async () => {
  applyTenants({});
  const users = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const app = await start({
    imports: [CacheModule.forRoot()],
    providers: [
      provideResource('POOL', () => ({ user: seen.push(users.getStore()) }), { scope: Scope.REQUEST, durable: true }),
    ],
  });
  const context = ContextIdFactory.getByRequest({ headers: { 'x-tenant': 'blue' } });
  app.registerRequestByContextId(context.payload, context);
  await users.run('ann', () => app.resolve('POOL', context));
  expect(seen).toEqual([undefined]);
});

test('a durable resource without any strategy is one of its request, as Nest makes it', async () => {
  const { shop, ask } = await tenancyOn('Express');
  expect(await ask('blue')).toBe('pool 1 of nobody');
  await expect.poll(shop.living).toBe(0);
});

test.each(['before', 'after'])(
  'a strategy that does not tell when a tenant goes is refused, given %s the app starts',
  async (when) => {
    const contextId = ContextIdFactory.create();
    const shop = workshop();
    const foreign: ContextIdStrategy = { attach: () => ({ resolve: () => contextId, payload: { tenantId: 'blue' } }) };
    const app = await build({
      imports: [CacheModule.forRoot()],
      providers: [provideResource('POOL', () => shop.build('pool'), { scope: Scope.REQUEST, durable: true })],
    }).compile();
    onTestFinished(() => app.close());
    if (when === 'before') apply(foreign);
    const starting = app.init();
    if (when === 'after') await starting.then(() => apply(foreign));
    const asked = (): Promise<unknown> => app.resolve('POOL', ContextIdFactory.getByRequest({ headers: {} }));
    await expect(when === 'before' ? starting : asked()).rejects.toThrow(
      'Use ContextIdFactory.apply(tenantContexts({ tenantOf: (request) => ... }))',
    );
    expect(shop.told).toEqual([]);
  },
);

test('what is no HTTP request counts as a use of its tenant', async () => {
  const clock = fakeClock();
  applyTenants({ idleTimeout: '10m', releaseAfter: '10s', clock });
  const shop = workshop();
  const app = await start({
    imports: [CacheModule.forRoot()],
    providers: [
      provideResource('POOL', () => shop.build('pool'), {
        scope: Scope.REQUEST,
        durable: true,
        onRelease: shop.release,
      }),
    ],
  });
  // As a microservice does for a message.
  const ask = async (): Promise<unknown> => {
    const message = { headers: { 'x-tenant': 'blue' } };
    const context = ContextIdFactory.getByRequest(message);
    app.registerRequestByContextId(context.payload, context);
    return app.resolve('POOL', context);
  };
  const pool = await ask();
  await clock.advance('9m');
  expect(await ask()).toBe(pool);
  await clock.advance('9m');
  expect(shop.living()).toBe(1);
  await clock.advance('2m');
  await expect.poll(shop.living).toBe(0);
  expect(shop.told.at(-1)).toBe('released pool: expire');
});

test('wrong options are refused', () => {
  const wrong = (options: object): string =>
    String(thrownBy(() => Reflect.apply(tenantContexts, undefined, [options])));
  expect(wrong({})).toContain('tenantContexts: option `tenantOf` must be a function');
  expect(wrong({ tenantOf: () => 'a', maxTenants: 0 })).toContain('option `maxTenants` must be a whole number');
  expect(wrong({ tenantOf: () => 'a', idleTimeout: '10' })).toContain(
    'cacheResource(tenantContexts): option `idleTimeout`',
  );
});

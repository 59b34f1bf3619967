import { Controller, Get, Inject, Injectable, Scope } from '@nestjs/common';
import { CacheData, CacheModule, CacheResource, createCache, provideResource } from '@millpond/nest';
import { describe, expect, test } from 'vitest';
import { sendAndLeave } from '../support/send.js';
import { platforms, serve, type Served } from './support/app.js';
import { door, workshop, type Door, type Thing, type Workshop } from './support/things.js';

interface Desk {
  readonly shop: Workshop;
  readonly served: Served;
  readonly inFactory: Door;
}

/** Each thing is made of the one before it: by turns a function of the cache and Nest's injection make it. */
async function deskOn(platform: (typeof platforms)[number], slow = false): Promise<Desk> {
  const shop = workshop();
  const inFactory = door();
  const onRelease = shop.release;
  let users = 0;

  @Injectable()
  class Database {
    @CacheData({ scope: 'request' })
    async ofRequest(): Promise<number> {
      return (users += 1);
    }

    @CacheData({ scope: 'session' })
    async user(): Promise<string> {
      return `ann ${await this.ofSession()}`;
    }

    @CacheData({ scope: 'session' })
    async ofSession(): Promise<number> {
      return (users += 1);
    }

    @CacheResource({ scope: 'request', onRelease })
    async connection(): Promise<Thing> {
      return shop.build('connection');
    }
  }

  @Injectable({ scope: Scope.REQUEST })
  class Orders {
    constructor(@Inject('TRANSACTION') readonly transaction: Thing) {}

    @CacheResource({ scope: 'request', key: () => 'the cursor', onRelease })
    async cursor(): Promise<Thing> {
      return shop.build(`cursor in ${this.transaction.name}`);
    }
  }

  @Controller()
  class OrdersController {
    constructor(
      @Inject(Orders) readonly orders: Orders,
      @Inject(Database) readonly database: Database,
    ) {}
    @Get()
    async list(): Promise<string> {
      return `${(await this.orders.cursor()).name}, request ${await this.database.ofRequest()}`;
    }
  }

  const served = await serve(platform, {
    imports: [CacheModule.forRoot({ scopes: { session: () => 'session of ann' } })],
    controllers: [OrdersController],
    providers: [
      Database,
      Orders,
      provideResource('TICKET', () => shop.build('ticket'), { scope: Scope.REQUEST, onRelease }),
      provideResource(
        'TRANSACTION',
        async (database: Database, _ticket: Thing) => {
          await database.connection();
          const [request, user] = [await database.ofRequest(), await database.user()];
          if (slow) await inFactory.pass();
          return shop.build(`transaction of ${user}, request ${request}`);
        },
        { inject: [Database, 'TICKET'], scope: Scope.REQUEST, onRelease },
      ),
    ],
  });
  return { shop, served, inFactory };
}

const releasesOf = ({ told }: Workshop): string[] => told.filter((line) => !line.startsWith('built'));

describe.each(platforms)('resources of one request on %s, injected ones and those of cached functions', (platform) => {
  test('see its scope and its session, and what was made of others goes before them, one after another', async () => {
    const { shop, served } = await deskOn(platform);
    expect(await (await served.get('/')).text()).toBe('cursor in transaction of ann 2, request 1, request 1');
    await expect.poll(shop.living).toBe(0);
    expect(releasesOf(shop)).toEqual([
      'releasing cursor in transaction of ann 2, request 1',
      'released cursor in transaction of ann 2, request 1: scope',
      'releasing transaction of ann 2, request 1',
      'released transaction of ann 2, request 1: close',
      'releasing connection',
      'released connection: scope',
      'releasing ticket',
      'released ticket: close',
    ]);
    expect(await (await served.get('/')).text()).toBe('cursor in transaction of ann 2, request 3, request 3');
    await expect.poll(shop.living).toBe(0);
    expect(shop.told.join()).not.toContain('AGAIN');
  });

  test('a client that leaves while one is built: it goes when it is there, before what it is made of', async () => {
    const { shop, served, inFactory } = await deskOn(platform, true);
    await sendAndLeave(served.app.getHttpServer().address().port, '/', inFactory.reached);
    // When these are answered, the response before them has been closed.
    for (let request = 0; request < 3; request += 1) await served.get('/nowhere');
    expect(releasesOf(shop)).toEqual([]);
    inFactory.open();
    await expect.poll(shop.living).toBe(0);
    expect(releasesOf(shop)).toEqual([
      'releasing transaction of ann 2, request 1',
      'released transaction of ann 2, request 1: discard',
      'releasing connection',
      'released connection: scope',
      'releasing ticket',
      'released ticket: close',
    ]);
  });

  test('app.close() waits for all of them', async () => {
    const { shop, served } = await deskOn(platform);
    await served.get('/', { connection: 'close' });
    await served.app.close();
    expect(shop.living()).toBe(0);
  });
});

test('a cache that is cleared while a request is under way leaves it its resources until it ends', async () => {
  await using cache = createCache();
  const shop = workshop();
  @Controller()
  class Orders {
    constructor(@Inject('TRANSACTION') readonly transaction: Thing) {}
    @Get()
    async list(): Promise<string> {
      await cache.clear();
      await new Promise((resolve) => setImmediate(resolve));
      return `released: ${this.transaction.isReleased}`;
    }
  }
  const { get } = await serve('Express', {
    imports: [CacheModule.forRoot({ cache, scopes: true })],
    controllers: [Orders],
    providers: [
      provideResource('TRANSACTION', () => shop.build('transaction'), {
        scope: Scope.REQUEST,
        onRelease: shop.release,
      }),
    ],
  });
  expect(await (await get('/')).text()).toBe('released: false');
  await expect.poll(shop.living).toBe(0);
  expect(releasesOf(shop)).toEqual(['releasing transaction', 'released transaction: close']);
});

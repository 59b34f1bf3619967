import { Inject, Injectable, Scope, type OnModuleDestroy } from '@nestjs/common';
import { CacheData, CacheModule, createCache, getCacheToken, provideResource, type Cache } from '@millpond/nest';
import { expect, test } from 'vitest';
import { fakeClock } from '../support/fake-clock.js';
import { thrownBy } from '../support/thrown-by.js';
import { build, heardLogger, start } from './support/app.js';
import { workshop, type Thing } from './support/things.js';

test('S100: a resource is built once for the app, injected, and released once by app.close()', async () => {
  const { told, build, release } = workshop();
  @Injectable()
  class Users {
    constructor(@Inject('POOL') readonly pool: Thing) {}
  }
  @Injectable()
  class Teams {
    constructor(@Inject('POOL') readonly pool: Thing) {}
  }
  const app = await start({
    imports: [CacheModule.forRoot()],
    providers: [Users, Teams, provideResource('POOL', async () => build('pool'), { onRelease: release })],
  });

  expect(app.get(Users).pool).toBe(app.get(Teams).pool);
  expect(app.get('POOL')).toBe(app.get(Users).pool);
  expect(told).toEqual(['built pool']);
  await app.close();
  await app.close();
  expect(told).toEqual(['built pool', 'releasing pool', 'released pool: close']);
});

test('the last resource that was built is gone before the one before it is released, and app.close() waits', async () => {
  const { told, build, release } = workshop();
  @Injectable()
  class Queues {
    constructor(@Inject('POOL') readonly pool: Thing) {}
  }
  const app = await start({
    imports: [CacheModule.forRoot()],
    providers: [
      // It gets the pool by a detour, of which nobody but Nest knows.
      provideResource('WORKER', (queues: Queues) => build(`worker on ${queues.pool.name}`), {
        inject: [Queues],
        onRelease: release,
      }),
      Queues,
      provideResource('POOL', () => build('pool'), { onRelease: release }),
    ],
  });
  await app.close();

  expect(told).toEqual([
    'built pool',
    'built worker on pool',
    'releasing worker on pool',
    'released worker on pool: close',
    'releasing pool',
    'released pool: close',
  ]);
});

test('providers have said goodbye before a resource is released', async () => {
  const { told, build, release } = workshop();
  @Injectable()
  class Users implements OnModuleDestroy {
    constructor(@Inject('POOL') readonly pool: Thing) {}

    onModuleDestroy(): void {
      told.push(`users leave, released: ${this.pool.isReleased}`);
    }

    beforeApplicationShutdown(): void {
      told.push(`users have left, released: ${this.pool.isReleased}`);
    }
  }
  const app = await start({
    imports: [CacheModule.forRoot()],
    providers: [Users, provideResource('POOL', () => build('pool'), { onRelease: release })],
  });
  await app.close();

  expect(told).toEqual([
    'built pool',
    'users leave, released: false',
    'users have left, released: false',
    'releasing pool',
    'released pool: close',
  ]);
});

test('a resource is let go of as the language says, when there is no onRelease', async () => {
  const told: string[] = [];
  const app = await start({
    imports: [CacheModule.forRoot()],
    providers: [
      provideResource('LATER', () => ({ [Symbol.asyncDispose]: async () => void told.push('later') })),
      provideResource('NOW', () => ({ [Symbol.dispose]: () => void told.push('now') })),
      provideResource('TEXT', () => 'a text'),
    ],
  });
  expect(app.get('TEXT')).toBe('a text');
  await app.close();
  expect(told.toSorted()).toEqual(['later', 'now']);
});

test('clearing the cache takes nothing away from whom it was injected into', async () => {
  const { told, build, release } = workshop();
  await using cache = createCache();
  const app = await start({
    imports: [CacheModule.forRoot({ cache })],
    providers: [provideResource('POOL', () => build('pool'), { onRelease: release })],
  });

  await cache.clear();
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toEqual(['built pool']);
  // The cache is its maker's, but what was built for the app goes with it.
  await app.close();
  expect(told).toEqual(['built pool', 'releasing pool', 'released pool: close']);
});

test('two apps on one cache have resources of their own', async () => {
  const { told, build, release } = workshop();
  await using cache = createCache();
  const metadata = {
    imports: [CacheModule.forRoot({ cache })],
    providers: [
      provideResource('POOL', () => build('pool'), { onRelease: release, identity: (pool: Thing) => pool.name }),
    ],
  };
  const one = await start(metadata);
  const two = await start(metadata);
  expect(one.get('POOL')).not.toBe(two.get('POOL'));
  await one.close();
  expect(told).toEqual(['built pool', 'built pool', 'releasing pool', 'released pool: close']);
  await two.close();
});

test('what a factory got from a cached resource is released after what it has built', async () => {
  const { told, build, release } = workshop();
  const app = await start({
    imports: [CacheModule.forRoot()],
    providers: [
      {
        provide: 'getPool',
        useFactory: (cache: Cache) => cache.cacheResource(async () => build('pool'), { onRelease: release }),
        inject: [getCacheToken()],
      },
      provideResource('JOBS', async (getPool: () => Promise<Thing>) => build(`jobs on ${(await getPool()).name}`), {
        inject: ['getPool'],
        onRelease: release,
      }),
    ],
  });
  await app.close();
  expect(told.slice(2)).toEqual([
    'releasing jobs on pool',
    'released jobs on pool: close',
    'releasing pool',
    'released pool: close',
  ]);
});

test('S93: a release that fails is told, stops no other and does not fail app.close()', async () => {
  const { told, build: make, release } = workshop();
  const logger = heardLogger();
  const module = await build(
    {
      imports: [CacheModule.forRoot()],
      providers: [
        provideResource('GOOD', () => make('good'), { onRelease: release }),
        provideResource('BAD', () => make('bad'), {
          onRelease() {
            throw new Error('still busy');
          },
        }),
        provideResource('WORSE', () => make('worse'), { onRelease: () => Promise.reject(new Error('never')) }),
      ],
    },
    logger,
  ).compile();
  await module.init();
  await module.close();
  expect(told).toContain('released good: close');
  expect(logger.errors.toSorted()).toEqual([
    expect.stringMatching(/^BAD: releasing a resource .* failed: still busy/),
    expect.stringMatching(/^WORSE: releasing a resource .* failed: never/),
  ]);
});

test('a release that does not end is given up after closeTimeout, so that app.close() ends', async () => {
  const { told, build, release } = workshop();
  const clock = fakeClock();
  const app = await start({
    imports: [CacheModule.forRoot({ clock, closeTimeout: '5s', logger: { warn: () => {} } })],
    providers: [
      provideResource('POOL', () => build('pool'), { onRelease: release }),
      provideResource('STUCK', (_pool: Thing) => build('stuck'), {
        inject: ['POOL'],
        onRelease(stuck) {
          told.push(`releasing ${stuck.name}`);
          return new Promise(() => {});
        },
      }),
    ],
  });
  const closed = app.close();
  await expect.poll(() => told).toContain('releasing stuck');
  expect(told).not.toContain('releasing pool');
  await clock.advance('5s');
  await closed;
  expect(told.slice(2)).toEqual(['releasing stuck', 'releasing pool', 'released pool: close']);
});

test('a factory that fails fails the app, and what was built before it can be released', async () => {
  const module = build({
    imports: [CacheModule.forRoot()],
    providers: [
      provideResource('POOL', async () => {
        throw new Error('no such host');
      }),
    ],
  });
  await expect(module.compile()).rejects.toThrow('no such host');
});

test('S108: a provided resource is an argument of a cached method, keyed by which it is', async () => {
  let runs = 0;
  class Pool {
    constructor(readonly host: string) {}
  }
  @Injectable()
  class Users {
    constructor(
      @Inject('ONE') readonly one: Pool,
      @Inject('TWO') readonly two: Pool,
    ) {}

    @CacheData()
    async list(pool: Pool): Promise<string> {
      runs += 1;
      return `users of ${pool.host}`;
    }
  }
  const app = await start({
    imports: [CacheModule.forRoot()],
    providers: [Users, provideResource('ONE', () => new Pool('one')), provideResource('TWO', () => new Pool('two'))],
  });
  const users = app.get(Users);
  expect([await users.list(users.one), await users.list(users.two), await users.list(users.one)]).toEqual([
    'users of one',
    'users of two',
    'users of one',
  ]);
  expect(runs).toBe(2);
});

test('a test puts another in the place of a resource, and nothing is built', async () => {
  const { told, build: make } = workshop();
  const module = await build({
    imports: [CacheModule.forRoot()],
    providers: [provideResource('POOL', () => make('pool'))],
  })
    .overrideProvider('POOL')
    .useValue({ name: 'fake' })
    .compile();
  expect(module.get<Thing>('POOL').name).toBe('fake');
  await module.close();
  expect(told).toEqual([]);
});

test('without CacheModule the app does not start, and Nest names the cure', async () => {
  const module = build({ providers: [provideResource('POOL', () => ({}))] });
  await expect(module.compile()).rejects.toThrow('import CacheModule.forRoot() in the root module');
});

test('wrong options are refused where the provider is written', () => {
  const wrong = (options: object): string => {
    const provide = (): unknown => Reflect.apply(provideResource, undefined, ['POOL', () => ({}), options]);
    const error = thrownBy(provide);
    expect(error).toMatchObject({ code: 'ERR_MILLPOND_INVALID_OPTION' });
    return String(error);
  };
  expect(wrong({ validate: () => true })).toContain(
    'provideResource(POOL): option `validate` has no meaning for a resource that is injected',
  );
  expect(wrong({ ttl: '5m' })).toContain('option `ttl` has no meaning');
  expect(wrong({ onrelease: () => {} })).toContain('there is no option `onrelease`. It takes inject, scope,');
  expect(wrong({ onRelease: 'end' })).toContain('option `onRelease` must be a function');
  expect(wrong({ scope: 7 })).toContain('option `scope` must be one of');
  expect(wrong({ name: '' })).toContain('option `name` must be a text');
  expect(wrong({ inject: 'POOL' })).toContain('option `inject` must be an array');
  expect(wrong({ durable: 'yes', scope: Scope.REQUEST })).toContain('option `durable` must be true or false');
  expect(wrong({ durable: true })).toContain('option `durable` goes with scope: Scope.REQUEST');
  expect(String(thrownBy(() => Reflect.apply(provideResource, undefined, ['POOL', {}])))).toContain(
    'give it a factory',
  );
});

import { Inject, Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { CacheData, CacheModule, CacheResource, createCache, getCacheToken, type Cache } from '@millpond/nest';
import { expect, test } from 'vitest';
import { build, heardLogger, start } from './support/app.js';
import { Clockwork } from './support/clockwork.js';

test('wrong options stop the app, and say what to mend', async () => {
  await expect(build({ imports: [CacheModule.forRoot({ ttl: '30' })] }).compile()).rejects.toThrow(
    /option `ttl` is "30", but it must be/,
  );
  await expect(build({ imports: [CacheModule.forRoot({ cache: {} as Cache })] }).compile()).rejects.toThrow(
    /option `cache` is an object, but it must be a cache/,
  );
});

test('options beside a given cache are refused, since they would have no effect', async () => {
  await using cache = createCache();
  const options = { cache, ttl: '5m' };

  await expect(build({ imports: [CacheModule.forRoot(options)] }).compile()).rejects.toThrow(
    /option `ttl` is "5m", but it must be left out where `cache` is given/,
  );
});

test('wrong options of a decorator stop the app before it serves anything', async () => {
  @Injectable()
  class Wrong {
    @CacheData({ ttl: 0 })
    async zero(): Promise<number> {
      return 0;
    }

    @CacheResource({ releaseAfter: 'soon' })
    async soon(): Promise<object> {
      return {};
    }
  }
  const app = await build({ imports: [CacheModule.forRoot()], providers: [Wrong] }).compile();
  const error: unknown = await app.init().catch((error: unknown) => error);
  await app.close();

  const { message } = error as Error;
  expect(message).toContain('cacheData(Wrong.zero): option `ttl` is 0');
  expect(message).toContain('cacheResource(Wrong.soon): option `releaseAfter` is "soon"');
});

test('an app that forgot the module does not start, and its error says what to import', async () => {
  await expect(
    build({ providers: [Clockwork] })
      .overrideProvider(Clockwork)
      .useClass(Forgetful)
      .compile(),
  ).rejects.toThrow(/import CacheModule\.forRoot\(\) in the root module/);
});

@Injectable()
class Forgetful {
  @CacheData()
  async tick(): Promise<number> {
    return 1;
  }
}

test('a test can put another cache in the place of the own one', async () => {
  await using off = createCache({ enabled: false });
  const app = await build({ imports: [CacheModule.forRoot()], providers: [Clockwork] })
    .overrideProvider(getCacheToken())
    .useValue(off)
    .compile();
  await app.init();

  await app.get(Clockwork).tick();
  expect(await app.get(Clockwork).tick()).toBe(2);
  await app.close();
});

test('a provider that is overridden by a mock is left alone', async () => {
  const mock = { tick: async () => 99 };
  const app = await build({ imports: [CacheModule.forRoot()], providers: [Clockwork] })
    .overrideProvider(Clockwork)
    .useValue(mock)
    .compile();
  await app.init();

  expect(await app.get<typeof mock>(Clockwork).tick()).toBe(99);
  await app.close();
});

test('what a factory made, or what was given as a value, is cached like what Nest made', async () => {
  await using cache = createCache();
  const app = await start({
    imports: [CacheModule.forRoot({ cache })],
    providers: [
      { provide: 'MADE', useFactory: () => new Clockwork(cache) },
      { provide: 'GIVEN', useValue: new Clockwork(cache) },
      { provide: 'ALIAS', useExisting: 'GIVEN' },
    ],
  });

  for (const token of ['MADE', 'GIVEN']) {
    const clockwork = app.get<Clockwork>(token);
    await clockwork.tick();
    expect(await clockwork.tick()).toBe(1);
  }
  expect(await app.get<Clockwork>('ALIAS').tick()).toBe(1);
});

test('what a factory made where the cache is not imported runs uncached, as what Nest makes is refused', async () => {
  await using cache = createCache();
  @Module({ imports: [CacheModule.forRoot({ cache, isGlobal: false })] })
  class InsideModule {}
  const app = await start({
    imports: [InsideModule],
    providers: [{ provide: 'OUTSIDE', useFactory: () => new Clockwork(cache) }],
  });
  const outside = app.get<Clockwork>('OUTSIDE');

  await outside.tick();
  expect(await outside.tick()).toBe(2);
});

test('a cached method answers from the cache before the app is up', async () => {
  @Injectable()
  class Warm implements OnModuleInit {
    constructor(@Inject(Clockwork) readonly clockwork: Clockwork) {}

    async onModuleInit(): Promise<void> {
      await this.clockwork.tick();
    }
  }
  const app = await start({ imports: [CacheModule.forRoot()], providers: [Warm, Clockwork] });

  expect(await app.get(Clockwork).tick()).toBe(1);
  expect(app.get(Clockwork).runs).toBe(1);
});

test("trouble of the cache goes to Nest's log", async () => {
  const logger = heardLogger();
  @Injectable()
  class Stubborn {
    @CacheResource({
      onRelease: () => {
        throw new Error('it is stuck');
      },
    })
    async open(): Promise<object> {
      return {};
    }
  }
  const app = await start({ imports: [CacheModule.forRoot()], providers: [Stubborn] }, logger);
  await app.get(Stubborn).open();

  await app.close();

  expect(logger.errors).toEqual([expect.stringMatching(/releasing a resource \(close\) failed.*it is stuck/)]);
  expect(logger.warnings.join('\n')).toMatch(/Stubborn\.open: releasing a resource \(close\) failed.*it is stuck/);
});

test('an instance that was made by hand in a running app is told once', async () => {
  const logger = heardLogger();
  await start({ imports: [CacheModule.forRoot()] }, logger);
  await using cache = createCache();
  @Injectable()
  class ByHand {
    @CacheData()
    async tick(): Promise<number> {
      return 1;
    }
  }

  await new ByHand().tick();
  await new ByHand().tick();

  expect(cache.name).toBeUndefined();
  expect(logger.warnings.filter((message) => message.includes('ByHand.tick runs uncached'))).toHaveLength(1);
});

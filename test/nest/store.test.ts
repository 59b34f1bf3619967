import { Inject, Injectable, Module, type DynamicModule, type Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { CacheData, CacheModule, createCache, type Cache } from '@millpond/nest';
import { expect, test } from 'vitest';
import { build, serve, start } from './support/app.js';

/** The entries of a cache, as text: what a second process would find. */
function sharedStore(): { store: Map<string, unknown>; open: () => Cache } {
  const store = new Map<string, unknown>();
  return { store, open: () => createCache({ name: 'shop', store }) };
}

@Injectable()
class Prices {
  runs = 0;

  constructor(@Inject('REGION') readonly region: string) {}

  @CacheData({ ttl: '1h' })
  async of(item: string): Promise<string> {
    this.runs += 1;
    return `${item} in ${this.region}`;
  }
}

const eu = { provide: 'REGION', useValue: 'eu' };

test('S62: a second app finds in the store what the first has computed', async () => {
  const { open } = sharedStore();
  await using one = open();
  await using two = open();
  const first = await start({ imports: [CacheModule.forRoot({ cache: one })], providers: [eu, Prices] });
  const second = await start({ imports: [CacheModule.forRoot({ cache: two })], providers: [eu, Prices] });

  await first.get(Prices).of('tea');
  await one.flush();

  expect(await second.get(Prices).of('tea')).toBe('tea in eu');
  expect(second.get(Prices).runs).toBe(0);
});

test('hazard 20: two providers of one class are told apart by their tokens, in every process', async () => {
  const { open } = sharedStore();
  const replica = { provide: 'REPLICA', useFactory: () => new Prices('replica') };
  await using one = open();
  const first = await start({ imports: [CacheModule.forRoot({ cache: one })], providers: [eu, Prices, replica] });
  expect(await first.get(Prices).of('tea')).toBe('tea in eu');
  expect(await first.get<Prices>('REPLICA').of('tea')).toBe('tea in replica');
  await one.flush();

  // The other way round: which of them asks first must not matter.
  await using two = open();
  const second = await start({ imports: [CacheModule.forRoot({ cache: two })], providers: [replica, eu, Prices] });
  expect(await second.get<Prices>('REPLICA').of('tea')).toBe('tea in replica');
  expect(await second.get(Prices).of('tea')).toBe('tea in eu');
  expect([second.get(Prices).runs, second.get<Prices>('REPLICA').runs]).toEqual([0, 0]);
});

test('hazard 20: the providers of one class in two modules are told apart by their modules', async () => {
  @Module({ providers: [eu, Prices], exports: [Prices] })
  class EuropeModule {}
  @Module({
    providers: [
      { provide: 'REGION', useValue: 'us' },
      { provide: Prices, useClass: Prices },
    ],
    exports: [Prices],
  })
  class AmericaModule {}
  await using cache = sharedStore().open();
  const app = await start({ imports: [CacheModule.forRoot({ cache }), EuropeModule, AmericaModule] });

  expect(await app.select(EuropeModule).get(Prices, { strict: true }).of('tea')).toBe('tea in eu');
  expect(await app.select(AmericaModule).get(Prices, { strict: true }).of('tea')).toBe('tea in us');
});

@Injectable()
class RegionalPrices extends Prices {
  [Symbol.for('millpond.key')](): string {
    return this.region;
  }
}

function pricesModule(prices: Type<Prices>, ...regions: string[]): DynamicModule[] {
  class PricesModule {}
  return regions.map((region) => ({
    module: PricesModule,
    providers: [
      { provide: 'REGION', useValue: region },
      { provide: Prices, useClass: prices },
    ],
  }));
}

test('hazard 20: instances that nothing tells apart are refused over a store, at bootstrap', async () => {
  await using cache = sharedStore().open();
  const imports = [CacheModule.forRoot({ cache }), ...pricesModule(Prices, 'eu', 'us')];
  const app = await build({ imports }).compile();

  await expect(app.init()).rejects.toThrow(
    /Prices\.of: two instances are both named "PricesModule\/Prices\.of".* Provide them under tokens of their own/,
  );
  await app.close();
});

test('hazard 20: an instance may say itself which one it is', async () => {
  await using cache = sharedStore().open();
  const imports = [CacheModule.forRoot({ cache }), ...pricesModule(RegionalPrices, 'eu', 'us')];
  await start({ imports });

  expect(cache.stats().functions.map(({ name }) => name)).toEqual([
    'PricesModule/RegionalPrices@Prices(eu).of',
    'PricesModule/RegionalPrices@Prices(us).of',
  ]);
});

test('in memory, instances that nothing tells apart are isolated', async () => {
  await using cache = createCache();
  const imports = [CacheModule.forRoot({ cache }), ...pricesModule(Prices, 'eu', 'us')];
  const app = await start({ imports });

  const answers = await Promise.all(
    app.get<Prices>(Prices, { strict: false, each: true }).map(async (prices: Prices) => prices.of('tea')),
  );
  expect(answers.toSorted()).toEqual(['tea in eu', 'tea in us']);
});

test('an explicit name is the whole identity', async () => {
  @Injectable()
  class Named {
    @CacheData({ name: 'prices' })
    async of(): Promise<number> {
      return 1;
    }
  }
  await using cache = sharedStore().open();
  await start({ imports: [CacheModule.forRoot({ cache })], providers: [Named] });
  expect(cache.stats().functions.map(({ name }) => name)).toEqual(['prices']);

  await using other = sharedStore().open();
  const app = await build({
    imports: [CacheModule.forRoot({ cache: other })],
    providers: [Named, { provide: 'SECOND', useClass: Named }],
  }).compile();
  await expect(app.init()).rejects.toMatchObject({ code: 'ERR_MILLPOND_NAME_TAKEN' });
  await app.close();
});

/** The answers of two releases of one class over one store. */
async function answersOf(releases: readonly Type<{ of(): Promise<string> }>[]): Promise<string[]> {
  const { open } = sharedStore();
  const answers: string[] = [];
  for (const release of releases) {
    await using cache = open();
    const app = await start({ imports: [CacheModule.forRoot({ cache })], providers: [release] });
    answers.push(await app.get(release).of());
    await cache.flush();
  }
  return answers;
}

function oldRelease(version?: string): Type<{ of(): Promise<string> }> {
  @Injectable()
  class Rates {
    @CacheData({ version })
    async of(): Promise<string> {
      return 'old';
    }
  }
  return Rates;
}

function newRelease(version?: string): Type<{ of(): Promise<string> }> {
  @Injectable()
  class Rates {
    @CacheData({ version })
    async of(): Promise<string> {
      return 'new';
    }
  }
  return Rates;
}

test('a method whose code has changed leaves its stored entries behind, and finds those of its own code', async () => {
  expect(await answersOf([oldRelease(), newRelease(), oldRelease()])).toEqual(['old', 'new', 'old']);
  expect(await answersOf([oldRelease(), oldRelease()])).toEqual(['old', 'old']);
});

test('`version` stands in the place of the code', async () => {
  expect(await answersOf([oldRelease('1'), newRelease('1')])).toEqual(['old', 'old']);
  expect(await answersOf([oldRelease('1'), newRelease('2')])).toEqual(['old', 'new']);
});

test('a provider keeps its identity when an alias is given to it', async () => {
  await using cache = sharedStore().open();
  await start({
    imports: [CacheModule.forRoot({ cache })],
    providers: [{ provide: 'ALIAS', useExisting: Prices }, eu, Prices],
  });

  expect(cache.stats().functions.map(({ name }) => name)).toEqual(['RootTestModule/Prices.of']);
});

test('a guard that is a provider, too, has entries of its own in each place', async () => {
  const { open } = sharedStore();
  const names: string[][] = [];
  @Injectable()
  class TokenGuard {
    @CacheData()
    async allowed(): Promise<boolean> {
      return true;
    }

    async canActivate(): Promise<boolean> {
      return this.allowed();
    }
  }
  for (let process = 0; process < 2; process += 1) {
    await using cache = open();
    const { app, get } = await serve('Express', {
      imports: [CacheModule.forRoot({ cache })],
      providers: [TokenGuard, { provide: APP_GUARD, useClass: TokenGuard }],
    });
    expect((await get('/nothing')).status).toBe(404);
    names.push(cache.stats().functions.map(({ name }) => name));
    await app.close();
  }
  expect(names[0]).toEqual(['RootTestModule/TokenGuard.allowed', 'RootTestModule/guard:TokenGuard@APP_GUARD.allowed']);
  expect(names[1]).toEqual(names[0]);
});

import { Injectable, Scope } from '@nestjs/common';
import { CacheData, CacheModule, CacheResource, getCachedData, getCachedResource } from '@millpond/nest';
import { expect, test } from 'vitest';
import { start } from './support/app.js';

@Injectable()
class Shop {
  @CacheData({ key: (id: string) => id })
  async find(id: string): Promise<string> {
    return id;
  }

  @CacheResource({ key: () => 'the one' })
  async pool(): Promise<object> {
    return {};
  }
}

test('a cached function that instances share has, for each of them, the methods of one of its own', async () => {
  const app = await start({
    imports: [CacheModule.forRoot()],
    providers: [Shop, { provide: 'PER_REQUEST', useClass: Shop, scope: Scope.REQUEST }],
  });
  const own = app.get(Shop);
  const sharing = await app.resolve<Shop>('PER_REQUEST');

  // A new method of core shows up here: say in `ofInstance` whether it takes the arguments of a call.
  const data = [
    'clear',
    'delete',
    'expire',
    'explain',
    'has',
    'keyOf',
    'original',
    'peek',
    'prime',
    'refresh',
    'stats',
    'withOptions',
  ];
  expect(Object.keys(getCachedData(own, 'find')).toSorted()).toEqual(data);
  expect(Object.keys(getCachedData(sharing, 'find')).toSorted()).toEqual(data);
  const resource = [
    'clear',
    'delete',
    'explain',
    'has',
    'keyOf',
    'lease',
    'original',
    'peek',
    'refresh',
    'stats',
    'withOptions',
  ];
  expect(Object.keys(getCachedResource(own, 'pool')).toSorted()).toEqual(resource);
  expect(Object.keys(getCachedResource(sharing, 'pool')).toSorted()).toEqual(resource);
  for (const shop of [own, sharing]) {
    await shop.find('1');
    expect(await getCachedData(shop, 'find').explain('1')).toMatchObject({ next: 'hit', memory: { state: 'fresh' } });
    expect(await getCachedData(shop, 'find').explain('2')).toMatchObject({ next: 'miss', memory: { state: 'none' } });
  }
});

test('getCachedData takes what Nest made, and a method that is cached', async () => {
  const app = await start({ imports: [CacheModule.forRoot()], providers: [Shop] });
  const shop = app.get(Shop);

  expect(() => getCachedResource(shop, 'find')).toThrow('Shop.find has no @CacheResource()');
  expect(() => getCachedData(new Shop(), 'find')).toThrow('Shop.find belongs to an instance that Nest did not make');
  await shop.find('1');
  expect(getCachedData(shop, 'find').stats()).toMatchObject({
    name: 'RootTestModule/Shop.find',
    misses: 1,
    entries: 1,
  });
});

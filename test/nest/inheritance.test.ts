import { Injectable } from '@nestjs/common';
import { CacheData, CacheModule, createCache, getCachedData } from '@millpond/nest';
import { expect, test } from 'vitest';
import { start } from './support/app.js';

const runs: string[] = [];

abstract class Repository {
  abstract readonly table: string;

  @CacheData({ ttl: '1h' })
  async find(id: string): Promise<string> {
    runs.push(`${this.table} ${id}`);
    return `${this.table} ${id}`;
  }
}

@Injectable()
class Cats extends Repository {
  readonly table = 'cats';
}

@Injectable()
class Dogs extends Repository {
  readonly table = 'dogs';

  @CacheData({ ttl: '1h' })
  async count(): Promise<number> {
    runs.push('count');
    return 2;
  }
}

@Injectable()
class Kennels extends Dogs {
  @CacheData({ ttl: '1m' })
  override async find(id: string): Promise<string> {
    return `kennel of ${await super.find(id)}`;
  }
}

@Injectable()
class Strays extends Dogs {
  override async find(id: string): Promise<string> {
    return `stray ${id}`;
  }
}

test('a method that is decorated in a base class is cached in each heir, for itself', async () => {
  runs.length = 0;
  const app = await start({ imports: [CacheModule.forRoot()], providers: [Cats, Dogs] });

  for (let call = 0; call < 2; call += 1) {
    expect(await app.get(Cats).find('1')).toBe('cats 1');
    expect(await app.get(Dogs).find('1')).toBe('dogs 1');
    expect(await app.get(Dogs).count()).toBe(2);
  }
  expect(runs).toEqual(['cats 1', 'dogs 1', 'count']);
});

test('heirs over a store do not read the entries of each other, or of what they override', async () => {
  runs.length = 0;
  await using cache = createCache({ name: 'zoo', store: new Map() });
  const app = await start({ imports: [CacheModule.forRoot({ cache })], providers: [Cats, Dogs, Kennels] });

  for (let call = 0; call < 2; call += 1) {
    expect(await app.get(Cats).find('1')).toBe('cats 1');
    expect(await app.get(Dogs).find('1')).toBe('dogs 1');
    expect(await app.get(Kennels).find('1')).toBe('kennel of dogs 1');
  }
  expect(runs).toEqual(['cats 1', 'dogs 1', 'dogs 1']);
  expect(cache.stats().functions.map(({ name }) => name)).toEqual([
    'RootTestModule/Cats.find',
    'RootTestModule/Dogs.count',
    'RootTestModule/Dogs.find',
    'RootTestModule/Kennels.find',
    'RootTestModule/Kennels.count',
    'RootTestModule/Kennels.Repository.find',
  ]);
});

test('a plain method that hides a cached one is not cached', async () => {
  const app = await start({ imports: [CacheModule.forRoot()], providers: [Strays] });

  expect(await app.get(Strays).find('1')).toBe('stray 1');
  expect(() => getCachedData(app.get(Strays), 'find')).toThrow('Strays.find has no @CacheData()');
});

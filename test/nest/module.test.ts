import { Injectable, Module } from '@nestjs/common';
import {
  CacheModule,
  createCache,
  getCacheToken,
  type CacheModuleAsyncOptions,
  type CacheModuleOptions,
  type CacheOptionsFactory,
} from '@millpond/nest';
import { expect, test } from 'vitest';
import { failureOf } from '../core/support/gate.js';
import { build, start } from './support/app.js';
import { Clockwork } from './support/clockwork.js';

test('@InjectCache() injects the cache of the module, and so does its token', async () => {
  const app = await start({ imports: [CacheModule.forRoot({ name: 'shop' })], providers: [Clockwork] });

  expect(app.get(Clockwork).cache.name).toBe('shop');
  expect(app.get(getCacheToken())).toBe(app.get(Clockwork).cache);
});

test('the module is global: a module that does not import it can use the cache', async () => {
  @Module({ providers: [Clockwork], exports: [Clockwork] })
  class InnerModule {}
  const app = await start({ imports: [CacheModule.forRoot(), InnerModule] });

  await app.get(Clockwork).tick();
  expect(await app.get(Clockwork).tick()).toBe(1);
});

test('with isGlobal: false it serves the modules that import it, each with its own cache', async () => {
  @Module({ imports: [CacheModule.forRoot({ name: 'one', isGlobal: false })], providers: [Clockwork] })
  class OneModule {}
  @Module({
    imports: [CacheModule.forRoot({ name: 'two', isGlobal: false })],
    providers: [{ provide: 'TWO', useClass: Clockwork }],
  })
  class TwoModule {}
  const app = await start({ imports: [OneModule, TwoModule] });

  const two = app.get<Clockwork>('TWO', { strict: false });
  expect([app.get(Clockwork).cache.name, two.cache.name]).toEqual(['one', 'two']);
  await app.get(Clockwork).tick();
  expect(await two.tick()).toBe(1);
  expect(two.cache.stats().functions.map(({ name }) => name)).toEqual([
    'TwoModule/Clockwork@TWO.tick',
    'TwoModule/Clockwork@TWO.spring',
  ]);
});

test('S100: app.close() closes the cache that the module made, and releases its resources', async () => {
  const app = await start({ imports: [CacheModule.forRoot()], providers: [Clockwork] });
  const clockwork = app.get(Clockwork);
  await clockwork.spring();

  await app.close();

  expect(clockwork.released).toBe(1);
});

test('a cache that was made elsewhere is used, and stays open', async () => {
  await using cache = createCache({ name: 'elsewhere' });
  const app = await start({ imports: [CacheModule.forRoot({ cache })], providers: [Clockwork] });
  const clockwork = app.get(Clockwork);
  expect(clockwork.cache).toBe(cache);
  await clockwork.spring();

  await app.close();

  expect(clockwork.released).toBe(0);
  await cache.close();
  expect(clockwork.released).toBe(1);
});

@Injectable()
class Settings implements CacheOptionsFactory {
  createCacheOptions(): CacheModuleOptions {
    return { name: 'from settings' };
  }
}

@Module({ providers: [Settings, { provide: 'NAME', useValue: 'from a factory' }], exports: [Settings, 'NAME'] })
class SettingsModule {}

const sources: readonly [how: string, options: CacheModuleAsyncOptions, name: string][] = [
  [
    'useFactory',
    { imports: [SettingsModule], inject: ['NAME'], useFactory: async (name: string) => ({ name }) },
    'from a factory',
  ],
  ['useClass', { useClass: Settings }, 'from settings'],
  ['useExisting', { imports: [SettingsModule], useExisting: Settings }, 'from settings'],
];

test.each(sources)('forRootAsync takes its options by %s', async (_how, options, name) => {
  const app = await start({ imports: [CacheModule.forRootAsync(options)], providers: [Clockwork] });
  const clockwork = app.get(Clockwork);
  expect(clockwork.cache.name).toBe(name);

  await clockwork.spring();
  await app.close();
  expect(clockwork.released).toBe(1);
});

test('forRootAsync takes a cache that was made elsewhere, too', async () => {
  await using cache = createCache();
  const app = await start({
    imports: [CacheModule.forRootAsync({ useFactory: () => ({ cache }) })],
    providers: [Clockwork],
  });

  expect(app.get(Clockwork).cache).toBe(cache);
});

test('forRootAsync wants one source of options', () => {
  expect(() => CacheModule.forRootAsync({})).toThrow(/no source of options\. Give one of useFactory, useClass/);
  expect(() => CacheModule.forRootAsync({ useClass: Settings, useExisting: Settings })).toThrow(
    'it was given useClass and useExisting',
  );
});

test.each<[unknown, string]>([
  ['yes', 'option `scopes` is "yes", but it must be true, false or { session: (request) => ... }, with `user`'],
  [{ sesion: () => 'x' }, 'CacheModule: scopes: there is no option `sesion`. Use one of: session, user, logger.'],
  [{ session: 'x' }, 'scopes: option `session` is "x", but it must be a function of the request'],
  [{ user: 'x' }, 'CacheModule: scopes: option `user` is "x", but it must be a function of the request'],
  [{ logger: 1 }, 'CacheModule: scopes: option `logger` is 1, but it must be a function of the request'],
])('wrong scopes fail the start of the app: %j', async (scopes, message) => {
  const options = { scopes } as CacheModuleOptions;
  const error = await failureOf(build({ imports: [CacheModule.forRoot(options)] }).compile());
  expect(error).toMatchObject({ code: 'ERR_MILLPOND_INVALID_OPTION' });
  expect(String(error)).toContain(message);
});

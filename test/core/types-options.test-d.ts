import Keyv5 from 'keyv5';
import Keyv6 from 'keyv6';
import { expectTypeOf } from 'vitest';
import {
  createCache,
  defineHasher,
  type Cache,
  type CachedResource,
  type CacheError,
  type CacheErrorCode,
  type CacheEventOf,
  type CallOutcome,
  type DataOptions,
  type Invalidation,
  type ReleaseReason,
  type ResourceOptions,
} from '@millpond/core';

class Pool {
  readonly size = 1;
  async end(): Promise<void> {}
}

declare function openPool(host: string, port?: number): Promise<Pool>;
declare function load(id: string): Promise<{ id: string }>;

const cache = createCache();
const { cacheData, cacheDataSync, cacheResource } = cache;
expectTypeOf(cache).toEqualTypeOf<Cache>();

// A resource is the thing itself, whatever its class.
const pool = cacheResource(openPool, {
  validate: (resource, host, port) => {
    expectTypeOf(resource).toEqualTypeOf<Pool>();
    expectTypeOf(host).toEqualTypeOf<string>();
    expectTypeOf(port).toEqualTypeOf<number | undefined>();
    return resource.size > 0;
  },
  identity: (resource, host, port) => {
    expectTypeOf(resource).toEqualTypeOf<Pool>();
    return `${host}:${port ?? 5432}/${resource.size}`;
  },
  ignoreUnderscored: false,
  onRelease: (resource, reason) => {
    expectTypeOf(resource).toEqualTypeOf<Pool>();
    expectTypeOf(reason).toEqualTypeOf<ReleaseReason>();
    return resource.end();
  },
});
expectTypeOf(pool).toEqualTypeOf<CachedResource<[host: string, port?: number | undefined], Pool>>();
expectTypeOf(pool).returns.toEqualTypeOf<Promise<Pool>>();
expectTypeOf(pool.peek).toEqualTypeOf<(host: string, port?: number) => Pool | undefined>();
expectTypeOf(pool.refresh).returns.toEqualTypeOf<Promise<Pool>>();
expectTypeOf(pool.delete).returns.toEqualTypeOf<Promise<Invalidation>>();
expectTypeOf(cacheResource(() => new Pool())).returns.toEqualTypeOf<Promise<Pool>>();
expectTypeOf(cacheResource(openPool, { validate: async () => true })).returns.toEqualTypeOf<Promise<Pool>>();

// Wrong options do not compile.
// @ts-expect-error There is no such option.
cacheData(load, { timeToLive: '5m' });
// @ts-expect-error A ttl is milliseconds or text.
cacheData(load, { ttl: true });
// @ts-expect-error There is no such way to copy.
cacheData(load, { copy: 'deep' });
// @ts-expect-error A condition answers yes or no.
cacheData(load, { when: () => 'yes' });
// @ts-expect-error A condition cannot wait.
cacheData(load, { when: async () => true });
// @ts-expect-error Tags are a list.
cacheData(load, { tags: 'users' });
// @ts-expect-error The function has no number.
cacheData(load, { key: (id: number) => id });
// @ts-expect-error The result has no name.
cacheData(load, { tags: (value) => [value.name] });
// @ts-expect-error A store is not an address.
cacheData(load, { store: 'redis://localhost' });
// @ts-expect-error Only the cache is switched off.
cacheData(load, { enabled: false });
// @ts-expect-error A resource never leaves the process.
cacheResource(openPool, { store: new Map() });
// @ts-expect-error A resource is not copied.
cacheResource(openPool, { copy: 'share' });
// @ts-expect-error An identity is text.
cacheResource(openPool, { identity: (_pool, _host, port) => port });
// @ts-expect-error Data is what it holds.
cacheData(load, { identity: () => 'db1' });
// @ts-expect-error Names are left out, or not.
cacheData(load, { ignoreUnderscored: '_' });
// @ts-expect-error Data is not released.
cacheData(load, { onRelease: () => {} });
// @ts-expect-error A synchronous function has no store.
cacheDataSync((id: string) => id, { store: new Map() });
// @ts-expect-error A synchronous function has no background.
cacheDataSync((id: string) => id, { ttl: 1, staleWhileRevalidate: 1 });
// @ts-expect-error There is no such option of a cache.
createCache({ tll: '5m' });
// @ts-expect-error A cache is named by text.
createCache({ name: 1 });
// @ts-expect-error Something to cache must be a function.
cacheData(42);

// Every option may be undefined, so that it can be passed on.
expectTypeOf<{ ttl: undefined; name: undefined; copy: undefined; when: undefined }>().toExtend<
  DataOptions<[string], string>
>();
expectTypeOf<{ ttl: undefined; validate: undefined; releaseAfter: undefined }>().toExtend<
  ResourceOptions<[string], Pool>
>();

// Every store that is documented is taken.
createCache({ name: 'shop', store: new Map<string, string>() });
createCache({ name: 'shop', store: new Map<string, unknown>() });
createCache({ name: 'shop', store: new Keyv5() });
createCache({ name: 'shop', store: new Keyv6() });
createCache({ name: 'shop', store: new Keyv5<string>({ namespace: 'n' }) });

// Hashers and events know their type.
class Money {
  readonly cents: number = 1;
}
const byCents = defineHasher(Money, (money) => {
  expectTypeOf(money).toEqualTypeOf<Money>();
  return money.cents;
});
cacheData(load, { hashers: [byCents] });
abstract class Shape {
  abstract area(): number;
}
defineHasher(Shape, (shape) => shape.area());
// @ts-expect-error A Money has no euros.
defineHasher(Money, (money) => money.euros);

cache.on('hit', (event) => expectTypeOf(event.tier).toEqualTypeOf<'memory' | 'store'>());
cache.on('storeFailed', (event) => expectTypeOf(event.error).toEqualTypeOf<CacheError>());
expectTypeOf(cache.on('miss', () => {})).toEqualTypeOf<() => void>();
expectTypeOf<CacheEventOf<'hit'>['age']>().toEqualTypeOf<number>();
// @ts-expect-error There is no such event.
cache.on('hits', () => {});
cacheData(load).withOptions({
  observe: (outcome) => {
    expectTypeOf(outcome).toEqualTypeOf<CallOutcome>();
    expectTypeOf(outcome.type).toEqualTypeOf<'hit' | 'miss' | 'join' | 'stale'>();
  },
});
expectTypeOf<CacheError['code']>().toEqualTypeOf<CacheErrorCode>();
expectTypeOf(cache.close).returns.resolves.toEqualTypeOf<{ readonly failures: readonly CacheError[] }>();
expectTypeOf(cache).toExtend<AsyncDisposable>();

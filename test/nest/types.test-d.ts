import {
  CacheData,
  CacheResource,
  getCachedData,
  getCachedResource,
  type CachedData,
  type ReleaseReason,
} from '@millpond/nest';
import { of, type Observable } from 'rxjs';
import { expectTypeOf } from 'vitest';

interface User {
  readonly id: string;
  readonly name: string;
}

class Accepted {
  @CacheData()
  async find(id: string): Promise<User> {
    return { id, name: 'Ada' };
  }

  @CacheData({ ttl: '5m', key: (id: string) => id, tags: (user: User) => [`user:${user.id}`] })
  async withCallbacks(id: string, _options?: { deep?: boolean }): Promise<User> {
    return { id, name: 'Ada' };
  }

  @CacheData({
    ttl: (user: User, id: string) => (user.id === id ? '1m' : 500),
    when: (user: User | undefined) => user !== undefined,
  })
  async wider(id: string): Promise<User> {
    return { id, name: 'Ada' };
  }

  // A generic asynchronous method is accepted as it is.
  @CacheData({ ttl: '1h' })
  async pick<T extends object, K extends keyof T>(from: T, key: K): Promise<T[K]> {
    return from[key];
  }

  @CacheData({
    key: function (this: Accepted, id: string) {
      return [this.tenant, id];
    },
  })
  async ofTenant(id: string): Promise<string> {
    return id;
  }

  @CacheResource({
    validate: (pool: { open: boolean }) => pool.open,
    onRelease: (_pool: object, reason: ReleaseReason) => reason,
  })
  async pool(): Promise<{ open: boolean }> {
    return { open: true };
  }

  readonly tenant: string = 'blue';

  plain(): number {
    return 1;
  }
}

class Refused {
  // @ts-expect-error A synchronous method would become asynchronous behind the back of its type.
  @CacheData()
  count(): number {
    return 1;
  }

  // @ts-expect-error So would one that may answer either way.
  @CacheData()
  perhaps(now: boolean): number | Promise<number> {
    return now ? 1 : Promise.resolve(1);
  }

  // @ts-expect-error An Observable is not a promise.
  @CacheData()
  stream(): Observable<number> {
    return of(1);
  }

  // @ts-expect-error The key takes a number, the method a string.
  @CacheData({ key: (id: number) => id })
  async wrongKey(id: string): Promise<string> {
    return id;
  }

  // @ts-expect-error The tags are made of a user, the method returns a string.
  @CacheData({ tags: (user: User) => [user.id] })
  async wrongValue(id: string): Promise<string> {
    return id;
  }

  // @ts-expect-error There is no such option.
  @CacheData({ tll: '5m' })
  async wrongName(id: string): Promise<string> {
    return id;
  }

  // @ts-expect-error A resource never leaves the process.
  @CacheResource({ store: new Map() })
  async stored(): Promise<object> {
    return {};
  }

  // @ts-expect-error A synchronous factory is refused, too.
  @CacheResource()
  open(): object {
    return {};
  }

  // @ts-expect-error Neither a field
  @CacheData()
  readonly field: string = '';
}

/** What the helpers that reach behind a method are typed as. */
export function helpers(accepted: Accepted): void {
  expectTypeOf(getCachedData(accepted, 'find')).toEqualTypeOf<CachedData<[id: string], User>>();
  expectTypeOf(getCachedResource(accepted, 'pool').peek()).toEqualTypeOf<{ open: boolean } | undefined>();
  // @ts-expect-error A synchronous method cannot be one of ours.
  getCachedData(accepted, 'plain');
  // @ts-expect-error Nor can a field.
  getCachedData(accepted, 'tenant');
}

/** The decorated method keeps its own type. */
export function methods(accepted: Accepted): void {
  expectTypeOf<Accepted['find']>().toEqualTypeOf<(id: string) => Promise<User>>();
  expectTypeOf(accepted.pick({ a: 1 }, 'a')).toEqualTypeOf<Promise<number>>();
}

export { Refused };

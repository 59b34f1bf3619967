import { expectTypeOf } from 'vitest';
import {
  createCache,
  type CachedData,
  type CachedDataSync,
  type Duration,
  type Explanation,
  type FunctionStats,
  type Invalidation,
  type MissReason,
} from '@millpond/core';

interface User {
  id: string;
  roles: string[];
  address: { city: string };
}

declare function loadUser(id: string, options?: { fresh: boolean }): Promise<User>;
declare function sum(...numbers: number[]): number;

const { cacheData, cacheDataSync } = createCache();

// The parameters keep their names, their order and what may be left out; the result is a promise of the same.
const getUser = cacheData(loadUser);
expectTypeOf(getUser).toEqualTypeOf<CachedData<[id: string, options?: { fresh: boolean } | undefined], User>>();
expectTypeOf(getUser).toBeCallableWith('1');
expectTypeOf(getUser).toBeCallableWith('1', { fresh: true });
expectTypeOf(getUser).parameters.toEqualTypeOf<[id: string, options?: { fresh: boolean } | undefined]>();
expectTypeOf(getUser).returns.toEqualTypeOf<Promise<User>>();
// @ts-expect-error A number is no id.
void getUser(1);
// @ts-expect-error The id is required.
void getUser();

// So do the methods.
expectTypeOf(getUser.delete).toEqualTypeOf<(id: string, options?: { fresh: boolean }) => Promise<Invalidation>>();
expectTypeOf(getUser.refresh).toEqualTypeOf<(id: string, options?: { fresh: boolean }) => Promise<User>>();
expectTypeOf(getUser.peek).toEqualTypeOf<(id: string, options?: { fresh: boolean }) => User | undefined>();
expectTypeOf(getUser.has).toEqualTypeOf<(id: string, options?: { fresh: boolean }) => boolean>();
expectTypeOf(getUser.keyOf).toEqualTypeOf<(id: string, options?: { fresh: boolean }) => string>();
expectTypeOf(getUser.clear).toEqualTypeOf<() => Promise<Invalidation>>();
expectTypeOf(getUser.explain).toEqualTypeOf<(id: string, options?: { fresh: boolean }) => Promise<Explanation>>();
expectTypeOf(cacheDataSync(sum).explain).toEqualTypeOf<(...numbers: number[]) => Explanation>();
// What an explanation tells depends on the state, and the states are a closed set.
expectTypeOf<Extract<Explanation['memory'], { state: 'none' }>['gone']>().toEqualTypeOf<MissReason | undefined>();
expectTypeOf<Extract<NonNullable<Explanation['store']>, { state: 'damaged' }>['why']>().toEqualTypeOf<string>();
expectTypeOf(getUser.stats).returns.toEqualTypeOf<FunctionStats>();
expectTypeOf(getUser.withOptions).returns.toEqualTypeOf<(id: string, options?: { fresh: boolean }) => Promise<User>>();
// @ts-expect-error A call cannot say how it is copied.
getUser.withOptions({ copy: 'share' });
// @ts-expect-error Methods are not to be replaced.
getUser.original = loadUser;

// A plain function becomes asynchronous, and a promise of a promise does not exist.
expectTypeOf(cacheData(sum)).toEqualTypeOf<CachedData<number[], number>>();
expectTypeOf(cacheData(async () => null)).returns.toEqualTypeOf<Promise<null>>();
expectTypeOf(cacheData((): PromiseLike<string> => Promise.resolve('a'))).returns.toEqualTypeOf<Promise<string>>();
expectTypeOf(cacheData(() => {})).returns.toEqualTypeOf<Promise<void>>();
expectTypeOf(cacheData((): string | undefined => 'a')).returns.toEqualTypeOf<Promise<string | undefined>>();

// A synchronous function stays one, with everything it has.
const add = cacheDataSync(sum);
expectTypeOf(add).toEqualTypeOf<CachedDataSync<number[], number>>();
expectTypeOf(add).returns.toEqualTypeOf<number>();
expectTypeOf(add.refresh).returns.toEqualTypeOf<number>();
expectTypeOf(add.peek).returns.toEqualTypeOf<number | undefined>();
expectTypeOf(add.delete).returns.toEqualTypeOf<void>();
expectTypeOf(add.clear).returns.toEqualTypeOf<void>();

// `copy: 'freeze'` hands out what nobody can change, at any depth.
const frozen = cacheData(loadUser, { copy: 'freeze' });
expectTypeOf(frozen).returns.resolves.toEqualTypeOf<{
  readonly id: string;
  readonly roles: readonly string[];
  readonly address: { readonly city: string };
}>();
expectTypeOf(frozen).parameters.toEqualTypeOf<[id: string, options?: { fresh: boolean } | undefined]>();
void frozen('1').then((user) => {
  // @ts-expect-error It is frozen.
  user.address.city = 'Berlin';
  // @ts-expect-error It is frozen.
  user.roles.push('admin');
});
const frozenSync = cacheDataSync((id: number) => ({ ids: [id] as [number] }), { copy: 'freeze' });
expectTypeOf(frozenSync).returns.toEqualTypeOf<{ readonly ids: readonly [number] }>();
expectTypeOf(cacheDataSync((id: number) => [id], { copy: 'clone' })).returns.toEqualTypeOf<number[]>();
expectTypeOf(cacheData(loadUser, { copy: 'share' })).returns.resolves.toEqualTypeOf<User>();

// What is asked about a result is asked about the awaited one, and sees the arguments.
cacheData(loadUser, {
  when: (user, id, options) => {
    expectTypeOf(user).toEqualTypeOf<User>();
    expectTypeOf(id).toEqualTypeOf<string>();
    expectTypeOf(options).toEqualTypeOf<{ fresh: boolean } | undefined>();
    return user.id === id;
  },
  tags: (user, id) => {
    expectTypeOf(user).toEqualTypeOf<User>();
    return [`user:${user.id}`, `asked:${id}`];
  },
  ttl: (user, id): Duration => {
    expectTypeOf(user).toEqualTypeOf<User>();
    return id === '1' ? '5m' : 1000;
  },
  key: (id, options) => {
    expectTypeOf(id).toEqualTypeOf<string>();
    expectTypeOf(options).toEqualTypeOf<{ fresh: boolean } | undefined>();
    return [id];
  },
});
cacheDataSync((n: number) => ({ n }), {
  when: (value, n) => {
    expectTypeOf(value).toEqualTypeOf<{ n: number }>();
    return value.n === n;
  },
});
cacheData(loadUser, {
  copy: 'freeze',
  when: (user) => {
    expectTypeOf(user.id).toEqualTypeOf<string>();
    return true;
  },
});

// The parameters of an inline function need no help from the options.
const inline = cacheData(async (page: number, size = 20) => ({ page, size }), { ttl: '1m', tags: ['pages'] });
expectTypeOf(inline).toEqualTypeOf<
  CachedData<[page: number, size?: number | undefined], { page: number; size: number }>
>();

// A method gives its parameters; `this` is given by `call`.
interface Users {
  readonly prefix: string;
}
declare const users: Users;
declare function findUser(this: Users, id: string): Promise<string>;
const find = cacheData(findUser);
expectTypeOf(find).returns.toEqualTypeOf<Promise<string>>();
expectTypeOf(find.call(users, '1')).toEqualTypeOf<Promise<string>>();

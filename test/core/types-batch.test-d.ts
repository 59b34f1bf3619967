import { expectTypeOf } from 'vitest';
import {
  cacheBatch,
  createCache,
  type BatchOptions,
  type CacheBatchFn,
  type CachedBatch,
  type FunctionStats,
  type Invalidation,
} from '@millpond/core';

interface User {
  id: string;
  roles: string[];
}

/** What looks like an error to the compiler, and is a row. */
interface Message {
  name: string;
  message: string;
}

declare function loadUsers(ids: readonly string[]): Promise<User[]>;
declare function loadMap(ids: string[]): Promise<Map<string, User>>;
declare function loadMessages(ids: readonly number[]): Promise<Message[]>;

expectTypeOf(cacheBatch).toEqualTypeOf<CacheBatchFn>();
expectTypeOf(createCache().cacheBatch).toEqualTypeOf<CacheBatchFn>();

// With `idOf` an id may have no row.
const user = cacheBatch(loadUsers, {
  idOf: (row) => {
    expectTypeOf(row).toEqualTypeOf<User>();
    return row.id;
  },
  ttl: (row, id) => {
    expectTypeOf(row).toEqualTypeOf<User | undefined>();
    expectTypeOf(id).toEqualTypeOf<string>();
    return '1m';
  },
  tags: (row) => (row === undefined ? [] : [`user:${row.id}`]),
  when: (row) => row !== undefined,
});
expectTypeOf(user).toEqualTypeOf<CachedBatch<string, User | undefined, readonly User[]>>();
expectTypeOf(user).toBeCallableWith('1');
expectTypeOf(user).returns.toEqualTypeOf<Promise<User | undefined>>();
expectTypeOf(user.many).toEqualTypeOf<(ids: readonly string[]) => Promise<(User | undefined)[]>>();
expectTypeOf(user.peek).toEqualTypeOf<(id: string) => User | undefined>();
expectTypeOf(user.refresh).toEqualTypeOf<(id: string) => Promise<User | undefined>>();
expectTypeOf(user.delete).toEqualTypeOf<(id: string) => Promise<Invalidation>>();
expectTypeOf(user.clear).toEqualTypeOf<() => Promise<Invalidation>>();
expectTypeOf(user.has).toEqualTypeOf<(id: string) => boolean>();
expectTypeOf(user.keyOf).toEqualTypeOf<(id: string) => string>();
expectTypeOf(user.stats).returns.toEqualTypeOf<FunctionStats>();
expectTypeOf(user.original).parameter(0).toEqualTypeOf<string[]>();
expectTypeOf(user.withOptions({})('1')).toEqualTypeOf<Promise<User | undefined>>();
expectTypeOf(user.withOptions({}).many(['1'])).toEqualTypeOf<Promise<(User | undefined)[]>>();
// @ts-expect-error An id is a text.
void user(1);
// @ts-expect-error A list is for `many`.
void user(['1']);
// @ts-expect-error A text is no list.
void user.many('12');

// A Map may lack an id too.
expectTypeOf(cacheBatch(loadMap)).returns.toEqualTypeOf<Promise<User | undefined>>();
expectTypeOf(cacheBatch(loadMap, { ttl: '1m' })).parameters.toEqualTypeOf<[id: string]>();
const mixed = cacheBatch(async (_ids: readonly string[]) => new Map<string, User | Error>());
expectTypeOf(mixed).returns.toEqualTypeOf<Promise<User | undefined>>();

// A list in the order of the ids has a row for each; errors among them are not answers.
expectTypeOf(cacheBatch(loadUsers)).returns.toEqualTypeOf<Promise<User>>();
expectTypeOf(cacheBatch((ids: number[]) => ids.map(String))).returns.toEqualTypeOf<Promise<string>>();
const failing = cacheBatch(async (_ids: readonly string[]): Promise<(User | Error)[]> => []);
expectTypeOf(failing).returns.toEqualTypeOf<Promise<User>>();
const orNull = cacheBatch(async (_ids: readonly string[]): Promise<(User | null)[]> => []);
expectTypeOf(orNull).returns.toEqualTypeOf<Promise<User | null>>();
expectTypeOf(cacheBatch(loadMessages)).returns.toEqualTypeOf<Promise<Message>>();

// The ids may be known from `idOf` alone.
const inferred = cacheBatch(async (ids) => loadUsers(ids), { idOf: (row: User) => row.id });
expectTypeOf(inferred).parameters.toEqualTypeOf<[id: string]>();

// `copy: 'freeze'` hands out what nobody can change.
const frozen = cacheBatch(loadUsers, { idOf: (row) => row.id, copy: 'freeze' });
expectTypeOf(frozen).returns.toEqualTypeOf<
  Promise<{ readonly id: string; readonly roles: readonly string[] } | undefined>
>();
expectTypeOf(cacheBatch(loadMap, { copy: 'freeze' })).returns.resolves.toEqualTypeOf<
  { readonly id: string; readonly roles: readonly string[] } | undefined
>();
expectTypeOf(cacheBatch(loadUsers, { copy: 'freeze' })).returns.resolves.toEqualTypeOf<{
  readonly id: string;
  readonly roles: readonly string[];
}>();

// Wrong use does not compile.
// @ts-expect-error There is no such option.
cacheBatch(loadUsers, { batchSize: 3 });
// @ts-expect-error A load belongs to no single caller.
cacheBatch(loadUsers, { context: 'caller' });
// @ts-expect-error There is one argument.
cacheBatch(loadUsers, { ignoreArgs: [0] });
// @ts-expect-error An id is a text.
cacheBatch(loadUsers, { idOf: () => 42 });
// @ts-expect-error The row has no name.
cacheBatch(loadUsers, { idOf: (row) => row.name });
// @ts-expect-error A load returns rows.
cacheBatch(async (_ids: readonly string[]) => 42);
// @ts-expect-error A load takes a list.
cacheBatch(async (id: string) => [id]);

// Every option may be undefined, so that it can be passed on.
expectTypeOf<{ ttl: undefined; name: undefined; maxBatchSize: undefined }>().toExtend<
  BatchOptions<string, User | undefined>
>();

import { expectTypeOf } from 'vitest';
import { createCache, requestScopes, type OpenScope, type SessionIdentity } from '@millpond/core';
import { millpond as forExpress } from '@millpond/express';
import type { MillpondOptions } from '@millpond/fastify';

const cache = createCache({ maxSessions: 100, sessionIdle: '10m' });
const { cacheData, cacheDataSync, cacheResource, cacheBatch, runInScope, openScope } = cache;

// A scope changes no other type.
expectTypeOf(cacheData(async (id: string) => id, { scope: 'session' })).toBeCallableWith('42');
expectTypeOf(cacheDataSync((id: string) => id, { scope: 'request' })('42')).toEqualTypeOf<string>();
expectTypeOf(cacheResource(async () => new Map<string, string>(), { scope: 'global' })()).toEqualTypeOf<
  Promise<Map<string, string>>
>();

// What runs in a scope answers as it does outside, with a promise.
expectTypeOf(runInScope({ session: 'a' }, () => 1)).toEqualTypeOf<Promise<number>>();
expectTypeOf(runInScope({ session: { id: 'a', principal: 'ann' } }, async () => 'x')).toEqualTypeOf<Promise<string>>();
expectTypeOf(openScope()).toEqualTypeOf<OpenScope>();
expectTypeOf(openScope({ session: () => undefined }).run(() => 1)).toEqualTypeOf<number>();
expectTypeOf<{ anonymous: true }>().toExtend<SessionIdentity>();

// An adapter's own request is what its function is asked about.
requestScopes<{ user: string; headers: Record<string, string> }>(cache, ({ user }) => user, 'mine');
forExpress().scopes({ session: ({ headers }) => headers['x-user']?.toString() });
expectTypeOf<{ scopes: true }>().toExtend<MillpondOptions>();
expectTypeOf<{ scopes: { session: (request: { ip: string }) => string } }>().toExtend<MillpondOptions>();

// @ts-expect-error There is no such scope.
cacheData(async () => 1, { scope: 'user' });
// @ts-expect-error A batch is for everybody.
cacheBatch((ids: number[]) => ids, { scope: 'session' });
// @ts-expect-error An id is text.
void runInScope({ session: 7 }, () => 1);
// @ts-expect-error Whose session it is must be known at once.
void runInScope({ session: async () => 'a' }, () => 1);
// @ts-expect-error A visitor is anonymous, or is not.
openScope({ session: { anonymous: false } });

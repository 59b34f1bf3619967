import { createCache, type Exchange } from '@millpond/core';
import { expectTypeOf } from 'vitest';

const cache = createCache();
const exchange: Exchange = cache.exchange;

expectTypeOf(exchange.requestHeader('accept')).toEqualTypeOf<string | undefined>();
expectTypeOf(exchange.requestCookie('theme')).toEqualTypeOf<string | undefined>();
expectTypeOf(exchange.requestParam('id')).toEqualTypeOf<string | undefined>();
expectTypeOf(exchange.requestQuery('tag')).toBeUnknown();
expectTypeOf(exchange.requestUser()).toBeUnknown();
expectTypeOf(exchange.responseHeader).parameters.toEqualTypeOf<[name: string, value: string]>();
expectTypeOf(exchange.logLine).parameter(0).toEqualTypeOf<'debug' | 'info' | 'warn' | 'error'>();

cache.input('token', () => 'x', { secret: true });
cache.effect('begin', () => undefined, { scope: 'session' });
// @ts-expect-error -- no scope of that name
cache.effect('other', () => undefined, { scope: 'user' });
// @ts-expect-error -- a time of no unit
exchange.responseCookie('a', 'b', { maxAge: true });
// @ts-expect-error -- a header has one text
exchange.responseHeader('x-a', 1);

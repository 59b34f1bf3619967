import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { expectTypeOf } from 'vitest';
import { createCache, defineCodec, recordCodec, type CachedData, type Codec } from '@millpond/core';
import { createPassThroughCache } from '@millpond/core/testing';

const { cacheData, cacheDataSync } = createCache();

// A function whose result can be seen not to be data is refused, with a message that says why.
// @ts-expect-error A function is no data.
cacheData(async () => () => 1);
// @ts-expect-error Nor is a class.
cacheData(async () => class {});
// @ts-expect-error Nor is a symbol.
cacheData(async () => Symbol('a'));
// @ts-expect-error A stream is read only once, also where it is found with options.
cacheData(() => Readable.from([]), { ttl: '1m' });
// @ts-expect-error So is one of the web.
cacheData(async () => new ReadableStream());
// @ts-expect-error A socket lives, even where it may be missing.
cacheData(async (): Promise<Socket | undefined> => undefined);
// @ts-expect-error An iterator is read only once.
cacheData(() => [1].values());
// @ts-expect-error A generator too.
cacheDataSync(function* () {
  yield 1;
});
// @ts-expect-error An asynchronous one too.
cacheData((): AsyncIterable<string> => Readable.from([]));
// @ts-expect-error A WeakMap has no contents of its own.
cacheData(async () => new WeakMap<object, number>());
// @ts-expect-error Nor has a WeakSet.
cacheData(async () => new WeakSet<object>());
// @ts-expect-error Nor has a WeakRef.
cacheData(async () => new WeakRef({}));
// @ts-expect-error A response is read only once.
cacheData(async (url: string) => fetch(url));
// @ts-expect-error What is synchronous has no promise.
cacheDataSync(async (id: string) => id);
// @ts-expect-error Promises in a list were not awaited.
cacheData(async (ids: string[]) => ids.map(async (id) => id));
// @ts-expect-error Nor were those in properties.
cacheData(async (id: string) => ({ id, rows: Promise.resolve([]) }));
// @ts-expect-error What lives is found in properties too, with every way to copy but one.
cacheDataSync((id: string) => ({ id, body: Readable.from([]) }), { copy: 'freeze' });

// What is shared as it is may be anything, and keeps its type.
expectTypeOf(cacheData(async () => () => 1, { copy: 'share' })).returns.resolves.toEqualTypeOf<() => number>();
cacheDataSync(() => new WeakMap<object, number>(), { copy: 'share', when: (map) => map.has({}) });

// Nothing is refused that may be data: it turns out when the function has run.
class User {
  id = 1;
  posts: Promise<User[]> = Promise.resolve([]);
  save(): void {}
}
interface Tree {
  readonly value: number;
  readonly children: readonly Tree[];
  parent?: Tree;
}
interface Odd {
  next: number;
  pipe: string;
  size: number;
}
expectTypeOf(cacheData(async () => new User())).returns.resolves.toEqualTypeOf<User>();
cacheData(async () => [new User()]);
cacheData(async () => ({ user: new User(), at: new Date(), map: new Map<object, User>(), set: new Set<object>() }));
cacheData(async (): Promise<Tree> => ({ value: 1, children: [] }));
cacheData(async (): Promise<Odd> => ({ next: 1, pipe: '', size: 1 }));
cacheData(async () => new Map<object, number>());
cacheData(async () => new Set<object>());
cacheData(async () => [Buffer.from(''), new Uint8Array(1), new URL('a:b'), new Headers(), new Error('x')]);
cacheData(async (): Promise<Record<string, unknown>> => ({}));
cacheData(async (): Promise<unknown> => 1);
cacheData(async (): Promise<object> => ({}));
cacheData(async (): Promise<Iterable<number>> => [1]);
cacheData(async (): Promise<User | null> => null);
cacheData(async (): Promise<{ list: unknown; odd?: Odd | undefined }> => ({ list: [] }));
cacheData((): never => {
  throw new Error('never');
});
cacheData(() => {});
cacheData(async () => undefined);
// oxlint-disable-next-line typescript/no-explicit-any -- what users have
declare const untyped: (id: string) => any;
cacheData(untyped);
cacheDataSync(untyped, { copy: 'freeze' });
// oxlint-disable-next-line typescript/no-explicit-any -- what users have
declare const partlyTyped: () => Promise<{ rows: any; list: any[] }>;
cacheData(partlyTyped);

// Functions that are generic themselves, or take any function, compile, and give what they are given.
function cached<T>(load: (id: string) => Promise<T>): CachedData<[id: string], Awaited<T>> {
  return cacheData(load, { ttl: '1m' });
}
function cachedPage<T extends object>(load: () => Promise<T>): () => Promise<{ items: Awaited<T>; total: number }> {
  return cacheData(async () => ({ items: await load(), total: 1 }));
}
function cachedList<T>(load: () => T[]): (() => Promise<T[]>) & { clear: unknown } {
  return cacheData(load);
}
function cachedAny<F extends (...args: never) => unknown>(fn: F): unknown {
  return [cacheData(fn), cacheDataSync(fn)];
}
function cachedSync<T>(load: () => T): () => T {
  return cacheDataSync(load);
}
expectTypeOf(cached(async (id) => ({ id }))).returns.resolves.toEqualTypeOf<{ id: string }>();
expectTypeOf(cachedPage).toBeFunction();
expectTypeOf(cachedList).toBeFunction();
expectTypeOf(cachedAny).toBeFunction();
expectTypeOf(cachedSync).toBeFunction();
createPassThroughCache().cacheData(async () => 1);

// A codec knows its class, and decodes what it encodes.
class Money {
  readonly #cents: number;
  private constructor(cents: number) {
    this.#cents = cents;
  }
  static of(cents: number): Money {
    return new Money(cents);
  }
  get cents(): number {
    return this.#cents;
  }
}
const money = defineCodec(Money, {
  name: 'money',
  encode: (value) => {
    expectTypeOf(value).toEqualTypeOf<Money>();
    return { cents: value.cents };
  },
  decode: (data) => {
    expectTypeOf(data).toEqualTypeOf<{ cents: number }>();
    return Money.of(data.cents);
  },
});
expectTypeOf(money).toEqualTypeOf<Codec>();
abstract class Shape {
  abstract area(): number;
}
expectTypeOf(recordCodec(User, Shape)).toEqualTypeOf<readonly Codec[]>();
expectTypeOf(recordCodec({ User, Shape })).toEqualTypeOf<readonly Codec[]>();
createCache({ codecs: [money, recordCodec(User)] });
createCache({ codecs: recordCodec(User) });
cacheData(async () => new User(), { codecs: [money, ...recordCodec(User)] });
cacheDataSync(() => Money.of(1), { codecs: [money] });
// @ts-expect-error It decodes to another class.
defineCodec(Money, { name: 'money', encode: (value) => value.cents, decode: () => new User() });
// @ts-expect-error A Money has no euros.
defineCodec(Money, { name: 'money', encode: (value) => value.euros, decode: () => Money.of(1) });
// @ts-expect-error A class is wanted, not an instance.
recordCodec(new User(), Money);
// @ts-expect-error A codec is not a class.
createCache({ codecs: [User] });

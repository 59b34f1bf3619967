import { Readable } from 'node:stream';
import { expectTypeOf } from 'vitest';
import { createCache, type CachedStream, type Duration, type Invalidation, type StreamIterator } from '@millpond/core';

interface Row {
  id: string;
  roles: string[];
}

declare function readRows(table: string, options?: { limit: number }): AsyncGenerator<Row, number, unknown>;

const { cacheStream } = createCache();

// The parameters stay; an item is what the generator yields.
const rows = cacheStream(readRows);
expectTypeOf(rows).toEqualTypeOf<CachedStream<[table: string, options?: { limit: number } | undefined], Row>>();
expectTypeOf(rows('users')).toEqualTypeOf<StreamIterator<Row>>();
expectTypeOf(rows.refresh).toEqualTypeOf<(table: string, options?: { limit: number }) => StreamIterator<Row>>();
expectTypeOf(rows.peek).toEqualTypeOf<(table: string, options?: { limit: number }) => Row[] | undefined>();
expectTypeOf(rows.delete).returns.toEqualTypeOf<Promise<Invalidation>>();
expectTypeOf(rows.withOptions).returns.toEqualTypeOf<
  (table: string, options?: { limit: number }) => StreamIterator<Row>
>();
// @ts-expect-error A number is no table.
rows(1);
// @ts-expect-error A call cannot say how it is copied.
rows.withOptions({ copy: 'share' });

// It is what `for await`, `await using` and everything that takes an async iterator want.
expectTypeOf(rows('users')).toExtend<AsyncIterableIterator<Row>>();
expectTypeOf(rows('users')).toExtend<AsyncIterable<Row>>();
expectTypeOf(rows('users')).toExtend<AsyncDisposable>();
expectTypeOf(rows('users').next()).toEqualTypeOf<Promise<IteratorResult<Row, undefined>>>();
void Readable.from(rows('users'));

// Whatever gives items.
expectTypeOf(
  cacheStream(function* () {
    yield 1;
  })(),
).toEqualTypeOf<StreamIterator<number>>();
expectTypeOf(cacheStream(async () => readRows('users'))()).toEqualTypeOf<StreamIterator<Row>>();
expectTypeOf(cacheStream((count: number) => [count])).toEqualTypeOf<CachedStream<[count: number], number>>();
expectTypeOf(cacheStream(() => [Promise.resolve('a')])()).toEqualTypeOf<StreamIterator<string>>();
declare const web: import('node:stream/web').ReadableStream<Uint8Array>;
expectTypeOf(cacheStream(async () => web)()).toEqualTypeOf<StreamIterator<Uint8Array>>();
declare const bare: {
  getReader(): { read(): Promise<{ done: true; value?: undefined } | { done: false; value: Row }> };
};
expectTypeOf(cacheStream(() => bare)()).toEqualTypeOf<StreamIterator<Row>>();
// @ts-expect-error A number is no stream.
cacheStream(() => 1);
// @ts-expect-error Nor is a promise of an object.
cacheStream(async () => ({ rows: [] }));

// `copy: 'freeze'` hands out what nobody can change.
expectTypeOf(cacheStream(readRows, { copy: 'freeze' })('users')).toEqualTypeOf<
  StreamIterator<{ readonly id: string; readonly roles: readonly string[] }>
>();

// What is asked about a stream is asked about all its items, and sees the arguments.
cacheStream(readRows, {
  when: (items, table, options) => {
    expectTypeOf(items).toEqualTypeOf<readonly Row[]>();
    expectTypeOf(table).toEqualTypeOf<string>();
    expectTypeOf(options).toEqualTypeOf<{ limit: number } | undefined>();
    return items.length > 0;
  },
  tags: (items, table) => [table, ...items.map(({ id }) => id)],
  ttl: (items): Duration => (items.length > 10 ? '5m' : 1000),
  key: (table, options) => {
    expectTypeOf(table).toEqualTypeOf<string>();
    return [table, options?.limit];
  },
  context: 'caller',
  flightTimeout: '5m',
});
// @ts-expect-error Streams stay in memory.
cacheStream(readRows, { store: new Map() });
// @ts-expect-error They have no stale windows.
cacheStream(readRows, { ttl: '1m', staleIfError: '1m' });

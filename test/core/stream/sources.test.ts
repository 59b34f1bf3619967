import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { CacheError } from '@millpond/core';
import { pond } from '../support/cache.js';
import { failureOf } from '../support/gate.js';
import { all } from './support.js';

function webStream(): ReadableStream<number> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(1);
      controller.enqueue(2);
      controller.close();
    },
  });
}

describe('what a function may return', () => {
  const sources: readonly [
    string,
    () => AsyncIterable<number> | Iterable<number | Promise<number>> | Promise<unknown>,
  ][] = [
    [
      'an async generator',
      () =>
        (async function* () {
          yield* [1, 2];
        })(),
    ],
    [
      'a generator',
      () =>
        (function* () {
          yield* [1, 2];
        })(),
    ],
    [
      'a promise of an async generator',
      async () =>
        (async function* () {
          yield* [1, 2];
        })(),
    ],
    ['an array', () => [1, 2]],
    ['an array of promises', () => [Promise.resolve(1), Promise.resolve(2)]],
    ['a stream of Node', () => Readable.from([1, 2])],
    ['a web stream', () => webStream()],
    ['a promise of a web stream', async () => webStream()],
  ];
  test.each(sources)('%s', async (_, make) => {
    const { cache } = pond();
    const rows = cache.cacheStream(make as () => Iterable<unknown>);
    expect([await all(rows()), await all(rows()), rows.stats().runs]).toEqual([[1, 2], [1, 2], 1]);
  });

  test.each<[string, unknown, string]>([
    ['a text', 'abc', 'the function returned "abc", which is no stream'],
    ['a number', 1, 'the function returned 1, which is no stream'],
    ['undefined', undefined, 'the function returned undefined, which is no stream'],
    ['an object', { rows: [] }, 'the function returned an object, which is no stream'],
  ])('and not %s', async (_, value, message) => {
    const { cache } = pond();
    const rows = cache.cacheStream((() => value) as () => Iterable<unknown>);
    const error = await failureOf(all(rows()));
    expect(error).toBeInstanceOf(CacheError);
    expect(error).toMatchObject({ code: 'ERR_MILLPOND_UNCACHEABLE_VALUE' });
    expect(String(error)).toContain(message);
  });

  test('a function that throws, or an iterator that breaks the rules, breaks the stream', async () => {
    const { cache } = pond();
    const down = new Error('down');
    const throws = cache.cacheStream((): number[] => {
      throw down;
    });
    expect(await failureOf(all(throws()))).toBe(down);
    const odd = { [Symbol.asyncIterator]: () => ({ next: async () => undefined }) };
    expect(await failureOf(all(cache.cacheStream(() => odd as unknown as AsyncIterable<unknown>)()))).toBeInstanceOf(
      TypeError,
    );
    expect(throws.stats()).toMatchObject({ runs: 1, errors: 1, entries: 0 });
  });
});

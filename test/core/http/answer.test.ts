import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerOf } from '../../../packages/core/src/http/answer.js';
import { runs } from '../../support/runs.js';
import { thrownBy } from '../../support/thrown-by.js';

const written = (value: unknown): string => answerOf(value, 'cacheRoute(f)').body.toString();

describe('an answer', () => {
  test.each([null, 0, '', false, 'text', 'ü€🙂', [], {}, { a: [1, null] }, new Date(0)])('%j is its JSON', (value) => {
    expect(written(value)).toBe(JSON.stringify(value));
  });

  test('has memory of its own, of its exact length', () => {
    const { body } = answerOf({ a: 'ü' }, 'cacheRoute(f)');
    expect(body.byteOffset).toBe(0);
    expect(body.buffer.byteLength).toBe(body.length);
  });

  test('has a weak tag that tells different bodies apart, and is the same for equal ones', () => {
    const tag = (value: unknown): string => answerOf(value, 'cacheRoute(f)').etag;
    expect(tag('a')).toMatch(/^W\/"[\w-]{22}"$/);
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(tag(a) === tag(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
      { numRuns: runs(500, 20_000) },
    );
  });

  test('is written by the serializer of the route, when it has one', () => {
    const { body } = answerOf({ name: 'a', password: 'b' }, 'cacheRoute(f)', () => '{"name":"a"}');
    expect(body.toString()).toBe('{"name":"a"}');
  });

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['binary data', Buffer.from('a')],
    ['binary data', new ArrayBuffer(1)],
    ['a Map or a Set', new Map()],
    ['a Map or a Set', new Set()],
    ['a stream, a Response or a Blob', Readable.from(['a'])],
    ['a stream, a Response or a Blob', new ReadableStream()],
    ['a stream, a Response or a Blob', new Response('a')],
    ['a stream, a Response or a Blob', new Blob(['a'])],
    ['a stream, a Response or a Blob', (async function* () {})()],
  ])('%s is refused, with what to do instead', (what, value) => {
    const error = thrownBy(() => answerOf(value, 'cacheRoute(load)'));
    expect(error).toMatchObject({ name: 'CacheError', code: 'ERR_MILLPOND_ROUTE' });
    expect(String(error)).toContain(`cacheRoute(load): the handler returned ${what}`);
    expect(String(error)).toMatch(/Return|Collect/);
  });

  test('what JSON.stringify throws is passed on as it is', () => {
    const mine = new Error('mine');
    const throwing = {
      toJSON() {
        throw mine;
      },
    };
    expect(thrownBy(() => answerOf(throwing, 'cacheRoute(f)'))).toBe(mine);
    expect(thrownBy(() => answerOf({ a: 1n }, 'cacheRoute(f)'))).toBeInstanceOf(TypeError);
  });
});

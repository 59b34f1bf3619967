import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { viewOf } from '../../../packages/core/src/http/view.js';
import { runs } from '../../support/runs.js';

describe('what a handler may see of a request', () => {
  test('the path is the raw one: its case, its encoding and its mount path are kept, the query is cut off', () => {
    expect(viewOf('/Api/a%2Fb/../c//?x=1?2', {}, {}, undefined).path).toBe('/Api/a%2Fb/../c//');
    expect(viewOf('/a', {}, {}, undefined).path).toBe('/a');
    expect(viewOf('?x', {}, {}, undefined).path).toBe('');
  });

  test('without a list, every query parameter is seen; with one, only those that it names', () => {
    const query = { page: '1', utm_source: 'mail' };
    expect(viewOf('/', {}, query, undefined).query).toEqual({ page: '1', utm_source: 'mail' });
    expect(viewOf('/', {}, query, ['page', 'sort']).query).toEqual({ page: '1' });
    expect(viewOf('/', {}, query, []).query).toEqual({});
  });

  test('repeated parameters keep their order', () => {
    expect(viewOf('/', {}, { tag: ['b', 'a', 'b'] }, undefined).query).toEqual({ tag: ['b', 'a', 'b'] });
  });

  test('parameters that are named like parts of an object are parameters and nothing else', () => {
    const query: unknown = JSON.parse('{"__proto__":"x","constructor":"y","nested":{"__proto__":{"admin":true}}}');
    const seen = viewOf('/', {}, query, undefined).query;
    expect(Object.keys(seen)).toEqual(['__proto__', 'constructor', 'nested']);
    expect(Reflect.get(Object(seen['nested']), 'admin')).toBeUndefined();
    expect(Object.getPrototypeOf(seen)).toBeNull();
  });

  test('it is a copy: what is done to the request afterwards does not reach it', () => {
    const params = { id: '1' };
    const query = { filter: { tag: ['a'] } };
    const seen = viewOf('/', params, query, undefined);
    params.id = '2';
    query.filter.tag.push('b');
    expect(seen.params).toEqual({ id: '1' });
    expect(seen.query).toEqual({ filter: { tag: ['a'] } });
  });

  test('values that a schema has made of the text are kept as they are', () => {
    const since = new Date(0);
    const seen = viewOf('/', { id: 7 }, { since, all: true, none: null }, undefined);
    expect(seen.params).toEqual({ id: 7 });
    expect(seen.query['since']).toBe(since);
    expect(seen.query).toEqual({ since, all: true, none: null });
  });

  test('absent parameters are none', () => {
    const { params, query } = viewOf('/', undefined, null, undefined);
    expect([params, query]).toEqual([{}, {}]);
  });

  test('up to 100 values and 4096 characters are seen, more are oversized', () => {
    const repeated = (count: number): unknown => ({ a: Array.from({ length: count }, () => '') });
    expect(viewOf('/', {}, repeated(100), undefined).oversized).toBe(false);
    expect(viewOf('/', {}, repeated(101), undefined).oversized).toBe(true);
    expect(viewOf('/', {}, { a: 'x'.repeat(4094) }, undefined).oversized).toBe(false);
    expect(viewOf('/', {}, { a: 'x'.repeat(4095) }, undefined).oversized).toBe(true);
    expect(viewOf(`/${'x'.repeat(4096)}`, {}, {}, undefined).oversized).toBe(true);
    expect(viewOf('/', {}, { a: { b: { c: repeated(101) } } }, undefined).oversized).toBe(true);
  });

  test('parameters that the route does not list make no request oversized', () => {
    expect(viewOf('/', {}, { a: '1', junk: 'x'.repeat(9999) }, ['a']).oversized).toBe(false);
  });

  test('a copy is equal to what it was made of, whatever the parameters', () => {
    const parameter = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, fc.string(), fc.integer(), fc.boolean(), tie('list'), tie('object')),
      list: fc.array(tie('value'), { maxLength: 4 }),
      object: fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
    }));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), parameter.value), (query) => {
        expect({ ...viewOf('/', {}, query, undefined).query }).toEqual({ ...query });
      }),
      { numRuns: runs(500, 20_000) },
    );
  });
});

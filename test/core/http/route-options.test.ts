import { createRoute } from '@millpond/core/http';
import { describe, expect, test } from 'vitest';
import { thrownBy } from '../../support/thrown-by.js';
import { cacheWith } from './route-harness.js';

describe('S10: wrong use is told where the route is made', () => {
  const wrong = (options: unknown, handler: unknown = () => 1): unknown =>
    thrownBy(() => Reflect.apply(createRoute, undefined, [cacheWith(), options, handler]));

  test.each<[string, unknown]>([
    ['no option `key`', { key: () => 1 }],
    ['no option `context`', { context: 'caller' }],
    ['no option `copy`', { copy: 'clone' }],
    ['no option `tll`', { tll: '1m' }],
    ['option `query`', { query: 'page' }],
    ['option `query`', { query: [''] }],
    ['option `ttl`', { ttl: '30' }],
    ['option `tags`', { tags: 'a' }],
    ['option `when`', { when: true }],
    ['option `version`', { version: 1 }],
    ['option `name`', { name: '' }],
    ['option `staleIfError`', { staleIfError: '1m' }],
    ['option `options`', undefined],
    ['option `options`', null],
    ['option `options`', () => 1],
  ])('%s', (message, options) => {
    const error = wrong(options);
    expect(error).toMatchObject({ name: 'CacheError', code: 'ERR_MILLPOND_INVALID_OPTION' });
    expect(String(error)).toContain(message);
    expect(String(error)).toContain('cacheRoute');
  });

  test('a handler that is no function, a generator or a class', () => {
    expect(String(wrong({}, {}))).toContain('cacheRoute: the second argument is not a function');
    expect(String(wrong({}, function* () {}))).toContain('generator');
    expect(String(wrong({}, class {}))).toContain('class');
  });
});

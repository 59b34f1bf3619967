import { expect, test } from 'vitest';
import { pond } from '../support/cache.js';
import { failureOf } from '../support/gate.js';

test('an input that the very first run of a process makes itself is refused, with where inputs are made', async () => {
  const { cache } = pond();
  const load = cache.cacheData(async () => cache.input('late', () => 1)());
  expect(await failureOf(load())).toMatchObject({
    code: 'ERR_MILLPOND_INPUT',
    message: expect.stringContaining('Make inputs at the top of a module'),
  });
});

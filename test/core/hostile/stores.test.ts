import { createCache } from '@millpond/core';
import { expect, test } from 'vitest';

const textless: readonly [string, () => unknown][] = [
  ['an object without text', () => Object.create(null) as unknown],
  [
    'an object whose text throws',
    () => ({
      toString() {
        throw new Error('no text');
      },
    }),
  ],
  ['nothing', () => undefined],
];

test.each(textless)('a store that rejects with %s costs a computation', async (_, thrown) => {
  const warnings: string[] = [];
  const fail = (): Promise<never> => Promise.reject(thrown());
  const store = { get: fail, set: fail, delete: fail, clear: fail };
  const cache = createCache({
    name: 'shop',
    store: store as never,
    closeTimeout: 50,
    logger: { warn: (message) => warnings.push(message) },
  });
  const load = cache.cacheData(async (id: number) => ({ id }), { name: 'load' });
  expect(await load(1)).toEqual({ id: 1 });
  await load.delete(1);
  await cache.close();
  expect(warnings.length).toBeGreaterThan(0);
});

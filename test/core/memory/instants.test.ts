import { expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';

test('a life ends with a whole millisecond, rounded down: nothing is served that is older than its ttl', async () => {
  let now = 0.7;
  const cache = createCache({ clock: { ...fakeClock(), now: () => now } });
  let run = 0;
  const load = cache.cacheDataSync(() => (run += 1), { ttl: 10 });
  expect(load()).toBe(1);
  now = 9.9;
  expect(load()).toBe(1);
  now = 10;
  expect(load()).toBe(2);
  now = 10.6;
  expect(load()).toBe(2);
  await cache.close();
});

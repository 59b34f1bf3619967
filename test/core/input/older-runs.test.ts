import { expect, test } from 'vitest';
import { pond } from '../support/cache.js';
import { gate } from '../support/gate.js';

test.each(['reads', 'reads nothing'])('hazard 16: an older run that %s replaces nothing newer', async (older) => {
  const { cache } = pond();
  const locale = cache.input('locale', () => 'fr');
  const doors = [gate(), gate()];
  let runs = 0;
  const page = cache.cacheData(async () => {
    const run = (runs += 1);
    await doors[run - 1]?.passed;
    return (run === 1) === (older === 'reads') ? `${run} in ${locale()}` : `${run} plain`;
  });
  const first = page();
  const second = page.refresh();
  doors[1]?.open();
  await second;
  doors[0]?.open();
  // Nor is it served; what is newer may have had to go.
  expect(await page()).not.toBe(await first);
});

test('hazard 16: an older run that reads something else takes nothing newer out of memory', async () => {
  const { cache } = pond();
  const locale = cache.input('locale', () => 'fr');
  const user = cache.input('user', () => 'Ada');
  const door = gate();
  let runs = 0;
  const page = cache.cacheData(async () => {
    const run = (runs += 1);
    if (run > 1) return `${run} for ${user()}`;
    await door.passed;
    return `${run} in ${locale()}`;
  });
  const first = page();
  await page.refresh();
  door.open();
  expect([await first, await page(), runs]).toEqual(['1 in fr', '2 for Ada', 2]);
});

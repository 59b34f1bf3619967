import { describe, expect, test } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { gate } from '../support/gate.js';

describe('what begins when its request is over', () => {
  test('of data, behind a run that turned out not to answer, is answered and not kept', async () => {
    const { cache } = pond();
    const doors = [gate(), gate()];
    let runs = 0;
    const load = cache.cacheData(async () => doors[runs++]?.passed, { scope: 'request', tags: () => ['t'] });
    const scope = cache.openScope();
    const first = scope.run(load);
    await settle();
    await cache.invalidateTags('t');
    const joined = scope.run(load);
    await scope.end();
    for (const door of doors) door.open();
    await Promise.all([first, joined]);
    expect(runs).toBe(2);
    expect(load.stats().entries).toBe(0);
  });

  test('of a resource that was found invalid is built, and released', async () => {
    const { cache } = pond();
    const verdict = gate<boolean>();
    const log: [number, string][] = [];
    let built = 0;
    const pool = cache.cacheResource(async () => ({ id: (built += 1) }), {
      scope: 'request',
      validate: () => verdict.passed,
      onRelease: ({ id }, why) => log.push([id, why]),
    });
    const scope = cache.openScope();
    await scope.run(pool);
    const asked = scope.run(pool);
    await settle();
    await scope.end();
    verdict.open(false);
    expect(await asked).toEqual({ id: 2 });
    await settle();
    expect(log).toEqual([
      [1, 'scope'],
      [2, 'discard'],
    ]);
    expect(cache.stats().entries).toBe(0);
  });
});

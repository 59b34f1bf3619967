import { describe, expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';

describe('hazard 4: over a store, what is made of cached values', () => {
  test('is outdated by their tags in another process', async () => {
    const clock = fakeClock();
    const data = new Map<string, unknown>();
    const start = () => {
      const cache = createCache({ name: 'shop', store: data, clock });
      const state = { inner: 0, outer: 0 };
      const inner = cache.cacheData(async () => (state.inner += 1), { name: 'inner', tags: () => ['t'] });
      const outer = cache.cacheData(async () => `${(state.outer += 1)} of ${await inner()}`, { name: 'outer' });
      return { cache, inner, outer, state };
    };
    const one = start();
    expect(await one.outer()).toBe('1 of 1');
    await one.cache.flush();
    const two = start();
    expect(await two.outer()).toBe('1 of 1');
    expect(two.state.outer).toBe(0);
    await one.cache.invalidateTags('t');
    await clock.advance(10_000);
    expect(await two.outer()).toBe('1 of 1');
    expect(two.state).toEqual({ inner: 1, outer: 1 });
  });

  test('lives no longer than they', async () => {
    const clock = fakeClock();
    const data = new Map<string, unknown>();
    const start = () => {
      const cache = createCache({ name: 'shop', store: data, clock });
      const state = { outer: 0 };
      const inner = cache.cacheData(async () => 1, { name: 'inner', ttl: '1m', jitter: 0 });
      const outer = cache.cacheData(async () => `${(state.outer += 1)} of ${await inner()}`, {
        name: 'outer',
        jitter: 0,
      });
      return { cache, outer, state };
    };
    const one = start();
    await one.outer();
    await one.cache.flush();
    await clock.advance(59_999);
    const two = start();
    await two.outer();
    expect(two.state.outer).toBe(0);
    await clock.advance(1);
    const three = start();
    await three.outer();
    expect(three.state.outer).toBe(1);
  });

  test('is not stored when they have another store, since nobody could outdate it there', async () => {
    const clock = fakeClock();
    const [here, there] = [new Map<string, unknown>(), new Map<string, unknown>()];
    const cache = createCache({ name: 'shop', store: here, clock });
    const inner = cache.cacheData(async () => 'part', { name: 'inner', store: there, tags: ['t'] });
    const outer = cache.cacheData(async () => `needle of ${await inner()}`, { name: 'outer' });
    await outer();
    await cache.flush();
    const texts = [...here.values()].filter((value) => typeof value === 'string' && value.includes('needle'));
    expect(texts).toEqual([]);
    await cache.invalidateTags('t');
    expect(outer.has()).toBe(false);
  });

  test.each([
    ['with a store', undefined],
    ['in memory only', false as const],
  ])('is trusted no longer than they: %s', async (_, store) => {
    const clock = fakeClock();
    const data = new Map<string, unknown>();
    const start = () => {
      const cache = createCache({ name: 'shop', store: data, clock });
      const inner = cache.cacheData(async () => truth, { name: 'inner', tags: ['t'] });
      const outer = cache.cacheData(async () => `made of ${await inner()}`, { name: 'outer', store });
      return { cache, inner, outer };
    };
    let truth = 'old';
    const [one, two] = [start(), start()];
    await one.inner();
    await clock.advance(9_000);
    await one.outer();
    truth = 'new';
    await two.cache.invalidateTags('t');
    // Ten seconds after what it is made of was read; its own ten would be over later.
    await clock.advance(1_000);
    expect(await one.outer()).toBe('made of new');
  });

  test.each([
    ['has computed', false],
    ['has found in the store', true],
  ])(
    'does not launder what others have cleared: an inner value without tags that this process %s',
    async (_, finds) => {
      const clock = fakeClock();
      const data = new Map<string, unknown>();
      let truth = 'old';
      const start = () => {
        const cache = createCache({ name: 'shop', store: data, clock });
        const inner = cache.cacheData(async () => truth, { name: 'inner' });
        const outer = cache.cacheData(async () => `made of ${await inner()}`, { name: 'outer' });
        return { cache, inner, outer };
      };
      const [one, two] = [start(), start()];
      if (finds) await two.inner();
      await two.cache.flush();
      await one.inner();
      await one.cache.flush();
      await clock.advance(9_000);
      truth = 'new';
      await two.cache.clear();
      // What memory holds may be old for ten seconds after it was read; it must not become new for everybody.
      expect(await one.outer()).toBe('made of old');
      await one.cache.flush();
      expect(await two.outer()).toBe('made of new');
      await clock.advance(1_000);
      expect(await one.outer()).toBe('made of new');
    },
  );

  test('is stored when nothing was cleared since, and after a clear once memory has asked again', async () => {
    const clock = fakeClock();
    const data = new Map<string, unknown>();
    const state = { outer: 0 };
    const start = () => {
      const cache = createCache({ name: 'shop', store: data, clock });
      const inner = cache.cacheData(async () => 1, { name: 'inner' });
      const outer = cache.cacheData(async () => (state.outer += 1) + (await inner()), { name: 'outer' });
      return { cache, inner, outer };
    };
    const [one, two] = [start(), start()];
    for (const clears of [false, true]) {
      await one.inner();
      await one.cache.flush();
      if (clears) await two.cache.clear();
      await clock.advance(10_000);
      const made = await one.outer();
      await one.cache.flush();
      expect(await two.outer()).toBe(made);
    }
    expect(state.outer).toBe(2);
  });

  test('does not launder what others have invalidated through a function in memory only', async () => {
    const clock = fakeClock();
    const data = new Map<string, unknown>();
    let truth = 'old';
    const start = () => {
      const cache = createCache({ name: 'shop', store: data, clock });
      const inner = cache.cacheData(async () => truth, { name: 'inner', tags: () => ['t'] });
      const middle = cache.cacheData(async () => `${await inner()} in the middle`, { name: 'middle', store: false });
      const outer = cache.cacheData(async () => `made of ${await middle()}`, { name: 'outer' });
      return { cache, middle, outer };
    };
    const [one, two] = [start(), start()];
    await one.middle();
    await one.cache.flush();
    truth = 'new';
    await two.cache.invalidateTags('t');
    // What the middle holds may be old for ten seconds; it must not become new for everybody.
    await one.outer();
    await one.cache.flush();
    expect(await start().outer()).toBe('made of new in the middle');
  });
});

test('hazard 16: nobody goes back to what the store has, who was answered with something newer that is not stored', async () => {
  const clock = fakeClock();
  const cache = createCache({ name: 'shop', store: new Map(), clock, memoryTtl: '1h' });
  const inner = cache.cacheData(async () => 'part', { name: 'inner', ttl: '10s', staleWhileRevalidate: '1m' });
  let runs = 0;
  const outer = cache.cacheData(async () => `${(runs += 1)} of ${await inner()}`, { name: 'outer' });
  await inner();
  await outer.prime('given');
  await cache.flush();
  await clock.advance(10_000);
  // Made of something stale: of no use to others, and over at once.
  expect(await outer.refresh()).toBe('1 of part');
  await cache.flush();
  expect(await outer()).toBe('2 of part');
});

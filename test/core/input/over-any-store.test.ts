import { describe, expect, test } from 'vitest';
import { createFaultyStore } from '@millpond/core/testing';
import { fakeClock } from '../../support/fake-clock.js';
import { record, within } from '../support/cache.js';
import { until } from '../support/gate.js';
import { GatedStore } from '../support/gated-store.js';
import { storeKinds } from '../support/stores.js';
import { reading, server, state, visits } from './support.js';

describe.each(storeKinds)('S107: over $kind, variants', ({ open }) => {
  test('are found by another process, and after a restart, by who has the same inputs', async () => {
    const data = reading('locale', 'user');
    const one = server(open(data));
    for (const locale of ['fr', 'en']) await one.visit(locale);
    await one.cache.close();
    for (const restart of [1, 2]) {
      const other = server(open(data));
      expect([await other.visit('en'), await other.visit('fr')], `restart ${restart}`).toEqual([
        '/ en Ada',
        '/ fr Ada',
      ]);
      expect(other.runs).toEqual([]);
      await other.cache.close();
    }
    const last = server(open(data));
    expect([await last.visit('fr', 'Bob'), await last.visit('de')]).toEqual(['/ fr Bob', '/ de Ada']);
    await last.cache.close();
  });

  test.each([
    ['delete', async ({ page }: ReturnType<typeof server>) => page.delete('/')],
    ['expire', async ({ page }: ReturnType<typeof server>) => page.expire('/')],
    ['clear', async ({ page }: ReturnType<typeof server>) => page.clear()],
    ['clear of the cache', async ({ cache }: ReturnType<typeof server>) => cache.clear()],
    ['invalidateTags', async ({ cache }: ReturnType<typeof server>) => cache.invalidateTags('pages')],
  ])('are outdated by %s in the other process', async (_, outdate) => {
    const data = reading('locale');
    const clock = fakeClock();
    const boot = () => server(open(data), { tags: ['pages'] }, clock);
    const [one, other] = [boot(), boot()];
    for (const locale of ['fr', 'en']) await one.visit(locale);
    await one.cache.flush();
    expect(await other.visit('fr')).toBe('/ fr');
    expect(await outdate(other)).toEqual({ store: 'acknowledged' });
    // A third has nothing in memory that could be trusted for a while.
    const third = boot();
    for (const locale of ['fr', 'en']) await third.visit(locale);
    expect(third.runs).toEqual(['/ fr', '/ en']);
    await clock.advance(60_000);
    expect([await one.visit('en'), await other.visit('fr')]).toEqual(['/ en', '/ fr']);
    for (const { cache } of [one, other, third]) await cache.close();
  });
});

test('hazard 5: a variant that is written after its call was deleted in another process is not found', async () => {
  const store = new GatedStore();
  reading('locale');
  const clock = fakeClock();
  const [one, other] = [server(store, {}, clock), server(store, {}, clock)];
  const entries = store.hold(({ kind, key }) => kind === 'set' && key.includes('/e/'));
  await one.visit('fr');
  await until(() => entries.held.length === 2);
  await other.page.delete('/');
  await entries.release();
  await one.cache.flush();
  await other.visit('fr');
  expect(other.runs).toEqual(['/ fr']);
});

test('hazard 26: an outer function varies by what the inner one had read in another process', async () => {
  for (const inherit of [true, false]) {
    const store = reading('locale');
    const boot = () => {
      const made = server(store);
      const outer = made.cache.cacheData(async (name: string) => `${name} <${await made.page('/')}>`, {
        name: 'outer',
        version: '1',
        inherit,
      });
      return {
        ...made,
        ask: (locale: string, name: string) => visits.run({ locale, user: '' }, () => outer(name)),
        outer,
      };
    };
    const one = boot();
    for (const locale of ['fr', 'en']) await one.ask(locale, 'a');
    await one.cache.close();
    const other = boot();
    expect([await other.ask('fr', 'a'), await other.ask('en', 'a')]).toEqual(['a </ fr>', 'a </ en>']);
    // The inner one is a hit from the store, and the outer a run that has read what it stands for.
    expect([await other.ask('fr', 'b'), await other.ask('en', 'b')]).toEqual(['b </ fr>', 'b </ en>']);
    expect([await other.ask('en', 'b'), await other.ask('fr', 'b')]).toEqual(['b </ en>', 'b </ fr>']);
    expect([other.runs, other.outer.stats().runs]).toEqual([[], 2]);
    await other.cache.close();
  }
});

test('hazard 25: behind a stored variant that is stale, an input that it had not read discards the refresh', async () => {
  const store = reading('locale');
  const clock = fakeClock();
  const options = { ttl: '10s', staleWhileRevalidate: '1h' } as const;
  const one = server(store, options, clock);
  await one.visit('fr');
  await one.cache.close();
  await clock.advance(10_000);
  state.reads = ['locale', 'user'];
  const other = server(store, options, clock);
  const failed = record(other.cache, 'failed');
  expect(await other.visit('fr')).toBe('/ fr');
  await other.cache.close();
  expect(failed).toMatchObject([{ error: { code: 'ERR_MILLPOND_INPUT' } }]);
});

describe('what a store is asked', () => {
  const reads = ({ operations }: ReturnType<typeof createFaultyStore>) =>
    operations.filter(({ operation }) => operation === 'read').length;

  test('of a call that reads no input is the same with inputs in the cache as without', async () => {
    const counts: [number, number][] = [];
    for (const withInput of [false, true]) {
      const store = createFaultyStore();
      const clock = fakeClock();
      const boot = () => {
        reading();
        const made = server(store, {}, clock, withInput);
        return { ...made, ask: () => made.visit('fr') };
      };
      const one = boot();
      await one.ask();
      await one.cache.flush();
      const other = boot();
      const before = reads(store);
      await other.ask();
      counts.push([store.operations.length, reads(store) - before]);
    }
    expect(counts[1]).toEqual(counts[0]);
    expect(counts[0]?.[1]).toBe(1);
  });

  test('of a variant is one read more for each input, and none where memory knows the way', async () => {
    const store = createFaultyStore();
    reading('locale', 'user');
    const clock = fakeClock();
    const one = server(store, {}, clock);
    for (const user of ['Ada', 'Bob']) await one.visit('fr', user);
    await one.cache.close();
    const other = server(store, {}, clock);
    let before = reads(store);
    await other.visit('fr', 'Ada');
    expect(reads(store) - before).toBe(3);
    await clock.advance(8_000);
    before = reads(store);
    expect(await other.visit('fr', 'Bob')).toBe('/ fr Bob');
    expect(reads(store) - before).toBe(1);
    // Memory does not trust the first any more, and by the other it knows the way.
    await clock.advance(4_000);
    before = reads(store);
    expect(await other.visit('fr', 'Ada')).toBe('/ fr Ada');
    expect(reads(store) - before).toBe(1);
    expect(other.runs).toEqual([]);
  });

  test('shows nobody what was read', async () => {
    const store = reading('locale', 'user');
    const one = server(store);
    await one.page.prime('something', '/other');
    state.reads = [];
    const page = one.cache.cacheData(async () => [one.read['user']?.() === 'hunter2'], {
      name: 'secret',
      version: '1',
    });
    await visits.run({ locale: 'fr', user: 'hunter2' }, () => page());
    await one.cache.close();
    expect([...store].filter((pair) => pair.some((text) => String(text).includes('hunter2')))).toEqual([]);
  });
});

test('a prime does not wait for a store that is gone', async () => {
  const store = createFaultyStore();
  reading('locale');
  const one = server(store);
  await one.visit('fr');
  await one.cache.flush();
  store.hang('all');
  // A read is waited for 50 ms, an invalidation for a second.
  await within(one.clock, 200, one.page.prime('for all', '/'));
  expect(await one.visit('fr')).toBe('for all');
});

test('a variant of before a prime does not come back when what was primed has expired', async () => {
  const store = reading('locale');
  const clock = fakeClock();
  const ttl = (value: string): string => (value === 'for all' ? '1m' : '1h');
  const one = server(store, { ttl }, clock);
  await one.visit('fr');
  await one.page.prime('for all', '/');
  await one.cache.flush();
  await clock.advance(61_000);
  // By this one's run the store leads to variants again.
  await one.visit('en');
  await one.cache.close();
  const other = server(store, { ttl }, clock);
  await other.visit('fr');
  expect(other.runs).toEqual(['/ fr']);
});

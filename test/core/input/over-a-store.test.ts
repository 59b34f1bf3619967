import { describe, expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { fakeClock, settle } from '../../support/fake-clock.js';
import { gate, until } from '../support/gate.js';
import { reading, server, visits } from './support.js';

describe('S107: over a store, a function that reads inputs', () => {
  test('hits in another process what was computed for equal inputs, and never answers one with the other', async () => {
    const store = reading('locale', 'user');
    const one = server(store);
    for (const user of ['Ada', 'Bob']) for (const locale of ['fr', 'en']) await one.visit(locale, user);
    expect(one.runs).toHaveLength(4);
    await one.cache.close();
    const other = server(store);
    for (const user of ['Bob', 'Ada']) {
      for (const locale of ['en', 'fr']) expect(await other.visit(locale, user)).toBe(`/ ${locale} ${user}`);
    }
    expect(other.runs).toEqual([]);
    expect(await other.visit('de')).toBe('/ de Ada');
    expect(await other.visit('fr', 'Eve')).toBe('/ fr Eve');
    expect(other.runs).toEqual(['/ de Ada', '/ fr Eve']);
    expect(other.page.stats()).toMatchObject({ hitsFrom: { store: 4 } });
    await other.cache.close();
  });

  test('hits there also when all come at once', async () => {
    const store = reading('locale');
    const one = server(store);
    for (const locale of ['fr', 'en']) await one.visit(locale);
    await one.cache.close();
    const other = server(store);
    const asked = ['fr', 'en', 'de', 'fr', 'en', 'de'];
    const answers = await Promise.all(asked.map((locale) => other.visit(locale)));
    expect(answers).toEqual(asked.map((locale) => `/ ${locale}`));
    expect(other.runs).toEqual(['/ de']);
    await other.cache.close();
  });

  test('hits when memory does not trust itself any more', async () => {
    const { visit, runs, clock, cache } = server(reading('locale'));
    await visit('fr');
    await cache.flush();
    await clock.advance(60_000);
    expect(await visit('fr')).toBe('/ fr');
    expect(runs).toHaveLength(1);
  });

  test('forgets all variants in all processes with `delete`', async () => {
    const store = reading('locale');
    const clock = fakeClock();
    const [one, other] = [server(store, {}, clock), server(store, {}, clock)];
    for (const locale of ['fr', 'en']) await one.visit(locale);
    await one.cache.flush();
    expect(await other.visit('fr')).toBe('/ fr');
    await other.page.delete('/');
    await clock.advance(60_000);
    for (const { visit } of [one, other]) for (const locale of ['fr', 'en']) await visit(locale);
    await clock.advance(60_000);
    expect([...one.runs, ...other.runs].toSorted()).toEqual(['/ en', '/ en', '/ fr', '/ fr']);
  });

  test('expires them, and refreshes what another process has computed by what that had read (hazard 25)', async () => {
    const store = reading('locale');
    const clock = fakeClock();
    const options = { staleWhileRevalidate: '1h' } as const;
    const one = server(store, options, clock);
    for (const locale of ['fr', 'en']) await one.visit(locale);
    await one.page.expire('/');
    await one.cache.close();
    const other = server(store, options, clock);
    expect(await other.visit('fr')).toBe('/ fr');
    await until(() => other.runs.length > 0);
    expect(other.runs).toEqual(['/ fr']);
    expect(other.page.stats()).toMatchObject({ errors: 0, stale: 1 });
    await settle();
    expect(await other.visit('fr')).toBe('/ fr');
    expect(other.page.stats()).toMatchObject({ hits: 1 });
  });

  test('takes a primed value in the place of every variant, in every process', async () => {
    const store = reading('locale');
    const clock = fakeClock();
    const [one, other] = [server(store, {}, clock), server(store, {}, clock)];
    await one.visit('fr');
    await one.cache.flush();
    expect(await other.visit('fr')).toBe('/ fr');
    await one.page.prime('for all', '/');
    await one.cache.flush();
    await clock.advance(60_000);
    expect([await one.visit('fr'), await other.visit('fr'), await other.visit('en')]).toEqual(Array(3).fill('for all'));
  });

  test('takes it also where memory knows of other variants, and would lead to what was there before', async () => {
    const store = reading('locale');
    const clock = fakeClock();
    const [one, other] = [server(store, {}, clock), server(store, {}, clock)];
    await one.visit('fr');
    await one.cache.flush();
    await other.visit('fr');
    await clock.advance(8_000);
    await other.visit('en');
    await one.page.prime('for all', '/');
    await one.cache.flush();
    await clock.advance(4_000);
    expect(await other.visit('fr')).toBe('for all');
    expect(other.runs).toEqual(['/ en']);
  });

  test('is one run for all who come while it has not read what the store says it will', async () => {
    const store = reading('locale');
    const one = server(store);
    await one.visit('en');
    await one.cache.close();
    const { cache, read } = server(store);
    const door = gate();
    let runs = 0;
    const page = cache.cacheData(
      async (path: string) => {
        runs += 1;
        await door.passed;
        return `${path} ${read['locale']?.()}`;
      },
      { name: 'page', version: '1', ttl: '1h', store: new Map(store) },
    );
    const ask = () => visits.run({ locale: 'fr', user: '' }, () => page('/'));
    const first = ask();
    await until(() => runs === 1);
    const second = ask();
    await settle();
    door.open();
    expect([await first, await second, runs]).toEqual(['/ fr', '/ fr', 1]);
  });

  test('S106: acts with a variant of another process', async () => {
    const store = reading();
    const process = () => {
      const cache = createCache({ name: 'shop', store, clock: fakeClock() });
      const locale = cache.input('locale', () => visits.getStore()?.locale);
      const log: (string | undefined)[] = [];
      const note = cache.effect('note', (text: string | undefined) => log.push(text));
      const load = cache.cacheData(async () => note(locale()), { name: 'load', version: '1' });
      return { cache, log, ask: (locale: string) => visits.run({ locale, user: '' }, () => load()), load };
    };
    const one = process();
    for (const locale of ['fr', 'en']) await one.ask(locale);
    await one.cache.close();
    const other = process();
    for (const locale of ['en', 'fr']) await other.ask(locale);
    expect(other.log).toEqual(['en', 'fr']);
    expect(other.load.stats().runs).toBe(0);
  });
});

test('`explain` tells by what a call varies, and what the store has for who asks', async () => {
  const store = reading('locale');
  const one = server(store);
  await one.visit('fr');
  await one.cache.close();
  const other = server(store);
  const explain = (locale: string) => visits.run({ locale, user: '' }, () => other.page.explain('/'));
  const french = await explain('fr');
  expect(french.key).toMatchObject({ text: other.page.keyOf('/'), inputs: ['locale'], variants: 0 });
  expect([french.store?.state, (await explain('en')).store?.state]).toEqual(['fresh', 'none']);
  await other.visit('fr');
  expect(await explain('fr')).toMatchObject({ next: 'hit', key: { variants: 1 }, memory: { state: 'fresh' } });
  expect(await explain('en')).toMatchObject({ next: 'miss', key: { inputs: ['locale'] } });
});

test('`explain` tells the names of the effects that a value hands out, in memory and in the store', async () => {
  const store = reading();
  const boot = () => {
    const made = server(store);
    const note = made.cache.effect('note', (text: string) => void text);
    const count = made.cache.effect('count', () => {});
    const load = made.cache.cacheData(
      async () => {
        note('hello');
        count();
        return made.read['locale']?.();
      },
      { name: 'load', version: '1' },
    );
    const asFrench = <T>(ask: (fn: typeof load) => T): T => visits.run({ locale: 'fr', user: '' }, () => ask(load));
    return { ...made, asFrench };
  };
  const one = boot();
  await one.asFrench((load) => load());
  await one.cache.flush();
  const here = await one.asFrench((load) => load.explain());
  expect(here).toMatchObject({ memory: { effects: ['note', 'count'] }, store: { effects: ['note', 'count'] } });
  const there = await boot().asFrench((load) => load.explain());
  expect(there).toMatchObject({
    key: { inputs: ['locale'] },
    memory: { state: 'none' },
    store: { effects: ['note', 'count'] },
  });
  const nobody = await one.page.explain('/');
  expect(nobody).toMatchObject({ memory: { state: 'none' }, store: { state: 'none' } });
});

test('`explain` answers for one for whom an input cannot be read', async () => {
  const store = reading('locale');
  const one = server(store);
  await one.visit('fr');
  await one.cache.close();
  const { cache, clock } = server(store);
  await cache.close();
  const other = createCache({ name: 'shop', store, clock });
  other.input('locale', () => {
    throw new Error('no request');
  });
  const page = other.cacheData(async (path: string) => path, { name: 'page', version: '1', ttl: '1h' });
  expect(await page.explain('/')).toMatchObject({ next: 'miss', key: { inputs: [] } });
  expect(await page('/')).toBe('/');
});

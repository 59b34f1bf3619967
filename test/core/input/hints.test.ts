import { describe, expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { decodeFrame, encodeBranch } from '../../../packages/core/src/codec/index.js';
import { createFaultyStore } from '@millpond/core/testing';
import { fakeClock, settle } from '../../support/fake-clock.js';
import { record } from '../support/cache.js';
import { failureOf, gate, until } from '../support/gate.js';
import { reading, server, state, visits } from './support.js';

describe('what the store says to vary by is a hint', () => {
  test('hazard 24: a run that reads something else is kept under that', async () => {
    const store = reading('locale');
    const one = server(store);
    await one.visit('fr');
    await one.cache.close();
    state.reads = ['user'];
    const other = server(store);
    expect(await other.visit('de', 'Bob')).toBe('/ Bob');
    await other.cache.close();
    const third = server(store);
    expect([await third.visit('fr', 'Bob'), await third.visit('fr', 'Ada')]).toEqual(['/ Bob', '/ Ada']);
    expect(third.runs).toEqual(['/ Ada']);
  });

  test('a run that reads nothing is for all', async () => {
    const store = reading('locale');
    const one = server(store);
    await one.visit('fr');
    await one.cache.close();
    state.reads = [];
    const other = server(store);
    expect(await other.visit('de')).toBe('/');
    await other.cache.close();
    const third = server(store);
    expect([await third.visit('fr'), await third.visit('en')]).toEqual(['/', '/']);
    expect(third.runs).toEqual([]);
  });

  test('one of an input that this process does not have is a miss', async () => {
    const store = reading('locale');
    const one = server(store);
    await one.visit('fr');
    await one.cache.close();
    const cache = createCache({ name: 'shop', store, clock: fakeClock() });
    const damaged = record(cache, 'storeDamaged');
    const page = cache.cacheData(async (path: string) => `${path} for all`, { name: 'page', version: '1', ttl: '1h' });
    expect(await page('/')).toBe('/ for all');
    expect([page.stats().misses, damaged]).toEqual([1, []]);
  });

  test('lost, it costs a run and no more', async () => {
    const store = reading('locale', 'user');
    const one = server(store);
    await one.visit('fr', 'Ada');
    await one.visit('fr', 'Bob');
    await one.cache.close();
    for (const [key, text] of store) if (String(text).includes('N8:')) store.delete(key);
    const other = server(store);
    expect(await other.visit('fr', 'Ada')).toBe('/ fr Ada');
    expect(await other.visit('fr', 'Bob')).toBe('/ fr Bob');
    expect(other.runs).toEqual(['/ fr Ada']);
  });
});

describe('a hint that lies costs a run, and never more', () => {
  /** What a process has stored for `fr`, and where: the branch, and the variant. */
  async function stored() {
    const store = reading('locale');
    const clock = fakeClock();
    const one = server(store, {}, clock);
    await one.visit('fr');
    await one.cache.close();
    const entries = [...store]
      .filter(([key]) => key.includes('/e/'))
      .map(([key, text]) => ({ key, text: String(text) }));
    const isBranch = ({ text }: { text: string }) => decodeFrame(text).branch !== undefined;
    const [branch, variant] = [entries.find(isBranch), entries.find((entry) => !isBranch(entry))];
    if (branch === undefined || variant === undefined) throw new Error('a branch and a variant were expected');
    return { store, clock, branch, variant, id: decodeFrame(branch.text).branch?.id ?? '' };
  }

  test('of an input that the caller cannot be asked for', async () => {
    const { store, branch, id, clock } = await stored();
    store.set(branch.key, encodeBranch({ id, input: 'principal' }));
    const other = server(store, {}, clock);
    const refuse = (): never => {
      throw new Error('nobody is signed in');
    };
    other.cache.input('principal', refuse);
    expect(await other.visit('fr')).toBe('/ fr');
    expect(other.page.stats()).toMatchObject({ misses: 1, errors: 0 });
  });

  test('of an input that leads back to itself', async () => {
    const { store, variant, clock } = await stored();
    const id = decodeFrame(variant.text).frame?.id ?? '';
    store.set(variant.key, encodeBranch({ id, input: 'locale' }));
    const other = server(store, {}, clock);
    expect(await other.visit('fr')).toBe('/ fr');
    expect(other.runs).toEqual(['/ fr']);
  });

  test.each(['user', 'weather'])('of an input that the function does not read: %s', async (input) => {
    const { store, branch, id, clock } = await stored();
    store.set(branch.key, encodeBranch({ id, input }));
    const other = server(store, {}, clock);
    other.cache.input('weather', () => 'fine');
    expect(await other.visit('fr')).toBe('/ fr');
    expect(await other.visit('en')).toBe('/ en');
    await other.cache.close();
    // The runs have mended it.
    const third = server(store, {}, clock);
    expect([await third.visit('en'), third.runs]).toEqual(['/ en', []]);
  });

  test('and puts nothing out of memory', async () => {
    const { store, branch, clock } = await stored();
    const cache = createCache({ name: 'shop', store, clock });
    cache.input('locale', () => 'fr');
    let fails = false;
    const load = async (path: string): Promise<string> => {
      if (fails) throw new Error('not now');
      return `${path} for all`;
    };
    const page = cache.cacheData(load, { name: 'page', version: '1', ttl: '1h' });
    await page.refresh('/');
    await cache.flush();
    store.set(branch.key, branch.text);
    fails = true;
    await clock.advance(2_000);
    // It asks the store, which has what is older than memory, and then the function.
    await failureOf(page.withOptions({ freshWithin: '1s' })('/'));
    expect(page.peek('/')).toBe('/ for all');
  });

  test('hazard 24: an entry in the place of another variant is damage, and not served', async () => {
    const { store, variant, clock } = await stored();
    const one = server(store, {}, clock);
    await one.visit('en');
    await one.cache.close();
    const placeOfEnglish = [...store].find(([key, text]) => key.includes('/e/') && String(text).includes('/ en'))?.[0];
    if (placeOfEnglish === undefined) throw new Error('a variant was expected');
    store.set(placeOfEnglish, variant.text);
    const other = server(store, {}, clock);
    const heard = record(other.cache, 'storeDamaged');
    expect(await other.visit('en')).toBe('/ en');
    expect([other.runs, heard.length]).toEqual([['/ en'], 1]);
  });

  test.each(['branch', 'variant'] as const)(
    'nor does a damaged %s: it is told, deleted, and computed anew',
    async (what) => {
      const { store, clock, ...there } = await stored();
      const { key, text } = there[what];
      store.set(key, text.slice(0, -1));
      const other = server(store, {}, clock);
      const heard = record(other.cache, 'storeDamaged');
      expect(await other.visit('fr')).toBe('/ fr');
      expect([other.runs, heard]).toMatchObject([['/ fr'], [{ type: 'storeDamaged' }]]);
      await other.cache.close();
      const third = server(store, {}, clock);
      expect([await third.visit('fr'), third.runs]).toEqual(['/ fr', []]);
    },
  );
});

test('hazard 16: what is found late in the store does not come in the place of a newer variant', async () => {
  const store = createFaultyStore();
  const clock = fakeClock();
  const process = () => {
    const cache = createCache({ name: 'shop', store, clock });
    const locale = cache.input('locale', () => 'fr');
    const state = { reads: false };
    const load = async () => (state.reads ? `newer in ${locale()}` : 'older');
    return { cache, state, page: cache.cacheData(load, { name: 'page', version: '1' }) };
  };
  const one = process();
  await one.page();
  await one.cache.close();
  const { page, state } = process();
  const door = gate();
  store.delay('read', door.passed);
  const first = page();
  await settle();
  store.restore();
  state.reads = true;
  await page.refresh();
  door.open();
  await first;
  expect(await page()).toBe('newer in fr');
});

test('hazard 24: what was found for one is not served to another in the place of an error', async () => {
  const store = reading('locale');
  const clock = fakeClock();
  const options = { ttl: '10s', staleIfError: '1h' } as const;
  const one = server(store, options, clock);
  await one.visit('fr');
  await one.cache.close();
  await clock.advance(20_000);
  // A later release reads the user, and fails.
  const cache = createCache({ name: 'shop', store, clock, logger: { warn: () => {} } });
  cache.input('locale', () => visits.getStore()?.locale);
  const user = cache.input('user', () => visits.getStore()?.user);
  const door = gate();
  const page = cache.cacheData(
    async (path: string): Promise<string> => {
      user();
      await door.passed;
      throw new Error(`no ${path}`);
    },
    { name: 'page', version: '1', ...options },
  );
  const ask = (locale: string) => visits.run({ locale, user: 'Ada' }, () => page('/').catch(String));
  const french = ask('fr');
  await until(() => page.stats().runs === 1);
  const english = ask('en');
  await settle();
  door.open();
  expect(await english).toBe('Error: no /');
  expect(await french).toBe('Error: no /');
});

import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import type { DataOptions } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond, record } from '../support/cache.js';
import { failureOf, gate, watch } from '../support/gate.js';

interface Visit {
  readonly locale: string;
  readonly user?: string;
}

/** A cache with two inputs of a visit, and a function that reads them as its argument says. */
function site(options: DataOptions<[path: string], string> = {}) {
  const made = pond();
  const visits = new AsyncLocalStorage<Visit>();
  const locale = made.cache.input('locale', () => visits.getStore()?.locale);
  const user = made.cache.input('user', () => visits.getStore()?.user);
  const runs: string[] = [];
  const page = made.cache.cacheData(
    async (path: string) => {
      runs.push(path);
      await settle();
      if (path === '/plain') return 'plain';
      const text = `${path} in ${locale()}`;
      return path === '/private' ? `${text} for ${user()}` : text;
    },
    { name: 'page', ...options },
  );
  const visit = (locale: string, path: string, user?: string): Promise<string> =>
    visits.run({ locale, ...(user === undefined ? {} : { user }) }, () => page(path));
  return { ...made, visits, locale, user, runs, page, visit };
}

describe('S107: a cached function that reads an input', () => {
  test('computes once for each value, hits for one seen before, and never answers one with the other', async () => {
    const { visit, runs } = site();
    const asked = ['fr', 'en', 'fr', 'en', 'de', 'fr'];
    const answers: string[] = [];
    for (const locale of asked) answers.push(await visit(locale, '/'));
    expect(answers).toEqual(asked.map((locale) => `/ in ${locale}`));
    expect(runs).toHaveLength(3);
  });

  test('varies only for the arguments for which it reads it', async () => {
    const { visit, runs } = site();
    for (const locale of ['fr', 'en', 'de']) expect(await visit(locale, '/plain')).toBe('plain');
    expect(runs).toHaveLength(1);
  });

  test('varies by what it reads after another input as well', async () => {
    const { visit, runs } = site();
    for (const round of [1, 2]) {
      for (const user of ['Ada', 'Bob']) {
        expect(await visit('fr', '/private', user)).toBe(`/private in fr for ${user}`);
        expect(await visit('en', '/private', user)).toBe(`/private in en for ${user}`);
      }
      expect(runs, `round ${round}`).toHaveLength(4);
    }
  });

  test('sees one value for the whole run, however often it reads', async () => {
    const { cache } = pond();
    let now = 0;
    const tick = cache.input('tick', () => (now += 1));
    const load = cache.cacheData(async () => [tick(), tick()]);
    expect(await load()).toEqual([1, 1]);
  });

  test('sees that of its caller in its options as well, and varies by what only they read', async () => {
    const { cache } = pond();
    const tenants = new AsyncLocalStorage<string>();
    const tenant = cache.input('tenant', () => tenants.getStore());
    const seen: unknown[] = [];
    const load = cache.cacheData(async () => ['rows'], {
      tags: () => [`rows of ${tenant()}`],
      when: () => seen.push(tenant()) > 0,
    });
    const ask = (of: string) => tenants.run(of, () => load());
    for (const of of ['a', 'b', 'a', 'b']) await ask(of);
    expect(seen).toEqual(['a', 'b']);
    await cache.invalidateTags('rows of b');
    for (const of of ['a', 'b']) await ask(of);
    expect(seen).toEqual(['a', 'b', 'b']);
  });

  test('is asked by has and peek for the caller who asks', async () => {
    const { visit, visits, page } = site();
    await visit('fr', '/');
    const seen = (locale: string) => visits.run({ locale }, () => [page.has('/'), page.peek('/')]);
    expect([seen('fr'), seen('en')]).toEqual([
      [true, '/ in fr'],
      [false, undefined],
    ]);
  });

  test('forgets all its variants with `delete`, and those under way', async () => {
    const { visit, page, runs } = site();
    await visit('fr', '/');
    await visit('en', '/');
    const underWay = visit('de', '/');
    await page.delete('/');
    await underWay;
    for (const locale of ['fr', 'en', 'de']) await visit(locale, '/');
    expect(runs).toHaveLength(6);
  });

  test('takes a primed value in the place of every variant', async () => {
    const { visit, page, runs } = site();
    await visit('fr', '/');
    await page.prime('for all', '/');
    expect([await visit('fr', '/'), await visit('en', '/')]).toEqual(['for all', 'for all']);
    expect(runs).toHaveLength(1);
  });

  test('expires all its variants, and refreshes each by what it had read (hazard 25)', async () => {
    const { visit, page, runs } = site({ ttl: '1h', staleWhileRevalidate: '1h' });
    await visit('fr', '/');
    await visit('en', '/');
    await page.expire('/');
    expect([await visit('fr', '/'), await visit('en', '/')]).toEqual(['/ in fr', '/ in en']);
    for (let turn = 0; turn < 5; turn += 1) await settle();
    expect([await visit('fr', '/'), await visit('en', '/')]).toEqual(['/ in fr', '/ in en']);
    expect(runs).toHaveLength(4);
  });
});

describe('hazard 23 and 55: callers who come while a run is under way', () => {
  test('are let go when it reads what is another for them, and share it when it is the same', async () => {
    const { cache } = pond();
    const locales = new AsyncLocalStorage<string>();
    const locale = cache.input('locale', () => locales.getStore());
    const doors = [gate(), gate()];
    let runs = 0;
    const page = cache.cacheData(async () => {
      const door = doors[(runs += 1) - 1];
      const text = `in ${locale()}`;
      await door?.passed;
      return text;
    });
    // The first reads before the others come; what is under way is found by those for whom it is the same.
    const french = [locales.run('fr', () => page())];
    const english = locales.run('en', () => page());
    french.push(locales.run('fr', () => page()));
    await settle();
    expect(runs).toBe(2);
    doors[1]?.open();
    expect(await english).toBe('in en');
    expect(watch(french[0] as Promise<string>).settled).toBe(false);
    doors[0]?.open();
    expect(await Promise.all(french)).toEqual(['in fr', 'in fr']);
    expect([runs, page.stats().entries]).toEqual([2, 2]);
  });

  test('though it has begun before it reads', async () => {
    const { visit, runs } = site();
    const asked = ['fr', 'en', 'fr', 'en', 'fr'];
    const answers = await Promise.all(asked.map((locale) => visit(locale, '/')));
    expect(answers).toEqual(asked.map((locale) => `/ in ${locale}`));
    expect(runs).toHaveLength(2);
  });
});

describe('nested calls', () => {
  test('hazard 26: an outer function varies by what the inner one reads, also with `inherit: false`', async () => {
    const { cache, visits, page } = site();
    for (const inherit of [true, false]) {
      const outer = cache.cacheData(async () => `<${await page('/')}>`, { inherit, name: `outer ${inherit}` });
      const ask = (locale: string) => visits.run({ locale }, () => outer());
      expect([await ask('fr'), await ask('en'), await ask('fr')]).toEqual(['</ in fr>', '</ in en>', '</ in fr>']);
      expect(outer.stats()).toMatchObject({ hits: 1, misses: 2 });
    }
  });

  test('that join a run of the inner function are of their own caller', async () => {
    const { cache, visits, page } = site();
    const outer = cache.cacheData(async (name: string) => `${name}: ${await page('/')}`);
    const ask = (locale: string, name: string) => visits.run({ locale }, () => outer(name));
    const answers = await Promise.all([ask('fr', 'a'), ask('en', 'b'), ask('fr', 'c'), ask('en', 'a')]);
    expect(answers).toEqual(['a: / in fr', 'b: / in en', 'c: / in fr', 'a: / in en']);
  });
});

test('hazard 24: a variant is under what its own run has read, though the run before had read something else', async () => {
  const { cache } = pond();
  const visits = new AsyncLocalStorage<Visit>();
  const locale = cache.input('locale', () => visits.getStore()?.locale);
  const user = cache.input('user', () => visits.getStore()?.user);
  const state = { by: 'locale' };
  const page = cache.cacheData(async () => (state.by === 'locale' ? `in ${locale()}` : `for ${user()}`));
  const ask = (visit: Visit) => visits.run(visit, () => page());
  await ask({ locale: 'fr', user: 'Ada' });
  await ask({ locale: 'en', user: 'Ada' });
  state.by = 'user';
  expect(await ask({ locale: 'de', user: 'Bob' })).toBe('for Bob');
  expect(await ask({ locale: 'fr', user: 'Ada' })).toBe('for Ada');
  expect(await ask({ locale: 'fr', user: 'Bob' })).toBe('for Bob');
  expect(page.stats()).toMatchObject({ runs: 4, entries: 2 });
});

test('`maxVariants` bounds the variants of a call; the oldest goes', async () => {
  const { visit, runs, page } = site({ maxVariants: 2 });
  for (const locale of ['fr', 'en', 'de']) await visit(locale, '/');
  expect(page.stats().entries).toBe(2);
  await visit('en', '/');
  await visit('de', '/');
  expect(runs).toHaveLength(3);
  await visit('fr', '/');
  expect(runs).toHaveLength(4);
});

describe('what cannot be read is told', () => {
  test('hazard 25: in a refresh, an input that the value had not read discards the run', async () => {
    const { cache, clock } = pond();
    const locale = cache.input('locale', () => 'fr');
    const state = { reads: false };
    const heard = record(cache, 'failed', 'refreshSkipped');
    const page = cache.cacheData(async () => (state.reads ? `in ${locale()}` : 'plain'), {
      ttl: '10s',
      staleWhileRevalidate: '1h',
    });
    await page();
    state.reads = true;
    await clock.advance(10_000);
    expect(await page()).toBe('plain');
    await settle();
    expect(await page()).toBe('plain');
    expect(heard).toMatchObject([
      { type: 'failed', error: { code: 'ERR_MILLPOND_INPUT' } },
      { type: 'refreshSkipped', reason: 'cooldown' },
    ]);
  });

  test.each(['cacheDataSync', 'cacheBatch', 'cacheResource', 'cacheStream'] as const)('in %s', async (wrap) => {
    const { cache } = pond();
    const locale = cache.input('locale', () => 'fr');
    const failure = await failureOf(
      (async () => {
        switch (wrap) {
          case 'cacheDataSync':
            return cache.cacheDataSync(() => locale())();
          case 'cacheBatch':
            return cache.cacheBatch(async (ids: readonly number[]) => ids.map(() => locale()))(1);
          case 'cacheResource':
            return cache.cacheResource(async () => ({ locale: locale() }))();
          case 'cacheStream':
            return cache
              .cacheStream(() => [locale()])()
              .next();
        }
      })(),
    );
    expect(failure).toMatchObject({
      code: 'ERR_MILLPOND_INPUT',
      message: expect.stringMatching(/pass it as an argument/),
    });
  });

  test('a value that has no key, where it is read', async () => {
    const { cache } = pond();
    const odd = cache.input('odd', () => ({ user: { log: () => 1 } }));
    const load = cache.cacheData(async () => typeof odd());
    expect(await failureOf(load())).toMatchObject({
      code: 'ERR_MILLPOND_INPUT',
      message: expect.stringMatching(/^input odd: read\(\)\.user\.log is .* leave it out of what is returned\.$/),
    });
  });

  test('a name that is taken, or none', () => {
    const { cache } = site();
    expect(() => cache.input('locale', () => 1)).toThrow(/no other input/);
    expect(() => cache.input('', () => 1)).toThrow(/`name`/);
  });
});

test('outside a cached function an input is just read', () => {
  const { visits, locale } = site();
  expect(visits.run({ locale: 'fr' }, locale)).toBe('fr');
});

test('a disabled cache reads the inputs of each caller', async () => {
  const { cache } = pond({ enabled: false });
  const locales = new AsyncLocalStorage<string>();
  const locale = cache.input('locale', () => locales.getStore());
  const page = cache.cacheData(async () => `in ${locale()}`);
  expect(await locales.run('fr', () => page())).toBe('in fr');
});

test('hazard 52: nothing is known any more of calls that are not kept', async () => {
  const { visit, page } = site({ ttl: '1h' });
  for (const locale of ['fr', 'en']) await visit(locale, '/');
  await page.clear();
  expect(page.stats().entries).toBe(0);
  expect(await visit('de', '/')).toBe('/ in de');
  expect(page.stats().entries).toBe(1);
});

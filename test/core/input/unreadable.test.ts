import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf, gate } from '../support/gate.js';

describe('hazard 23: an input that cannot be read for one caller', () => {
  function site(load: (user: () => string) => Promise<string>) {
    const { cache, clock } = pond();
    const users = new AsyncLocalStorage<string>();
    const user = cache.input('user', () => {
      const found = users.getStore();
      if (found === undefined) throw new Error('nobody is signed in');
      return found;
    });
    const options = { errorTtl: { ttl: '1h', only: [Error] }, ttl: '1m', staleWhileRevalidate: '1h' } as const;
    const page = cache.cacheData(async () => load(user), options);
    return { page, clock, ask: (name: string) => users.run(name, () => page()) };
  }

  test('is their failure, which is not kept for the others', async () => {
    const { page, ask } = site(async (user) => `for ${user()}`);
    expect(await failureOf(page())).toMatchObject({ message: 'nobody is signed in' });
    expect(await ask('Ada')).toBe('for Ada');
  });

  test('nor is it that of who waits for the same run', async () => {
    const door = gate();
    const { page, ask } = site(async (user) => {
      await door.passed;
      return `for ${user()}`;
    });
    const asked = [failureOf(page()), ask('Ada'), ask('Bob')];
    await settle();
    door.open();
    expect(await Promise.all(asked)).toMatchObject([{ message: 'nobody is signed in' }, 'for Ada', 'for Bob']);
  });

  test('is theirs also when the function makes something else of it', async () => {
    const { page, ask } = site(async (user) => {
      try {
        return `for ${user()}`;
      } catch {
        return 'for nobody';
      }
    });
    expect([await page(), await ask('Ada'), await page()]).toEqual(['for nobody', 'for Ada', 'for nobody']);
    expect(page.stats().entries).toBe(1);
  });

  test('hazard 25: a refresh that makes something else of an input that it may not read is discarded', async () => {
    const state = { reads: false };
    const { ask, page, clock } = site(async (user) => {
      try {
        return state.reads ? `for ${user()}` : 'for all';
      } catch {
        return 'for nobody';
      }
    });
    await ask('Ada');
    state.reads = true;
    await clock.advance(60_000);
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await ask('Ada')).toBe('for all');
      await settle();
    }
    expect(page.stats().runs).toBe(2);
  });
});

import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { gate } from '../support/gate.js';

interface Request {
  readonly locale: string;
}

/** How many of 200 requests, each in a context of its own, can still be reached when all have been answered. */
async function reachable(
  use: (request: number) => Promise<unknown>,
  requests: AsyncLocalStorage<Request>,
): Promise<number> {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error('run with --expose-gc');
  const serve = async (number: number): Promise<WeakRef<Request>> => {
    const request = { locale: number % 2 === 0 ? 'fr' : 'en' };
    await requests.run(request, () => use(number));
    return new WeakRef(request);
  };
  const references = await Promise.all(Array.from({ length: 200 }, (_, number) => serve(number)));
  const left = (): number => references.filter((reference) => reference.deref() !== undefined).length;
  for (let turn = 0; turn < 20 && left() > 0; turn += 1) {
    await settle();
    gc();
  }
  return left();
}

function site() {
  const cache = createCache();
  const requests = new AsyncLocalStorage<Request>();
  const locale = cache.input('locale', () => requests.getStore()?.locale);
  const note = cache.effect('note', (_locale: string | undefined) => {});
  return { cache, requests, locale, note };
}

describe('hazard 31: 0 of 200 requests can be reached', () => {
  test('that started runs with inputs and effects, joined them, or hit', async () => {
    const { cache, requests, locale, note } = site();
    const page = cache.cacheData(async (id: number) => {
      await settle();
      note(locale());
      return `${id} in ${locale()}`;
    });
    const outer = cache.cacheData(async (id: number) => page(id));
    const use = async (number: number): Promise<void> => {
      await page(number % 7);
      await outer(number % 5);
    };
    expect(await reachable(use, requests)).toBe(0);
    expect(page.stats().entries).toBe(14);
    await cache.close();
  });

  test('whose callers have left a run that never ends', async () => {
    const { cache, requests, locale } = site();
    const page = cache.cacheData(
      async (id: number) => {
        locale();
        if (id === 0) await gate().passed;
        return id;
      },
      { hardTimeout: 5 },
    );
    const use = (number: number): Promise<unknown> => page(number === 0 ? 1 : number % 3).catch(() => undefined);
    expect(await reachable(use, requests)).toBeLessThanOrEqual(2);
    await cache.close();
  });
});

import { expect, test } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { GatedStore } from '../support/gated-store.js';
import { unchecked } from '../support/gate.js';

test('a logger that throws changes nobody’s result', async () => {
  const { cache } = pond({
    name: 'shop',
    store: new Map([['x', 'y']]),
    logger: {
      warn() {
        throw new Error('logger');
      },
    },
  });
  const warnings: unknown[] = [];
  const on = (w: unknown) => warnings.push(w);
  process.on('warning', on);
  const pool = cache.cacheResource(async () => ({}), {
    onRelease() {
      throw new Error('release');
    },
  });
  await pool();
  expect((await cache.close()).failures).toHaveLength(1);
  await settle();
  process.off('warning', on);
  expect(warnings.length).toBeGreaterThan(0);
});

test('a logger that throws does not fail a call whose store is broken', async () => {
  const store = new GatedStore();
  store.break(() => true);
  const { cache } = pond({
    name: 'shop',
    store,
    logger: {
      warn() {
        throw new Error('logger');
      },
    },
  });
  const load = cache.cacheData(async () => 1, { name: 'load' });
  expect(await load()).toBe(1);
  expect(await cache.clear()).toEqual({ store: 'pending' });
});

test.each<[string, unknown]>([
  ['an object without a prototype', Object.create(null)],
  ['a symbol', Symbol('odd')],
  [
    'what has no text',
    {
      toString: () => {
        throw new Error('no text');
      },
    },
  ],
])('a listener that throws %s disturbs nobody', async (_, odd) => {
  const { cache } = pond();
  const load = cache.cacheData(async () => 1);
  cache.on('hit', () => {
    throw odd;
  });
  await load();
  expect(await load()).toBe(1);
  expect(
    await load.withOptions({
      observe() {
        throw odd;
      },
    })(),
  ).toBe(1);
});

test('a listener that rejects is a warning', async () => {
  const { cache } = pond();
  const unhandled: unknown[] = [];
  const warnings: unknown[] = [];
  const hear = (e: unknown) => unhandled.push(e);
  const warn = (e: unknown) => warnings.push(e);
  process.prependListener('unhandledRejection', hear);
  process.on('warning', warn);
  const load = cache.cacheData(async () => 1);
  const thrown = new Error('listener');
  cache.on('hit', async () => {
    throw thrown;
  });
  await load();
  await load();
  await settle();
  await settle();
  process.off('unhandledRejection', hear);
  process.off('warning', warn);
  expect(unhandled).toEqual([]);
  expect(warnings.filter((warning) => warning === thrown)).toEqual([thrown]);
});

test('an unknown event and a listener that is no function are refused', () => {
  const { cache } = pond();
  expect(() => cache.on(unchecked('hits'), () => {})).toThrow(
    expect.objectContaining({ code: 'ERR_MILLPOND_INVALID_OPTION' }),
  );
  expect(() => cache.on('hit', unchecked(undefined))).toThrow(
    expect.objectContaining({ code: 'ERR_MILLPOND_INVALID_OPTION' }),
  );
});

test('a listener that listens anew is heard from the next event on', async () => {
  const { cache } = pond();
  const load = cache.cacheData(async () => 1);
  await load();
  let heard = 0;
  const listen = (): void => {
    cache.on('hit', () => {
      if (++heard > 100) return;
      listen();
    });
  };
  listen();
  await load();
  expect(heard).toBe(1);
});

test('a listener that fills what is cleared does not clear for ever', () => {
  const { cache } = pond();
  let calls = 0;
  const load = cache.cacheDataSync(() => ++calls);
  load();
  cache.on('removed', () => {
    if (calls < 100) load();
  });
  load.clear();
  expect(calls).toBe(2);
});

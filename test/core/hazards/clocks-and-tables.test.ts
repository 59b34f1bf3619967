import Keyv5 from 'keyv5';
import Keyv6 from 'keyv6';
import { expect, test } from 'vitest';
import { createCache, type CacheOptions } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';
import { GatedStore } from '../support/gated-store.js';
import { pond } from '../support/cache.js';

const DAY = 86_400_000;

test.each<[string, (store: GatedStore) => NonNullable<CacheOptions['store']>]>([
  ['an adapter', (store) => store],
  ['Keyv 5', (store) => new Keyv5({ store })],
  ['Keyv 6', (store) => new Keyv6({ store })],
])('hazard 7: a reader whose clock is a day ahead deletes nothing of what others wrote: %s', async (_, open) => {
  const data = new Map<string, unknown>();
  const process = (ahead: number) => {
    const store = new GatedStore(data);
    const cache = createCache({ name: 'shop', store: open(store), clock: fakeClock(Date.now() + ahead) });
    const load = cache.cacheData(async (by: string) => `made by ${by}`, {
      name: 'load',
      version: '1',
      ttl: '1h',
      jitter: 0,
      key: () => 'one',
      // A reader that finds nothing computes, and is not to write either.
      when: (value) => value === 'made by the writer',
    });
    return { store, cache, load };
  };
  const writer = process(0);
  await writer.load('the writer');
  await writer.cache.flush();
  const reader = process(DAY);
  await reader.load('the reader');
  await reader.cache.flush();
  expect(reader.store.log.filter(({ kind }) => kind === 'delete')).toEqual([]);
  const other = process(0);
  expect(await other.load('another')).toBe('made by the writer');
});

async function heap(): Promise<number> {
  for (let turn = 0; turn < 5; turn += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}

test('hazard 52: tags, failures and pauses that are over leave no table behind', async () => {
  const { cache, clock } = pond();
  const many = 30_000;
  let rounds = 0;
  const load = cache.cacheData(
    async (id: number) => {
      if (id % 3 === 0) throw new Error('down');
      return id;
    },
    { maxEntries: 100, ttl: '1m', errorTtl: '1m', tags: (id) => [`a tag of its own, number ${id} of round ${rounds}`] },
  );
  const round = async (): Promise<void> => {
    rounds += 1;
    for (let id = 0; id < many; id += 1) await load(id).catch(() => undefined);
    await cache.invalidateTags(
      ...Array.from({ length: 100 }, (_, id) => `a tag of its own, number ${id} of round ${rounds}`),
    );
    await clock.advance('2m');
  };
  await round();
  const before = await heap();
  await round();
  const left = (await heap()) - before;
  // A table of the tags alone would hold some millions of bytes.
  expect(left).toBeLessThan(1_000_000);
  expect(cache.stats()).toMatchObject({ entries: 0, bytes: 0 });
});

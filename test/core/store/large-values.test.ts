import { createHash } from 'node:crypto';
import KeyvRedis from '@keyv/redis';
import { describe, expect, test } from 'vitest';
import { createCache, type Cache, type CacheEvent } from '@millpond/core';
import { describeWithRedis } from '../../support/redis.js';

const MB = 2 ** 20;
const SIZE = (process.env['MILLPOND_VERIFY'] === undefined ? 20 : 100) * MB;

/** Far more than anything here takes: the machine may be busy. */
const PATIENT = { readDeadline: '20s', closeTimeout: '60s' } as const;

const digest = (value: string | Uint8Array): string => createHash('sha1').update(value).digest('hex');

const KINDS: Record<string, () => string | Uint8Array> = {
  text: () => 'naïve ☃ '.repeat(SIZE / 11),
  bytes: () => Uint8Array.from({ length: SIZE }, (_, place) => place % 251),
};

describeWithRedis('a very large value over Redis', (redis) => {
  const open = (options: { readonly maxBytes: number }): Cache =>
    createCache({ name: 'shop', store: new KeyvRedis<string>(redis().url), closeStore: true, ...PATIENT, ...options });

  test.each(Object.entries(KINDS))('%s: what one cache stores another finds, whole', async (kind, make) => {
    const options = { name: kind, version: '1', maxValueBytes: 2 * SIZE };
    const value = make();
    const one = open({ maxBytes: MB });
    const answer = await one.cacheData(async () => value, options)();
    expect(digest(answer)).toBe(digest(value));
    await one.close();
    const two = open({ maxBytes: MB });
    const load = two.cacheData(async () => '', options);
    expect(digest(await load())).toBe(digest(value));
    expect(load.stats()).toMatchObject({ runs: 0, hitsFrom: { store: 1 } });
    await two.close();
  });

  describe('above maxValueBytes is told, not stored, and answered', () => {
    test.each([
      ['kept in memory where the budget allows it', 8 * SIZE, 1],
      ['computed again where it does not', MB, 2],
    ])('%s', async (_how, maxBytes, runs) => {
      const cache = open({ maxBytes });
      const told: CacheEvent[] = [];
      cache.on('notStored', (event) => told.push(event));
      const load = cache.cacheData(async () => 'x'.repeat(SIZE), { name: 'refused', version: '1', maxValueBytes: MB });
      for (let time = 0; time < 2; time += 1) expect(await load()).toHaveLength(SIZE);
      await cache.flush();
      expect(load.stats()).toMatchObject({ runs, hitsFrom: { store: 0 } });
      expect(told).toHaveLength(runs);
      expect(told[0]).toMatchObject({ error: { code: 'ERR_MILLPOND_VALUE_TOO_LARGE' } });
      await cache.close();
    });
  });
});

import KeyvRedis, { createClient } from '@keyv/redis';
import { Keyv as Keyv5 } from 'keyv5';
import { Keyv as Keyv6 } from 'keyv6';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cacheNames } from '../../../packages/core/src/store/names.js';
import { describeWithRedis } from '../../support/redis.js';
import { openTier, outcome, runAndKeep } from '../../support/stores.js';

const HOUR = 3_600_000;

describeWithRedis('what Millpond writes into Redis', (redis) => {
  let adapters: KeyvRedis<string>[] = [];
  let client: ReturnType<typeof createClient>;

  beforeEach(async () => {
    client = createClient({ url: redis().url });
    await client.connect();
    await client.flushAll();
  });
  afterEach(async () => {
    client.destroy();
    await Promise.all(adapters.map((adapter) => adapter.disconnect(true)));
    adapters = [];
  });

  const adapter = (namespace?: string): KeyvRedis<string> => {
    const made = new KeyvRedis<string>(redis().url, namespace === undefined ? {} : { namespace });
    adapters.push(made);
    return made;
  };

  test('is the same for Keyv 5, Keyv 6 and the bare adapter: entries and invalidations are shared', async () => {
    const tiers = [
      openTier(new Keyv5({ store: adapter(), namespace: 'n' })),
      openTier(new Keyv6({ store: adapter(), namespace: 'n' })),
      openTier(adapter('n')),
    ];
    for (const one of tiers) {
      await runAndKeep(one.fn(), 'k', 'shared');
      for (const other of tiers) expect(await outcome(other.fn(), 'k')).toBe('shared');
      await one.fn().clear();
      for (const other of tiers) expect(await outcome(other.fn(), 'k')).toBe('(cleared)');
    }
    for (const key of await client.keys('*')) expect(key).toMatch(/^n::millpond\/shop\//);
  });

  test('goes away by itself: entries after ttl and stale windows, tombstones and marks an hour after them, tokens later', async () => {
    const { tier, fn } = openTier(adapter(), { storeTtl: 48 * HOUR });
    await runAndKeep(fn(), 'k', 'value', {
      ttl: HOUR,
      staleWhileRevalidate: HOUR,
      staleIfError: 3 * HOUR,
      tags: ['t'],
    });
    await runAndKeep(fn(), 'for ever', 'value', { ttl: undefined });
    await fn().delete('gone');
    await fn().expire('gone');
    await tier.invalidateTags(['t']);
    const lives = new Map<string, number>();
    for (const key of await client.keys('*')) {
      const kind = key.split('/')[2] ?? '';
      lives.set(kind, Math.max(lives.get(kind) ?? 0, Math.ceil((await client.pTTL(key)) / HOUR)));
    }
    expect(Object.fromEntries(lives)).toEqual({ c: 96, i: 96, f: 96, t: 96, n: 96, o: 96, d: 49, x: 49, e: 48 });
    const { entry } = cacheNames('shop', '').function('getUser', 'v1').call('k');
    expect(Math.ceil((await client.pTTL(entry)) / HOUR)).toBe(4);
  });

  test('S57: nothing that others keep is touched, in the same namespace or outside of it', async () => {
    const theirs = ['user:1', 'n::user:1', 'n::millpond', 'millpond/shop2/c', 'n::millpond/shop/', 'n:*'];
    for (const key of theirs) await client.set(key, 'theirs');
    const one = openTier(new Keyv5({ store: adapter(), namespace: 'n' }), { closeInput: true });
    await runAndKeep(one.fn(), 'k', 'value', { tags: ['t'] });
    await one.fn().delete('k');
    await one.fn().clear();
    await one.tier.invalidateTags(['t', '*']);
    await one.tier.clear();
    await one.tier.close();
    for (const key of theirs) expect(await client.get(key)).toBe('theirs');
  });

  test('S54: close ends the connection of a store that is its own, and of no other', async () => {
    const [lent, given] = [adapter(), adapter()];
    for (const [store, closeInput] of [
      [lent, false],
      [given, true],
    ] as const) {
      const one = openTier(store, { closeInput });
      await runAndKeep(one.fn(), 'k', 'value');
      await one.tier.close();
    }
    expect(lent.client.isOpen).toBe(true);
    expect(given.client.isOpen).toBe(false);
  });
});

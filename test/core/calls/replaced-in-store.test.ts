import { describe, expect, test } from 'vitest';
import type { CachedData } from '@millpond/core';
import { createFaultyStore } from '@millpond/core/testing';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { gate } from '../support/gate.js';

type Load = CachedData<[id: string], string>;

const replace: Readonly<Record<string, (load: Load) => Promise<unknown>>> = {
  refresh: (load) => load.refresh('a'),
  forceFresh: (load) => load.withOptions({ forceFresh: true })('a'),
  prime: (load) => load.prime('new', 'a'),
};

describe.each(Object.entries(replace))('%s', (_, put) => {
  test.each(['read', 'write'] as const)(
    'does not let the store bring back what it has replaced where each %s of the store failed',
    async (operation) => {
      const store = createFaultyStore();
      const { cache, clock } = pond({ name: 'shop', store, logger: { warn() {} } });
      let now = 'old';
      const load = cache.cacheData(async (_id: string) => now, { name: 'load' });
      await load('a');
      await cache.flush();
      now = 'new';
      store.fail(operation);
      await put(load);
      for (let turn = 0; turn < 5; turn += 1) await settle();
      store.restore();
      expect(await load('a')).toBe('new');
      await cache.flush();
      now = 'newer';
      await clock.advance('11s');
      expect(await load('a')).toBe('newer');
      await cache.close();
    },
  );
});

describe('prime', () => {
  test('whose write a full queue drops drops what the store has as well', async () => {
    const store = createFaultyStore();
    const { cache, clock } = pond({ name: 'shop', store, logger: { warn() {} } });
    let now = 'old';
    const load = cache.cacheData(async (_id: number) => now, { name: 'load' });
    await load(-1);
    await cache.flush();
    now = 'new';
    const door = gate();
    store.delay('write', door.passed);
    for (let id = 0; id < 1100; id += 1) await load.prime('new', id);
    await load.prime('new', -1);
    await settle();
    door.open();
    await cache.flush();
    store.restore();
    now = 'newer';
    await clock.advance('11s');
    expect(await load(-1)).toBe('newer');
    await cache.close();
  });
});

import { describe, expect, test } from 'vitest';
import { createFaultyStore } from '@millpond/core/testing';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { gate } from '../support/gate.js';

describe.each(['refresh', 'forceFresh'] as const)('%s', (how) => {
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
      await (how === 'refresh' ? load.refresh('a') : load.withOptions({ forceFresh: true })('a'));
      for (let turn = 0; turn < 5; turn += 1) await settle();
      store.restore();
      await cache.flush();
      now = 'newer';
      await clock.advance('11s');
      expect(await load('a')).toBe('newer');
      await cache.close();
    },
  );
});

describe('prime', () => {
  test.each(['read', 'write'] as const)(
    'that cannot %s the store drops what the store has, so that the old value does not come back',
    async (operation) => {
      const store = createFaultyStore();
      const { cache, clock } = pond({ name: 'shop', store, logger: { warn() {} } });
      let now = 'old';
      const load = cache.cacheData(async (_id: string) => now, { name: 'load' });
      await load('a');
      await cache.flush();
      now = 'new';
      store.fail(operation);
      await load.prime('new', 'a');
      await settle();
      await settle();
      store.restore();
      expect(await load('a')).toBe('new');
      await clock.advance('11s');
      expect(await load('a')).toBe('new');
      await cache.close();
    },
  );

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

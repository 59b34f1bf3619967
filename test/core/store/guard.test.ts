import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { fakeClock } from '../../support/fake-clock.js';
import { heldStore, isEntry } from '../../support/held-store.js';
import { entryOf, openTier, outcome, runAndKeep, settled } from '../../support/stores.js';

describe('reads', () => {
  test('of one turn of the event loop are sent as one, each key once', async () => {
    const store = heldStore();
    const { fn } = openTier(store);
    await fn().lookup('first', []);
    store.asked.length = 0;
    await Promise.all(Array.from({ length: 50 }, (_, key) => fn().lookup(String(key % 25), ['users'])));
    const reads = store.asked.filter(({ kind, keys }) => kind === 'getMany' && keys.some(isEntry));
    expect(reads).toHaveLength(1);
    expect(new Set(reads[0]?.keys).size).toBe(reads[0]?.keys.length);
    expect(reads[0]?.keys.filter(isEntry)).toHaveLength(25);
  });

  test('of very many keys are sent in parts', async () => {
    const store = heldStore();
    const { fn } = openTier(store);
    await runAndKeep(fn(), '777', 'found among many');
    store.asked.length = 0;
    const all = await Promise.all(Array.from({ length: 1500 }, (_, key) => outcome(fn(), String(key))));
    expect(all.filter((answer) => answer !== '(cold)')).toEqual(['found among many']);
    expect(Math.max(...store.asked.map(({ keys }) => keys.length))).toBeLessThanOrEqual(1000);
  });

  test('S56: a store that fails to read is an event and a miss that is not stored', async () => {
    const store = heldStore();
    const { fn, told } = openTier(store);
    store.hold((kind) => kind === 'getMany');
    const looked = fn().lookup('k', []);
    const cause = new Error('wrong password');
    (await store.heldAtLeast(1))[0]?.fail(cause);
    expect(await looked).toMatchObject({ found: undefined, reason: 'store-down', begun: { storable: false } });
    expect(told('storeFailed')).toMatchObject([{ cache: 'shop', error: { code: 'ERR_MILLPOND_STORE_FAILED', cause } }]);
  });

  test('are waited for until the deadline, and no longer', async () => {
    const store = heldStore();
    const clock = fakeClock();
    const { fn, told } = openTier(store, { clock, readDeadline: 50 });
    store.hold((kind) => kind === 'getMany');
    let answer: unknown;
    void fn()
      .lookup('k', [])
      .then((found) => (answer = found));
    await store.heldAtLeast(1);
    await clock.advance(49);
    expect(answer).toBeUndefined();
    await clock.advance(1);
    expect(answer).toMatchObject({ reason: 'store-down' });
    expect(told('storeFailed')).toMatchObject([{ error: { code: 'ERR_MILLPOND_STORE_TIMEOUT' } }]);
  });

  test('of a store that answers nonsense are failures', async () => {
    for (const nonsense of [undefined, null, 'text', [], [undefined], {}]) {
      const store = { ...heldStore(), getMany: () => Promise.resolve(nonsense) };
      const { fn, told } = openTier(store);
      expect(await outcome(fn(), 'k')).toBe('(store-down)');
      expect(told('storeFailed')).toHaveLength(1);
    }
  });
});

describe('writes', () => {
  test('S56: a store that fails to write is an event, and nobody is told otherwise', async () => {
    const store = heldStore();
    const { fn, told } = openTier(store);
    const { begun } = await fn().lookup('k', []);
    store.hold((kind, key) => kind === 'set' && isEntry(key));
    const kept = fn().keep('k', begun, entryOf('value'));
    (await store.heldAtLeast(1))[0]?.fail(new Error('out of memory'));
    await kept;
    expect(told('storeFailed')).toHaveLength(1);
  });

  test('begin after the caller was answered, outside its async context', async () => {
    const requests = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const inner = heldStore();
    const note = <T>(operation: () => T): T => {
      seen.push(requests.getStore());
      return operation();
    };
    const { fn } = openTier({
      get: (key: string) => inner.get(key),
      getMany: (keys: string[]) => note(() => inner.getMany?.(keys)),
      set: (key: string, text: string) => note(() => inner.set(key, text)),
      delete: (key: string) => note(() => inner.delete(key)),
    });
    await requests.run('a request', async () => {
      const { begun } = await fn().lookup('k', []);
      let encoded = false;
      const encode = (): string => {
        encoded = true;
        seen.push(requests.getStore());
        return 'value';
      };
      const kept = fn().keep('k', begun, { ...entryOf(''), encode });
      await Promise.resolve();
      expect(encoded).toBe(false);
      await kept;
      expect(encoded).toBe(true);
      await fn().delete('k');
      await fn().clear();
      expect(requests.getStore()).toBe('a request');
    });
    expect(seen.length).toBeGreaterThan(6);
    expect(new Set(seen)).toEqual(new Set([undefined]));
  });

  test('hazard 31: what never settles holds on to no request', async () => {
    const requests = new AsyncLocalStorage<object>();
    const store = heldStore();
    const clock = fakeClock();
    const { tier, fn } = openTier(store, { clock });
    const { begun } = await fn().lookup('k', []);
    store.hold(() => true);
    const during = (work: () => Promise<unknown>): WeakRef<object> => {
      const request = { body: 'large' };
      requests.run(request, () => void work());
      return new WeakRef(request);
    };
    const held = [
      during(() => fn().lookup('another', [])),
      during(() => fn().keep('k', begun, entryOf('value'))),
      during(() => fn().delete('gone')),
      during(() => tier.invalidateTags(['t'])),
    ];
    await settled();
    await clock.advance(2000);
    expect(store.held.length).toBeGreaterThanOrEqual(4);
    globalThis.gc?.();
    expect(held.map((request) => request.deref())).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('of what was outdated meanwhile are not sent', async () => {
    const store = heldStore();
    const { tier, fn } = openTier(store);
    for (const invalidate of [
      () => fn().delete('k'),
      () => fn().clear(),
      () => tier.clear(),
      () => tier.invalidateTags(['t']),
    ]) {
      const { begun } = await fn().lookup('k', ['t']);
      expect(begun.storable).toBe(true);
      await invalidate();
      store.asked.length = 0;
      await fn().keep('k', begun, entryOf('outdated', { tags: ['t'] }));
      expect(store.asked).toEqual([]);
    }
  });

  test('of a value whose text cannot be made are told, and the older entry goes', async () => {
    const { fn, told } = openTier(heldStore());
    await runAndKeep(fn(), 'k', 'older');
    const cause = new TypeError('no');
    const encode = (): string => {
      throw cause;
    };
    await fn().keep('k', await fn().begin('k', []), { ...entryOf(''), encode });
    expect(told('notStored')).toMatchObject([{ fn: 'getUser', key: 'k', error: { cause } }]);
    expect(await outcome(fn(), 'k')).toBe('(cold)');
  });

  test('that wait are bounded: more are dropped with one event, invalidations are not', async () => {
    const store = heldStore();
    const { fn, told } = openTier(store);
    const { begun } = await fn().lookup('k', []);
    store.hold((kind, key) => kind === 'set' && isEntry(key));
    const kept = Array.from({ length: 1200 }, (_, key) => fn().keep(`k${key}`, begun, entryOf('value')));
    await store.heldAtLeast(16);
    await settled();
    expect(store.held).toHaveLength(16);
    expect(told('writesDropped')).toEqual([{ type: 'writesDropped', cache: 'shop', count: 200 }]);
    expect(await fn('another').delete('k1199')).toBe('acknowledged');
    store.releaseAll();
    await Promise.all(kept);
    expect([...store.data.keys()].filter(isEntry)).toHaveLength(1000);
  });
});

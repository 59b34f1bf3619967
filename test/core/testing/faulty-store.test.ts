import { describe, expect, test } from 'vitest';
import { createCache, type CacheEventType } from '@millpond/core';
import { createFaultyStore, createTestClock, millpondMatchers, type FaultyStore } from '@millpond/core/testing';
import { gate } from '../../support/gate.js';
import { settled, watch } from '../../support/stores.js';

expect.extend(millpondMatchers);

/** One process: a cache over a store, with a function, and the trouble that it told of. */
function processOver(store: FaultyStore) {
  const clock = createTestClock();
  const cache = createCache({ name: 'shop', store, clock, logger: { warn: () => {} } });
  const told: CacheEventType[] = [];
  for (const type of ['storeFailed', 'storeDamaged'] as const) cache.on(type, () => told.push(type));
  const load = cache.cacheData(async (id: string) => `user ${id}`, { name: 'load', version: '1' });
  return { clock, cache, told, load };
}

/** A store that holds one entry. */
async function filledStore(): Promise<FaultyStore> {
  const store = createFaultyStore();
  const { load, cache } = processOver(store);
  await load('42');
  await cache.flush();
  return store;
}

describe('a faulty store', () => {
  test('that nobody told anything is a store: two caches of one name share what it holds', async () => {
    const { load, told } = processOver(await filledStore());
    expect(await load('42')).toBe('user 42');
    expect(load).toHaveHit(1);
    expect(load).not.toHaveComputed();
    expect(told).toEqual([]);
  });

  test('is an adapter of its own: it reads one key or many, writes and deletes', async () => {
    const store = createFaultyStore();
    await store.set('a', '1');
    await store.set('b', '2');
    expect(await store.getMany(['b', 'none', 'a'])).toEqual(['2', undefined, '1']);
    expect([await store.delete('a'), await store.delete('a')]).toEqual([true, false]);
    expect([await store.get('a'), await store.get('b')]).toEqual([undefined, '2']);
    expect([...store.data]).toEqual([['b', '2']]);
  });

  test('tells what it was asked for, in order, also what has failed', async () => {
    const store = createFaultyStore();
    store.fail('write');
    const keys = ['a', 'b'];
    await store.getMany(keys);
    keys.push('c');
    await expect(store.set('a', '1')).rejects.toThrow('told to fail');
    await store.delete('a');
    expect(store.operations).toEqual([
      { operation: 'read', keys: ['a', 'b'] },
      { operation: 'write', keys: ['a'] },
      { operation: 'delete', keys: ['a'] },
    ]);
  });

  test('fails reads: calls compute, and an event tells', async () => {
    const store = await filledStore();
    const { load, told } = processOver(store);
    store.fail('read');
    expect(await load('42')).toBe('user 42');
    expect(load).toHaveComputedOnce();
    expect(told).toEqual(['storeFailed']);
  });

  test('fails writes and deletes, which then change nothing', async () => {
    const store = createFaultyStore();
    await store.set('a', '1');
    store.fail('write', 'anything');
    store.fail('delete');
    await expect(store.set('a', '2')).rejects.toBe('anything');
    await expect(store.delete('a')).rejects.toThrow('The store was told to fail (delete).');
    expect(await store.get('a')).toBe('1');
  });

  test('fails everything with the error that it is given', async () => {
    const store = createFaultyStore();
    const error = new Error('ECONNREFUSED');
    store.fail('all', error);
    for (const asked of [store.get('a'), store.getMany(['a']), store.set('a', '1'), store.delete('a')]) {
      await expect(asked).rejects.toBe(error);
    }
    expect(store.data.size).toBe(0);
  });

  test('hangs: a call waits for its deadline and computes; what hangs stays so for ever', async () => {
    const store = await filledStore();
    const { load, told, clock } = processOver(store);
    store.hang('read');
    const answer = load('42');
    const state = watch(answer);
    await clock.advance(49);
    expect(state.settled).toBe(false);
    await clock.advance(1);
    expect(await answer).toBe('user 42');
    expect(load).toHaveComputedOnce();
    expect(told).toEqual(['storeFailed']);
    const lost = watch(store.set('a', '1'));
    store.hang('write');
    const hung = watch(store.set('b', '1'));
    store.restore();
    await settled();
    expect([lost.settled, hung.settled, store.data.has('a'), store.data.has('b')]).toEqual([true, false, true, false]);
  });

  test('delays: the work is done when the gate opens, though it was restored meanwhile', async () => {
    const store = createFaultyStore();
    const door = gate();
    store.delay('write', door.opened);
    const late = watch(store.set('a', 'late'));
    store.restore();
    await store.set('a', 'early');
    await settled();
    expect([late.settled, store.data.get('a')]).toEqual([false, 'early']);
    door.open();
    await settled();
    expect([late.settled, store.data.get('a')]).toEqual([true, 'late']);
  });

  test('delays: a gate that rejects fails what waited for it', async () => {
    const store = createFaultyStore();
    const error = new Error('cut off');
    store.delay('all', Promise.reject(error));
    await expect(store.set('a', '1')).rejects.toBe(error);
    await expect(store.get('a')).rejects.toBe(error);
    expect(store.data.size).toBe(0);
  });

  test('has one fault an operation, the last that was set', async () => {
    const store = createFaultyStore();
    store.hang('all');
    store.fail('read');
    store.delay('write', Promise.resolve());
    await expect(store.get('a')).rejects.toThrow('told to fail');
    await store.set('a', '1');
    const hung = watch(store.delete('a'));
    await settled();
    expect([hung.settled, store.data.size]).toEqual([false, 1]);
  });

  test('works again when it is restored', async () => {
    const store = createFaultyStore();
    store.fail('all');
    store.restore();
    await store.set('a', '1');
    expect(await store.getMany(['a'])).toEqual(['1']);
  });

  test('damages everything: what it holds is a miss, which is told, and the next call mends it', async () => {
    const store = await filledStore();
    const { load, told, cache } = processOver(store);
    store.damage();
    expect(await load('42')).toBe('user 42');
    expect(load).toHaveComputedOnce();
    expect(told).toEqual(['storeDamaged']);
    await cache.flush();
    const next = processOver(store);
    await next.load('42');
    expect(next.load).toHaveHit(1);
  });

  test('damages one key and no other, and refuses one that it does not hold', async () => {
    const store = createFaultyStore();
    await store.set('a', 'whole');
    await store.set('b', 'whole');
    store.damage('a');
    expect([...store.data]).toEqual([
      ['a', 'wh'],
      ['b', 'whole'],
    ]);
    expect(() => store.damage('c')).toThrow('damage: option `key` is "c"');
  });

  test('refuses an operation that does not exist', () => {
    const store = createFaultyStore();
    const wrong = 'getMany' as 'read';
    expect(() => store.fail(wrong)).toThrow('fail: option `operation` is "getMany"');
    expect(() => store.hang(wrong)).toThrow('hang: option `operation`');
    expect(() => store.delay(wrong, Promise.resolve())).toThrow('delay: option `operation`');
  });

  test('keeps invalidations pending while writes fail, and takes them when it is restored', async () => {
    const store = await filledStore();
    const { cache, load, clock } = processOver(store);
    store.fail('write');
    expect(await load.delete('42')).toEqual({ store: 'pending' });
    store.restore();
    await cache.flush();
    await clock.advance('1m');
    const other = processOver(store);
    await other.load('42');
    expect(other.load).toHaveComputedOnce();
  });
});

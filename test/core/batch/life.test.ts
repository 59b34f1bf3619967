import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createCache, currentSignal } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf, gate, until } from '../support/gate.js';
import { GatedStore } from '../support/gated-store.js';
import { idsUpTo, Table, usersOf } from './support/users.js';

describe('an invalidation while a load is under way', () => {
  test('S68: of one id outdates that one: its callers get the row, the next one loads it anew', async () => {
    const table = new Table();
    const door = table.hold();
    const user = usersOf(pond().cache, table);
    const first = user.many(['a', 'b']);
    await settle();
    await user.delete('a');
    table.version = 2;
    const second = user.many(['a', 'b']);
    await settle();
    door.open();
    expect((await first).map((row) => row?.version)).toEqual([1, 1]);
    expect((await second).map((row) => row?.version)).toEqual([2, 1]);
    expect(table.loads).toEqual([['a', 'b'], ['a']]);
    expect([user.peek('a')?.version, user.peek('b')?.version]).toEqual([2, 1]);
  });

  test('S67: of all ids outdates all of them', async () => {
    const table = new Table();
    const door = table.hold();
    const user = usersOf(pond().cache, table);
    const first = user.many(['a', 'b']);
    await settle();
    await user.clear();
    door.open();
    await first;
    expect(user.stats().entries).toBe(0);
  });

  test('S110: by tag outdates the rows that carry it', async () => {
    const { cache } = pond();
    const table = new Table();
    const door = table.hold();
    const user = usersOf(cache, table, { tags: (_row, id) => [`user:${id}`] });
    const first = user.many(['a', 'b']);
    await settle();
    await cache.invalidateTags('user:a');
    door.open();
    await first;
    expect([user.has('a'), user.has('b')]).toEqual([false, true]);
  });

  test('before the load begins costs no second one, and the row is kept', async () => {
    const table = new Table();
    const user = usersOf(pond().cache, table);
    const first = user('a');
    void user.delete('a');
    const second = user('a');
    expect(await Promise.all([first, second])).toEqual([
      { id: 'a', version: 1 },
      { id: 'a', version: 1 },
    ]);
    expect(table.loads).toEqual([['a']]);
    expect(user.has('a')).toBe(true);
  });
});

describe('refresh', () => {
  test('loads now, together with what else is loaded in its turn', async () => {
    const table = new Table();
    const user = usersOf(pond().cache, table);
    await user.many(['a', 'b']);
    table.version = 2;
    const rows = await Promise.all([user.refresh('a'), user('b'), user('c'), user.refresh('c')]);
    expect(rows.map((row) => row?.version)).toEqual([2, 1, 2, 2]);
    expect(table.loads[1]).toEqual(['a', 'c']);
  });

  test('that fails leaves the old row', async () => {
    const table = new Table();
    const user = usersOf(pond().cache, table);
    await user('a');
    table.failure = new Error('down');
    expect(await failureOf(user.refresh('a'))).toBe(table.failure);
    expect(await user('a')).toEqual({ id: 'a', version: 1 });
  });

  test('S83: behind stale rows is one load, and takes one place among the refreshes of the cache', async () => {
    const { cache, clock } = pond({ refreshLimit: 1 });
    const table = new Table();
    const user = usersOf(cache, table, { ttl: '1m', staleWhileRevalidate: '1h' });
    const ids = idsUpTo(50);
    await user.many(ids);
    await clock.advance('2m');
    table.version = 2;
    const door = table.hold();
    expect((await user.many([...ids, ...ids])).every((row) => row?.version === 1)).toBe(true);
    await settle();
    expect(table.loads.slice(1)).toEqual([ids]);
    door.open();
    await until(() => user.peek('0')?.version === 2);
    expect((await user.many(ids)).every((row) => row?.version === 2)).toBe(true);
    expect(table.loads).toHaveLength(2);
  });

  test('S84: that failed behind stale rows is tried again after the cooldown', async () => {
    const { cache, clock } = pond();
    const table = new Table();
    const user = usersOf(cache, table, { ttl: '1m', staleWhileRevalidate: '1h' });
    await user.many(['a', 'b']);
    await clock.advance('2m');
    table.failure = new Error('down');
    await user.many(['a', 'b']);
    await settle();
    await user.many(['a', 'b']);
    await settle();
    expect(table.loads).toHaveLength(2);
    await clock.advance('61s');
    await user.many(['a', 'b']);
    await settle();
    expect(table.loads).toHaveLength(3);
  });
});

test('hazard 16: of two loads of an id, the row of the one that began later stays, whichever ends first', async () => {
  const store = new GatedStore();
  const { cache } = pond({ name: 'shop', store });
  const table = new Table();
  const user = usersOf(cache, table, { tags: (_row, id) => (id === 'x' ? ['x'] : []) });
  // A row whose tag is known from the store alone: judging it takes a second read.
  const before = pond({ name: 'shop', store }).cache;
  await usersOf(before, table, { tags: (_row, id) => (id === 'x' ? ['x'] : []) })('x');
  await before.flush();
  await before.invalidateTags('x');
  const slow = store.hold(({ kind, key }) => kind === 'get' && key.includes('/t/'));
  const early = user.many(['a', 'x']);
  await until(() => slow.held.length > 0);
  // The first load waits for x. Meanwhile a second one begins, and is slow.
  const door = table.hold();
  const refreshed = user.refresh('a');
  await until(() => table.loads.length === 2);
  table.version = 2;
  table.door = undefined;
  await slow.release();
  expect((await early).map((row) => row?.version)).toEqual([2, 2]);
  expect(table.loads).toEqual([['x'], ['a'], ['a', 'x']]);
  door.open();
  expect((await refreshed)?.version).toBe(1);
  expect(user.peek('a')?.version).toBe(2);
});

describe('a caller who leaves', () => {
  const leave = new Error('too slow for me');

  test('S66: is the only one who is let go, and the row is kept', async () => {
    const table = new Table();
    const door = table.hold();
    const user = usersOf(pond().cache, table);
    const hurried = new AbortController();
    const left = failureOf(user.withOptions({ signal: hurried.signal }).many(['a', 'b']));
    const stays = user('b');
    await settle();
    hurried.abort(leave);
    expect(await left).toBe(leave);
    door.open();
    await stays;
    await settle();
    expect([user.has('a'), user.has('b')]).toEqual([true, true]);
    expect(table.loads).toEqual([['a', 'b']]);
  });

  test('aborts the load when it was the last one of all ids, and then nothing is kept', async () => {
    const door = gate();
    const signals: (AbortSignal | undefined)[] = [];
    const load = pond().cache.cacheBatch(async (ids: readonly string[]) => {
      signals.push(currentSignal());
      await door.passed;
      return [...ids];
    });
    const [first, second] = [new AbortController(), new AbortController()];
    const calls = [
      failureOf(load.withOptions({ signal: first.signal })('a')),
      failureOf(load.withOptions({ signal: second.signal })('b')),
    ];
    await settle();
    first.abort(leave);
    await settle();
    expect(signals.map((signal) => signal?.aborted)).toEqual([false]);
    second.abort(leave);
    await Promise.all(calls);
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
    door.open();
    await settle();
    expect(load.stats().entries).toBe(0);
  });

  test('before the load begins does not keep later ones of the turn from their rows', async () => {
    const load = pond().cache.cacheBatch(async (ids: readonly string[]) => {
      currentSignal()?.throwIfAborted();
      return [...ids];
    });
    const hurried = new AbortController();
    const left = failureOf(load.withOptions({ signal: hurried.signal })('a'));
    hurried.abort(leave);
    expect(await left).toBe(leave);
    expect(await load('b')).toBe('b');
  });

  test('before the load begins, and nobody else asks, makes it begin with an aborted signal', async () => {
    let aborted: boolean | undefined;
    const load = pond().cache.cacheBatch(async (ids: readonly string[]) => {
      aborted = currentSignal()?.aborted;
      return [...ids];
    });
    const hurried = new AbortController();
    const left = failureOf(load.withOptions({ signal: hurried.signal })('a'));
    hurried.abort(leave);
    await left;
    await until(() => aborted !== undefined);
    expect(aborted).toBe(true);
  });
});

test('hazard 22: a load sees the async context of none of its callers', async () => {
  const request = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const load = pond().cache.cacheBatch(async (ids: readonly string[]) => {
    seen.push(request.getStore());
    await settle();
    seen.push(request.getStore());
    return [...ids];
  });
  await Promise.all([request.run('first', () => load('a')), request.run('second', () => load('b'))]);
  expect(seen).toEqual([undefined, undefined]);
});

test('a run that holds its id for too long leaves it to the next load', async () => {
  const { cache, clock } = pond();
  const table = new Table();
  table.hold();
  const user = usersOf(cache, table, { flightTimeout: '1s' });
  void user.many(['a', 'b']);
  await clock.advance('2s');
  table.door = undefined;
  expect((await user('a'))?.id).toBe('a');
  expect(table.loads).toEqual([['a', 'b'], ['a']]);
});

describe('under the fake timers of a test runner', () => {
  afterEach(() => void vi.useRealTimers());

  test('loads begin all the same', async () => {
    vi.useFakeTimers();
    const load = createCache().cacheBatch(async (ids: readonly string[]) => [...ids]);
    expect(await load.many(['a', 'b'])).toEqual(['a', 'b']);
  });
});

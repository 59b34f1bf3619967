import { channel } from 'node:diagnostics_channel';
import { expect, test } from 'vitest';
import type { CallOutcome } from '@millpond/core';
import { pond, record } from '../support/cache.js';
import { failureOf, gate } from '../support/gate.js';

test('a result that `when` refuses is handed out and not kept', async () => {
  const { cache } = pond();
  let calls = 0;
  const asked: unknown[] = [];
  const load = cache.cacheData(async (id: string) => ({ id, run: ++calls }), {
    when: (value, id) => asked.push([value.run, id]) > 1,
  });
  expect([await load('a'), await load('a'), await load('a')]).toEqual([
    { id: 'a', run: 1 },
    { id: 'a', run: 2 },
    { id: 'a', run: 2 },
  ]);
  expect(asked).toEqual([
    [1, 'a'],
    [2, 'a'],
  ]);
});

test('tags may follow from the result and the arguments, and dropping one leaves the others', async () => {
  const { cache } = pond();
  let calls = 0;
  const load = cache.cacheData(async (id: string) => ({ owner: id.slice(0, 1), run: ++calls }), {
    tags: ({ owner }, id) => [`owner:${owner}`, `id:${id}`],
  });
  for (const id of ['a1', 'a2', 'b1']) await load(id);
  await cache.invalidateTags('owner:a', 'id:none');
  expect([load.has('a1'), load.has('a2'), load.has('b1')]).toEqual([false, false, true]);
  await load('a1');
  await cache.invalidateTags('id:a1');
  expect([load.has('a1'), load.has('b1')]).toEqual([false, true]);
  expect(calls).toBe(4);
});

test('events tell how each call was answered, with the function, the key and the age', async () => {
  const { cache, clock } = pond({ name: 'shop' });
  const heard = record(cache, 'hit', 'miss', 'join', 'computed', 'failed', 'removed', 'cleared', 'tagsInvalidated');
  const door = gate();
  const error = new Error('no');
  const load = cache.cacheData(
    async (id: string) => {
      if (id === 'bad') throw error;
      await door.passed;
      return id;
    },
    { name: 'load', ttl: '1m' },
  );
  const both = [load('a'), load('a')];
  door.open();
  await Promise.all(both);
  await clock.advance(1000);
  await load('a');
  await failureOf(load('bad'));
  await load.delete('a');
  await load.clear();
  await cache.clear();
  await cache.invalidateTags('users');
  const key = load.keyOf('a');
  const bad = load.keyOf('bad');
  const call = { cache: 'shop', fn: 'load' };
  expect(heard).toEqual(
    expect.arrayContaining([
      { ...call, type: 'miss', key, reason: 'cold' },
      { ...call, type: 'join', key },
      { ...call, type: 'computed', key, duration: 0, kept: true },
      { ...call, type: 'hit', key, tier: 'memory', age: 1000 },
      { ...call, type: 'failed', key: bad, duration: 0, error },
      { ...call, type: 'removed', key, reason: 'delete' },
      { ...call, type: 'cleared' },
      { cache: 'shop', type: 'cleared', fn: undefined },
      { cache: 'shop', type: 'tagsInvalidated', tags: ['users'] },
    ]),
  );
  expect(load.stats()).toMatchObject({ name: 'load', hits: 1, misses: 2, joins: 1, errors: 1, entries: 0 });
});

test('a listener that throws disturbs nobody, and one that was taken off hears no more', async () => {
  const { cache } = pond();
  const warnings: string[] = [];
  const hear = (warning: Error): void => void warnings.push(warning.message);
  process.on('warning', hear);
  const heard: string[] = [];
  const off = cache.on('miss', () => {
    throw new Error('a listener of the test throws');
  });
  cache.on('miss', ({ key }) => heard.push(key));
  const load = cache.cacheData(async (id: string) => id);
  expect(await load('a')).toBe('a');
  off();
  off();
  expect(await load('b')).toBe('b');
  expect(heard).toEqual([load.keyOf('a'), load.keyOf('b')]);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', hear);
  expect(warnings.filter((text) => text.includes('listener of the test'))).toHaveLength(1);
});

test('events are published on diagnostics channels', async () => {
  const { cache } = pond({ name: 'published' });
  const heard: unknown[] = [];
  const listener = (message: unknown): void => void heard.push(message);
  const hits = channel('millpond:hit');
  hits.subscribe(listener);
  const load = cache.cacheData(async () => 1, { name: 'load' });
  await load();
  await load();
  hits.unsubscribe(listener);
  await load();
  expect(heard).toEqual([{ type: 'hit', cache: 'published', fn: 'load', key: load.keyOf(), tier: 'memory', age: 0 }]);
});

test('`observe` hears how its own call was answered, and of no other', async () => {
  const { cache } = pond();
  const load = cache.cacheData(async (id: string) => id);
  const pool = cache.cacheResource(async (id: string) => ({ id }));
  for (const fn of [load, pool]) {
    const mine: CallOutcome[] = [];
    const observed = fn.withOptions({ observe: (outcome) => mine.push(outcome) });
    await Promise.all([observed('a'), fn('b'), observed('a')]);
    await observed('b');
    expect(mine.map(({ type }) => type).toSorted()).toEqual(['hit', 'join', 'miss']);
  }
});

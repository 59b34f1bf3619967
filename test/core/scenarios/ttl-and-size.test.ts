import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createCache, type DataOptions } from '@millpond/core';
import { pond, record } from '../support/cache.js';
import { gate } from '../support/gate.js';

const DAY = 24 * 60 * 60 * 1000;

/** A cached function that answers with the number of its run, on a clock of its own. */
function counting(options: DataOptions<[id?: string], number>) {
  const { cache, clock } = pond();
  let calls = 0;
  const load = cache.cacheData(async (_id?: string) => ++calls, options);
  return { cache, clock, load };
}

test('S43: a value lives for its ttl from its own write, and other functions are not touched', async () => {
  const { cache, clock } = pond();
  let calls = 0;
  const one = cache.cacheData(async (_id: string) => ++calls, { ttl: '1d' });
  const two = cache.cacheData(async (_id: string) => ++calls, { ttl: '2d' });
  expect([await one('a'), await two('a')]).toEqual([1, 2]);
  await clock.advance(DAY / 2);
  expect([await one('a'), await two('a')]).toEqual([1, 2]);
  expect(await one('b')).toBe(3);
  await clock.advance(DAY * 0.75);
  expect([await one('a'), await two('a'), await one('b')]).toEqual([4, 2, 3]);
  await clock.advance(DAY / 2);
  expect([await one('a'), await two('a'), await one('b')]).toEqual([4, 2, 5]);
});

test('S44: a value is a hit until its ttl and gone at it, and reads do not lengthen its life', async () => {
  const { clock, load } = counting({ ttl: 1000 });
  expect(await load()).toBe(1);
  for (let at = 0; at < 999; at += 333) {
    expect(await load()).toBe(1);
    await clock.advance(333);
  }
  await clock.advance(0.5);
  expect([await load(), load.has(), load.peek()]).toEqual([1, true, 1]);
  await clock.advance(0.5);
  expect([load.has(), load.peek()]).toEqual([false, undefined]);
  expect(await load()).toBe(2);
});

test('S45: the ttl counts from the end of the computation', async () => {
  const { cache, clock } = pond();
  const door = gate();
  let calls = 0;
  const slow = cache.cacheData(
    async () => {
      calls += 1;
      await door.passed;
      return calls;
    },
    { ttl: '10s' },
  );
  const first = slow();
  await clock.advance(30_000);
  door.open();
  expect(await first).toBe(1);
  await clock.advance(9_999);
  expect(await slow()).toBe(1);
  await clock.advance(1);
  expect(await slow()).toBe(2);
});

test.each<[string, number]>([
  ['1d', DAY],
  ['1d23h', 47 * 3_600_000],
  ['1 day 23hr 45minutes', (47 * 60 + 45) * 60_000],
  ['1.5d23.5h', 1.5 * DAY + 23.5 * 3_600_000],
  ['1d 2h', 26 * 3_600_000],
  ['250ms', 250],
  ['10m', 600_000],
  ['2 weeks', 14 * DAY],
])('S46: a ttl of %s lasts exactly so long', async (ttl, ms) => {
  const { clock, load } = counting({ ttl });
  await load();
  await clock.advance(ms - 1);
  expect(await load()).toBe(1);
  await clock.advance(1);
  expect(await load()).toBe(2);
});

test.each(['30', 'P1M', '1M', '1 month', '1y', 'soon', '1h30', '-1h'])('S46: a ttl of %s is refused', (ttl) => {
  expect(() => counting({ ttl })).toThrow(expect.objectContaining({ code: 'ERR_MILLPOND_INVALID_OPTION' }));
});

test('S47: without a ttl a value never expires', async () => {
  const { clock, load } = counting({});
  await load();
  await clock.advance(3653 * DAY);
  expect(await load()).toBe(1);
});

test('the ttl may follow from the value and the arguments, and the cache may have one for all', async () => {
  const { cache, clock } = pond({ ttl: '1s' });
  let calls = 0;
  const own = cache.cacheData(async (id: string) => `${id}${++calls}`, {
    ttl: (value, id) => (value === 'a1' && id === 'a' ? '3s' : '2s'),
  });
  const general = cache.cacheData(async () => ++calls);
  expect([await own('a'), await own('b'), await general()]).toEqual(['a1', 'b2', 3]);
  await clock.advance(1000);
  expect([await own('a'), await own('b'), await general()]).toEqual(['a1', 'b2', 4]);
  await clock.advance(1000);
  expect([own.has('a'), own.has('b')]).toEqual([true, false]);
  await clock.advance(1000);
  expect(own.has('a')).toBe(false);
});

test('S48: in a full function what was used lately stays', async () => {
  const { cache } = pond();
  const computed: number[] = [];
  const load = cache.cacheData(
    async (n: number) => {
      computed.push(n);
      return n;
    },
    { maxEntries: 2 },
  );
  for (const n of [1, 2, 1, 3, 1, 2]) await load(n);
  expect(computed).toEqual([1, 2, 3, 2]);
  expect(load.stats().entries).toBe(2);
});

test('S49: an expired entry goes before a living one', async () => {
  const { cache, clock } = pond();
  const computed: string[] = [];
  const load = cache.cacheData(
    async (id: string) => {
      computed.push(id);
      return id;
    },
    { maxEntries: 2, ttl: (id) => (id === 'short' ? '1s' : '1d') },
  );
  await load('long');
  await load('short');
  await load('short');
  await clock.advance(1000);
  await load('new');
  await load('long');
  expect(computed).toEqual(['long', 'short', 'new']);
});

test('S50: replacing an entry of a full function drops no other', async () => {
  const { cache } = pond();
  const computed: number[] = [];
  const load = cache.cacheData(
    async (n: number) => {
      computed.push(n);
      return n;
    },
    { maxEntries: 2 },
  );
  const removed = record(cache, 'removed');
  await load(1);
  await load(2);
  await load.refresh(1);
  await load.refresh(2);
  await load(1);
  await load(2);
  expect(computed).toEqual([1, 2, 1, 2]);
  expect(removed).not.toContainEqual(expect.objectContaining({ reason: 'evict' }));
});

test('the bytes of a function and of the cache are bounded, and stats tell them', async () => {
  const text = (id: number): string => String(id).padEnd(10_000, 'x');
  const { cache } = pond({ maxBytes: 200_000 });
  const own = cache.cacheData(async (id: number) => text(id), { maxBytes: 50_000 });
  const general = cache.cacheData(async (id: number) => text(id));
  const evicted = record(cache, 'removed');
  for (let id = 0; id < 100; id += 1) {
    expect(await own(id)).toBe(text(id));
    expect(await general(id)).toBe(text(id));
    expect(own.stats().bytes).toBeLessThanOrEqual(50_000);
    expect(cache.stats().bytes).toBeLessThanOrEqual(200_000);
  }
  expect(own.stats().entries).toBeGreaterThan(0);
  expect(general.has(99)).toBe(true);
  expect(evicted).toContainEqual(expect.objectContaining({ reason: 'evict' }));
});

test('S51: expired entries are given back though nobody asks for them', async () => {
  const { cache, clock } = pond();
  const load = cache.cacheData(async (id: number) => ({ id }), { ttl: '1m' });
  for (let id = 0; id < 100; id += 1) await load(id);
  const removed = record(cache, 'removed');
  expect(cache.stats().entries).toBe(100);
  await clock.advance(5 * 60_000);
  expect(removed).toHaveLength(100);
  expect(removed[0]).toMatchObject({ type: 'removed', reason: 'expire', fn: load.stats().name });
  expect(cache.stats()).toMatchObject({ entries: 0, bytes: 0 });
  expect(clock.pending).toBe(0);
});

test('S51: nothing of a cache keeps the process alive', async () => {
  const script = `
    import { createCache } from '@millpond/core';
    const cache = createCache({ name: 'shop', store: new Map() });
    const load = cache.cacheData(async (id) => ({ id }), { ttl: '1h' });
    const pool = cache.cacheResource(async () => ({}), { ttl: '1h' });
    await Promise.all([load(1), pool()]);
    await load.delete(1);
    await pool.refresh();
    console.log('done');`;
  const cwd = fileURLToPath(new URL('../../..', import.meta.url));
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd, timeout: 20_000 });
  expect(stdout).toBe('done\n');
});

test('a cache that is not enabled computes every call and keeps nothing', async () => {
  let calls = 0;
  const cache = createCache({ enabled: false });
  const load = cache.cacheData(async () => ++calls);
  const sync = cache.cacheDataSync(() => ++calls);
  expect([await load(), await load(), sync(), sync()]).toEqual([1, 2, 3, 4]);
  expect(cache.stats()).toMatchObject({ entries: 0, bytes: 0 });
});

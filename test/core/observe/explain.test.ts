import { describe, expect, test } from 'vitest';
import type { CacheEventType } from '@millpond/core';
import { pond, record } from '../support/cache.js';
import { failureOf, gate, until } from '../support/gate.js';

const MINUTE = 60_000;

describe('explain tells what the key is made of', () => {
  test('each argument by its text, with those that are ignored or left out', async () => {
    const { cache } = pond({ name: 'shop', version: '7' });
    const find = cache.cacheData(async (..._args: unknown[]) => 1, { name: 'find', version: 'v1', ignoreArgs: [1] });
    const { key, fn } = await find.explain({ a: 1 }, () => {}, 'x', undefined);
    expect(fn).toBe('find');
    expect(key).toEqual({
      text: find.keyOf({ a: 1 }, () => {}, 'x'),
      parts: [
        { of: 'args[0]', text: '{s1:an1;}' },
        { of: 'args[1]', text: undefined },
        { of: 'args[2]', text: 's1:x' },
        { of: 'args[3]', text: undefined },
      ],
      name: 'find',
      version: 'v1',
      cache: { name: 'shop', version: '7' },
      inputs: [],
      variants: 0,
    });
    // The parts are those of the text.
    expect(key.text).toBe('({s1:an1;}*s1:x)');
  });

  test('the answer of the option `key` instead of the arguments', async () => {
    const { cache } = pond();
    const find = cache.cacheData(async (user: { id: number; socket: () => void }) => user.id, { key: ({ id }) => id });
    const { key } = await find.explain({ id: 42, socket: () => {} });
    expect(key.parts).toEqual([{ of: 'key(...)', text: 'n42;' }]);
  });

  test('`this`, where it counts and where it does not', async () => {
    const { cache } = pond();
    class Users {
      readonly table = 'users';
      reads = cache.cacheData(async function (this: Users, id: string) {
        return this.table + id;
      });
      plain = cache.cacheData(async (id: string) => id);
    }
    const users = new Users();
    expect((await users.reads.explain.call(users, '1')).key.parts[0]).toEqual({
      of: 'this',
      text: expect.stringMatching(/^@o\d+;$/),
    });
    expect((await users.plain.explain.call(users, '1')).key.parts[0]).toEqual({ of: 'this', text: undefined });
    expect((await users.plain.explain('1')).key.parts).toHaveLength(1);
  });

  test('long ones by their digest, and the code of the function by its fingerprint', async () => {
    const { cache } = pond();
    const find = cache.cacheData(async function find(text: string) {
      return text;
    });
    const { key } = await find.explain('x'.repeat(500));
    expect(key.parts[0]?.text).toMatch(/^digest:/);
    expect(key.name).toBe(`find@${key.version}`);
  });

  test('and refuses arguments that have none as a call does', async () => {
    const { cache } = pond();
    const find = cache.cacheData(async (fn: () => void): Promise<unknown> => fn);
    const pool = cache.cacheResource(async (fn: () => void) => ({ fn }));
    const sum = cache.cacheDataSync((fn: () => void): unknown => fn);
    const code = 'ERR_MILLPOND_UNHASHABLE_ARGUMENT';
    for (const { explain } of [find, pool]) expect(await failureOf(explain(() => {}))).toMatchObject({ code });
    expect(() => sum.explain(() => {})).toThrow(expect.objectContaining({ code }));
  });
});

describe('explain tells what memory holds', () => {
  test('nothing; a value through all of its windows; and why it is gone', async () => {
    const { cache, clock } = pond();
    const load = cache.cacheData(
      async () => {
        await clock.advance(25);
        return 'value';
      },
      { ttl: '1m', staleWhileRevalidate: '1m', staleIfError: '3m', tags: ['t', 'u'] },
    );
    expect(await load.explain()).toMatchObject({ memory: { state: 'none', gone: undefined }, next: 'miss' });
    await load();
    await clock.advance(10_000);
    expect(await load.explain()).toMatchObject({
      next: 'hit',
      lastMiss: 'cold',
      store: undefined,
      run: undefined,
      memory: {
        state: 'fresh',
        age: 10_000,
        computeMs: 25,
        freshFor: 50_000,
        staleWhileRevalidateFor: 110_000,
        staleIfErrorFor: 230_000,
        tags: ['t', 'u'],
        invalidated: [],
        trustedFor: undefined,
        noRefreshFor: 0,
        usedLately: false,
      },
    });
    await clock.advance(MINUTE);
    expect(await load.explain()).toMatchObject({ next: 'stale', memory: { state: 'stale', freshFor: 0 } });
    await clock.advance(MINUTE);
    expect(await load.explain()).toMatchObject({
      next: 'miss',
      memory: { state: 'fallback', staleIfErrorFor: 110_000 },
    });
    await cache.invalidateTags('u');
    expect(await load.explain()).toMatchObject({ next: 'miss', memory: { state: 'invalidated', invalidated: ['u'] } });
    await load();
    await load.delete();
    expect(await load.explain()).toMatchObject({ memory: { state: 'none', gone: 'deleted' }, lastMiss: 'tag' });
  });

  test('a value that never expires has no end, and one that was used stays longer', async () => {
    const { cache } = pond();
    const load = cache.cacheData(async () => 'value');
    await load();
    await load();
    expect((await load.explain()).memory).toMatchObject({
      freshFor: undefined,
      staleWhileRevalidateFor: undefined,
      staleIfErrorFor: undefined,
      usedLately: true,
    });
  });

  test('that no refresh is tried for a while, because the last one failed', async () => {
    const { cache, clock } = pond({ refreshCooldown: '30s' });
    let fails = false;
    const load = cache.cacheData(
      async () => {
        if (fails) throw new Error('down');
        return 1;
      },
      { ttl: '1m', staleWhileRevalidate: '1h' },
    );
    await load();
    fails = true;
    await clock.advance(MINUTE);
    await load();
    await until(() => load.stats().errors === 1);
    await clock.advance(10_000);
    expect((await load.explain()).memory).toMatchObject({ state: 'stale', noRefreshFor: 20_000 });
  });
});

describe('explain tells of a run under way', () => {
  test('since when, for how many, and whether a call would join it', async () => {
    const { cache, clock } = pond();
    const door = gate();
    const load = cache.cacheData(async (id: string) => (await door.passed, id), { tags: ['t'], flightTimeout: '1m' });
    const all = [load('a'), load('a'), load('a')];
    await clock.advance(500);
    expect(await load.explain('a')).toMatchObject({
      next: 'join',
      run: { age: 500, phase: 'function', waiting: 3, joinable: true },
    });
    expect((await load.explain('b')).run).toBeUndefined();
    await cache.invalidateTags('t');
    expect(await load.explain('a')).toMatchObject({ next: 'miss', run: { joinable: false } });
    door.open();
    await Promise.all(all);
    expect((await load.explain('a')).run).toBeUndefined();
  });

  test('that holds its key no longer, and leaves it where it is', async () => {
    const { cache, clock } = pond();
    const abandoned = record(cache, 'abandoned');
    const load = cache.cacheData(() => new Promise<never>(() => {}), { flightTimeout: '1m' });
    void load();
    await clock.advance(MINUTE);
    for (let time = 0; time < 2; time += 1)
      expect(await load.explain()).toMatchObject({ next: 'miss', run: { joinable: false } });
    expect(abandoned).toEqual([]);
  });

  test('of a synchronous function from inside it, and of a resource', async () => {
    const { cache, clock } = pond();
    const seen: unknown[] = [];
    const outer = cache.cacheDataSync((id: string): string => {
      seen.push(outer.explain(id).run);
      return id;
    });
    outer('a');
    expect(seen).toEqual([{ age: 0, phase: 'function', waiting: 1, joinable: false }]);
    expect(outer.explain('a')).toMatchObject({ next: 'hit', run: undefined, memory: { state: 'fresh' } });
    const door = gate();
    const pool = cache.cacheResource(async () => (await door.passed, {}), { ttl: '1m' });
    const built = pool();
    await clock.advance(20);
    expect(await pool.explain()).toMatchObject({ next: 'join', run: { age: 20, waiting: 1, joinable: true } });
    door.open();
    await built;
    expect(await pool.explain()).toMatchObject({ next: 'hit', memory: { state: 'fresh', computeMs: 20, tags: [] } });
    await clock.advance(MINUTE);
    expect(await pool.explain()).toMatchObject({ next: 'miss', memory: { state: 'none', gone: 'expired' } });
  });
});

test('explain changes, counts and tells nothing', async () => {
  const { cache, clock } = pond();
  const all: CacheEventType[] = ['hit', 'miss', 'join', 'stale', 'computed', 'removed', 'deleted', 'refreshSkipped'];
  const heard = record(cache, ...all);
  let calls = 0;
  const load = cache.cacheData(async (_id: string) => ++calls, { ttl: '1m', staleWhileRevalidate: '1m', tags: ['t'] });
  await load('a');
  const [stats, told] = [load.stats(), heard.length];
  await load.explain('b');
  await load.explain('a');
  await clock.advance(MINUTE);
  await load.explain('a');
  await cache.invalidateTags('t');
  await load.explain('a');
  expect({ calls, stats: load.stats(), told: heard.length }).toEqual({ calls: 1, stats, told });
});

test('a failure that is kept is told, and that it is what a call now gets', async () => {
  const { cache, clock } = pond({ name: 'shop' });
  const error = new Error('down');
  const state = { fails: true };
  const fn = (): string => {
    if (state.fails) throw error;
    return 'old';
  };
  const options = { ttl: '1m', errorTtl: '10s' } as const;
  const all = [
    cache.cacheData(async () => fn(), options),
    cache.cacheDataSync(fn, options),
    cache.cacheData(async () => fn(), { ...options, store: new Map(), name: 'stored', staleIfError: '1h' }),
  ];
  for (const load of all) {
    expect(await failureOf((async () => load())())).toBe(error);
    await clock.advance(4000);
    const { next, failure, summary } = await load.explain();
    expect({ next, failure }).toEqual({ next: 'hit', failure: { error, age: 4000, keptFor: 6000 } });
    expect(summary).toContain('A failure is kept, 4 s old, for 6 s more.');
    await clock.advance(6000);
    expect(await load.explain()).toMatchObject({ next: 'miss', failure: undefined });
  }
  const windowed = cache.cacheData(async () => fn(), { ...options, staleIfError: '1h' });
  state.fails = false;
  await windowed();
  await clock.advance('2m');
  state.fails = true;
  expect(await windowed()).toBe('old');
  expect(await windowed.explain()).toMatchObject({ next: 'stale', failure: { error } });
});

test('a cache that is off, or closed, runs the function, and explain says so', async () => {
  const off = pond({ enabled: false }).cache;
  const load = off.cacheData(async () => 1);
  expect(await load.explain()).toMatchObject({ next: 'miss', summary: expect.stringContaining('switched off') });
  const { cache } = pond();
  const once = cache.cacheData(async () => 1);
  await once();
  await cache.close();
  expect(await once.explain()).toMatchObject({ next: 'miss', summary: expect.stringContaining('closed') });
});

test('the summary says it in a few sentences', async () => {
  const { cache, clock } = pond();
  const load = cache.cacheData(async (id: string) => id, { name: 'load', ttl: '90m', tags: ['users'] });
  const summary = async (): Promise<string> => (await load.explain('42')).summary;
  expect(await summary()).toBe('load (s2:42): a call now is a miss. Memory has nothing.');
  await load('42');
  await clock.advance(1500);
  expect(await summary()).toBe(
    'load (s2:42): a call now is a hit. Memory has it fresh, 1.5 s old, for 1.5 h more. The last miss: cold.',
  );
  await cache.invalidateTags('users');
  expect(await summary()).toBe(
    'load (s2:42): a call now is a miss. Memory has what the tag "users" has invalidated, 1.5 s old. The last miss: cold.',
  );
});

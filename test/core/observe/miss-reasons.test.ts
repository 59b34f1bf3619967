import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Cache, MissReason } from '@millpond/core';
import { fakeClock, type FakeClock } from '../../support/fake-clock.js';
import { root } from '../../support/node.js';
import { pond } from '../support/cache.js';
import { gate } from '../support/gate.js';

/** The reasons of the misses of a cache, as they come. */
function reasonsOf(cache: Cache): MissReason[] {
  const reasons: MissReason[] = [];
  cache.on('miss', ({ reason }) => reasons.push(reason));
  return reasons;
}

describe('in memory, a look-up that misses says that the call', () => {
  test('is new, that its value has expired, was evicted, deleted, cleared, outdated by a tag, or refreshed', async () => {
    const { cache, clock } = pond();
    const reasons = reasonsOf(cache);
    const load = cache.cacheData(async (id: string) => id, { ttl: '1m', maxEntries: 2, tags: ['t'] });
    const steps: [MissReason, () => unknown][] = [
      ['cold', () => {}],
      ['expired', () => clock.advance(60_000)],
      ['evicted', async () => [await load('b'), await load('c')]],
      ['deleted', () => load.delete('a')],
      ['cleared', () => load.clear()],
      ['cleared', () => cache.clear()],
      ['tag', () => cache.invalidateTags('t')],
    ];
    for (const [, step] of steps) {
      await step();
      await load('a');
    }
    await load.refresh('a');
    const told = [...steps.map(([reason]) => reason), 'refresh'];
    expect(reasons.filter((_, at) => at !== 2 && at !== 3)).toEqual(told);
    expect(load.stats().missReasons).toEqual({
      cold: 3,
      expired: 1,
      evicted: 1,
      deleted: 1,
      cleared: 2,
      tag: 1,
      unkept: 0,
      invalid: 0,
      'memory-ttl': 0,
      fence: 0,
      damaged: 0,
      'store-down': 0,
      refresh: 1,
    });
    expect(load.stats().misses).toBe(10);
  });

  test('was not kept: its value was refused by `when`, was too large, or was outdated while it was computed', async () => {
    const { cache } = pond();
    const reasons = reasonsOf(cache);
    const refused = cache.cacheData(async (id: string) => id, { when: () => false });
    const large = cache.cacheData(async (id: string) => 'x'.repeat(1000) + id, { maxBytes: 500 });
    const door = gate();
    const outdated = cache.cacheData(async (id: string) => (await door.passed, id));
    for (const load of [refused, large]) for (let time = 0; time < 2; time += 1) await load('a');
    const first = outdated('a');
    await outdated.clear();
    door.open();
    await first;
    await outdated('a');
    expect(reasons).toEqual(['cold', 'unkept', 'cold', 'unkept', 'cold', 'unkept']);
  });

  test('has what a tag has outdated, also when that was swept, evicted or replaced since', async () => {
    const { cache, clock } = pond();
    const reasons = reasonsOf(cache);
    const load = cache.cacheData(async (id: string) => id, { ttl: '1m', maxEntries: 2, tags: (id) => [id] });
    for (const forget of [() => clock.advance(120_000), async () => [await load('b'), await load('c')]]) {
      await load('a');
      await cache.invalidateTags('a');
      await forget();
      reasons.length = 0;
      await load('a');
      expect(reasons).toEqual(['tag']);
    }
  });

  test('is an invalid resource', async () => {
    const { cache } = pond();
    const reasons = reasonsOf(cache);
    const pool = cache.cacheResource(async () => ({}), { validate: () => false });
    await pool();
    await pool();
    expect(reasons).toEqual(['cold', 'invalid']);
  });

  test('is a synchronous one, with the same reasons', () => {
    const { cache } = pond();
    const reasons = reasonsOf(cache);
    const load = cache.cacheDataSync((id: string) => id, { maxEntries: 1 });
    load('a');
    load('b');
    load('a');
    load.delete('a');
    load('a');
    load.clear();
    load('a');
    expect(reasons).toEqual(['cold', 'cold', 'evicted', 'deleted', 'cleared']);
  });

  test('hazard 53: is one of the last 256 that are gone; what came before is as good as new', async () => {
    const { cache } = pond();
    const reasons = reasonsOf(cache);
    const load = cache.cacheData(async (id: number) => id);
    for (let id = 0; id < 257; id += 1) await load(id);
    await load.clear();
    reasons.length = 0;
    await load(0);
    await load(1);
    await load(256);
    expect(reasons).toEqual(['cold', 'cleared', 'cleared']);
  });
});

describe('over a store, a look-up that misses says', () => {
  function boot(store: Map<string, unknown>, clock: FakeClock, tags?: readonly string[]) {
    const { cache } = pond({ name: 'shop', store, clock, logger: { warn: () => {} } });
    const load = cache.cacheData(async (id: string) => id, { name: 'load', ttl: '1h', tags });
    return { cache, load, reasons: reasonsOf(cache) };
  }

  /** What another process has to say about a call that this one has computed and stored, after something was done. */
  async function reasonAfter(
    act: (here: ReturnType<typeof boot>, store: Map<string, unknown>, clock: FakeClock) => unknown,
    there: { readonly tags?: readonly string[] } = {},
  ): Promise<MissReason[]> {
    const [store, clock] = [new Map<string, unknown>(), fakeClock()];
    const here = boot(store, clock, ['t']);
    await here.load('a');
    await here.cache.flush();
    await act(here, store, clock);
    const other = boot(store, clock, there.tags ?? ['t']);
    await other.load('a');
    return other.reasons;
  }

  test('which fence of the entry does not hold', async () => {
    expect(await reasonAfter(() => {})).toEqual([]);
    expect(await reasonAfter(({ load }) => load.clear())).toEqual(['cleared']);
    expect(await reasonAfter(({ cache }) => cache.clear())).toEqual(['cleared']);
    expect(await reasonAfter(({ cache }) => cache.invalidateTags('t'))).toEqual(['tag']);
    expect(await reasonAfter(({ load }) => load.delete('a'))).toEqual(['cold']);
  });

  test('that it cannot be told any more whether the entry was invalidated', async () => {
    expect(await reasonAfter((_, store) => forget(store, '/f/'))).toEqual(['fence']);
    expect(await reasonAfter((_, store) => forget(store, '/t/'))).toEqual(['fence']);
    expect(await reasonAfter(() => {}, { tags: ['t', 'new'] })).toEqual(['fence']);
  });

  test('that the entry is too old, damaged, or that the store is down', async () => {
    expect(await reasonAfter((_, __, clock) => clock.advance(3_600_000))).toEqual(['expired']);
    expect(await reasonAfter((_, store) => change(store, '/e/', (text) => text.slice(1)))).toEqual(['damaged']);
    expect(await reasonAfter((_, store) => Object.assign(store, { get: () => fail() }))).toEqual(['store-down']);
  });

  test('what memory knows, when the store has nothing', async () => {
    const [store, clock] = [new Map<string, unknown>(), fakeClock()];
    const { load, reasons } = boot(store, clock);
    await load('a');
    await load.delete('a');
    await load('a');
    await clock.advance(11_000);
    forget(store, '/e/');
    await load('a');
    await load.clear();
    forget(store, '/e/');
    await load('a');
    await clock.advance(7_200_000);
    forget(store, '/e/');
    await load('a');
    expect(reasons).toEqual(['cold', 'deleted', 'memory-ttl', 'cleared', 'memory-ttl']);
  });

  test('that what it found was too old for the function of today', async () => {
    const [store, clock] = [new Map<string, unknown>(), fakeClock()];
    const stored = (staleIfError: '2h' | undefined) => {
      const { cache } = pond({ name: 'shop', store, clock });
      const load = cache.cacheData(async (id: string) => id, { name: 'load', ttl: '1h', staleIfError });
      return { cache, load, reasons: reasonsOf(cache) };
    };
    const before = stored('2h');
    await before.load('a');
    await before.cache.flush();
    await clock.advance(3_600_000);
    const now = stored(undefined);
    await now.load('a');
    expect(now.reasons).toEqual(['expired']);
  });
});

function forget(store: Map<string, unknown>, part: string): void {
  for (const key of store.keys()) if (key.includes(part)) store.delete(key);
}

function change(store: Map<string, unknown>, part: string, by: (text: string) => string): void {
  for (const [key, text] of store) if (key.includes(part)) store.set(key, by(String(text)));
}

function fail(): never {
  throw new Error('the store is down');
}

test('every reason has a line in docs/observing.md', async () => {
  const { cache } = pond();
  const reasons = Object.keys(cache.cacheData(async () => 1).stats().missReasons);
  const page = readFileSync(join(root, 'docs/observing.md'), 'utf8');
  expect(reasons.filter((reason) => !page.includes(`\n| \`${reason}\` `))).toEqual([]);
});

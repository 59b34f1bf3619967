import { describe, expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';
import { pond, record } from '../support/cache.js';
import { failureOf, gate, until } from '../support/gate.js';
import { GatedStore } from '../support/gated-store.js';

const MINUTE = 60_000;

test('`deleted` tells of each delete, whether or not there was anything, for every kind of function', async () => {
  const { cache } = pond({ name: 'shop' });
  const heard = record(cache, 'deleted');
  const load = cache.cacheData(async (id: string) => id, { name: 'load' });
  const sum = cache.cacheDataSync((a: number) => a, { name: 'sum' });
  const pool = cache.cacheResource(async () => ({}), { name: 'pool' });
  await load('a');
  await load.delete('a');
  await load.delete('never there');
  sum.delete(1);
  await pool.delete();
  expect(heard.map((event) => ('fn' in event ? [event.fn, 'key' in event && event.key] : []))).toEqual([
    ['load', load.keyOf('a')],
    ['load', load.keyOf('never there')],
    ['sum', sum.keyOf(1)],
    ['pool', pool.keyOf()],
  ]);
});

test('`notKept` tells of a value that is larger than its function, or the cache, may hold', async () => {
  const { cache } = pond({ maxBytes: 5000 });
  const heard = record(cache, 'notKept');
  const small = cache.cacheData(async () => 'x'.repeat(1000), { name: 'small', maxBytes: 500 });
  const large = cache.cacheDataSync(() => 'x'.repeat(10_000), { name: 'large' });
  expect([await small(), large()].map(({ length }) => length)).toEqual([1000, 10_000]);
  expect(heard).toMatchObject([
    { type: 'notKept', fn: 'small', key: small.keyOf() },
    { type: 'notKept', fn: 'large', key: large.keyOf() },
  ]);
  for (const event of heard) expect(event).toHaveProperty('bytes', expect.any(Number));
});

test('`computed` tells that a value was kept only where memory or the store took it', async () => {
  const { cache } = pond({ maxBytes: 5000 });
  const heard = record(cache, 'computed');
  const long = { maxBytes: 500 };
  await cache.cacheData(async () => 'x'.repeat(1000), { name: 'data', ...long })();
  cache.cacheDataSync(() => 'x'.repeat(1000), { name: 'sync', ...long })();
  await cache.cacheData(async () => 'x', { name: 'short', ...long })();
  const stored = createCache({ name: 'shop', store: new Map() });
  const heardOfStored = record(stored, 'computed');
  await stored.cacheData(async () => 'x'.repeat(1000), { name: 'stored', ...long })();
  expect([...heard, ...heardOfStored]).toMatchObject([
    { fn: 'data', kept: false },
    { fn: 'sync', kept: false },
    { fn: 'short', kept: true },
    { fn: 'stored', kept: true },
  ]);
  await stored.close();
});

describe('`started` tells of each run, with the text to show while it lasts', () => {
  test('which names the function, unless `label` says otherwise, or that there is none', async () => {
    const { cache } = pond();
    const heard = record(cache, 'started', 'computed', 'failed');
    const load = cache.cacheData(async (id: string) => id, { name: 'load' });
    const sum = cache.cacheDataSync((a: number) => a, { name: 'sum', label: 'Adding up …' });
    const pool = cache.cacheResource(async () => ({}), { name: 'pool', label: false });
    const broken = cache.cacheData(() => Promise.reject(new Error('gone')), { name: 'broken' });
    await load('a');
    await load('a');
    sum(1);
    await pool();
    await failureOf(broken());
    expect(heard.map((event) => [event.type, 'fn' in event && event.fn, 'label' in event && event.label])).toEqual([
      ['started', 'load', 'Running `load()`'],
      ['computed', 'load', false],
      ['started', 'sum', 'Adding up …'],
      ['computed', 'sum', false],
      ['started', 'pool', undefined],
      ['computed', 'pool', false],
      ['started', 'broken', 'Running `broken()`'],
      ['failed', 'broken', false],
    ]);
  });

  test('of a batch for each id, though one load counts as one run', async () => {
    const { cache } = pond();
    const heard = record(cache, 'started');
    const load = cache.cacheBatch(async (ids: readonly string[]) => [...ids], { name: 'load' });
    await load.many(['a', 'b']);
    expect(heard).toMatchObject([{ key: load.keyOf('a') }, { key: load.keyOf('b') }]);
    expect(load.stats().runs).toBe(1);
  });

  test('not of calls that a disabled cache passes through', async () => {
    const { cache } = pond({ enabled: false });
    const heard = record(cache, 'started');
    await cache.cacheData(async () => 1)();
    cache.cacheDataSync(() => 1)();
    expect(heard).toEqual([]);
  });

  test.each([[''], [true], [5]])('`label: %j` is refused', (label) => {
    const { cache } = pond();
    // @ts-expect-error: it is a text, or false
    expect(() => cache.cacheData(async () => 1, { label })).toThrow(/option `label`/);
  });
});

describe('hazard 18: `abandoned` tells of a run that is left behind', () => {
  test('because it lasts longer than `flightTimeout`, when the next call comes', async () => {
    const { cache, clock } = pond();
    const heard = record(cache, 'abandoned');
    const load = cache.cacheData(() => new Promise<never>(() => {}), { name: 'load', flightTimeout: '1m' });
    void load();
    await clock.advance(MINUTE);
    expect(heard).toEqual([]);
    void load();
    expect(heard).toMatchObject([{ type: 'abandoned', fn: 'load', key: load.keyOf(), reason: 'timeout' }]);
  });

  test('because its last caller has gone', async () => {
    const { cache } = pond();
    const heard = record(cache, 'abandoned');
    const pool = cache.cacheResource(() => new Promise<never>(() => {}), { name: 'pool' });
    const [one, two] = [new AbortController(), new AbortController()];
    const calls = [one, two].map(({ signal }) => failureOf(pool.withOptions({ signal })()));
    await until(() => pool.stats().joins === 1);
    one.abort();
    await calls[0];
    expect(heard).toEqual([]);
    two.abort();
    await calls[1];
    expect(heard).toMatchObject([{ fn: 'pool', reason: 'deserted' }]);
  });
});

describe('S84, S85: `refreshSkipped` tells of a stale answer without a refresh behind it', () => {
  const stale = { ttl: '1m', staleWhileRevalidate: '1h' } as const;

  test('because so many refreshes run at once as may', async () => {
    const { cache, clock } = pond({ refreshLimit: 1 });
    const heard = record(cache, 'refreshSkipped');
    const door = gate();
    let first = true;
    const load = cache.cacheData(
      async (id: string) => {
        if (!first) await door.passed;
        return id;
      },
      { ...stale, name: 'load' },
    );
    for (const id of ['a', 'b']) await load(id);
    first = false;
    await clock.advance(MINUTE);
    for (const id of ['a', 'a', 'b']) await load(id);
    expect(heard).toMatchObject([{ fn: 'load', key: load.keyOf('b'), reason: 'limit' }]);
    door.open();
  });

  test('because the last one failed lately', async () => {
    const { cache, clock } = pond({ refreshCooldown: '30s' });
    const heard = record(cache, 'refreshSkipped');
    let fails = false;
    const load = cache.cacheData(
      async () => {
        if (fails) throw new Error('down');
        return 1;
      },
      { ...stale, name: 'load' },
    );
    await load();
    fails = true;
    await clock.advance(MINUTE);
    await load();
    await until(() => load.stats().errors === 1);
    expect(heard).toEqual([]);
    await load();
    expect(heard).toMatchObject([{ fn: 'load', reason: 'cooldown' }]);
    await clock.advance(30_000);
    await load();
    expect(heard).toHaveLength(1);
  });
});

describe('`stored` tells of an entry', () => {
  test('when the store has acknowledged it, with the size of its text', async () => {
    const store = new GatedStore();
    const { cache } = pond({ name: 'shop', store });
    const heard = record(cache, 'stored');
    const load = cache.cacheData(async (id: string) => id.repeat(10), { name: 'load' });
    const hold = store.hold(({ kind, key }) => kind === 'set' && key.includes('/e/'));
    await load('a');
    await until(() => hold.held.length > 0);
    expect(heard).toEqual([]);
    await hold.release();
    await cache.flush();
    const [text] = [...store.data].filter(([key]) => key.includes('/e/')).map(([, text]) => String(text));
    const bytes = Buffer.byteLength(text ?? '');
    expect(heard).toEqual([{ type: 'stored', cache: 'shop', fn: 'load', key: load.keyOf('a'), bytes }]);
  });

  test('not of one that a delete has taken back', async () => {
    const store = new GatedStore();
    const clock = fakeClock();
    const { cache } = pond({ name: 'shop', store, clock });
    const heard = record(cache, 'stored');
    const load = cache.cacheData(async (id: string) => id, { name: 'load' });
    const hold = store.hold(({ kind, key }) => kind === 'set' && key.includes('/e/'));
    await load('a');
    await until(() => hold.held.length > 0);
    const deleted = load.delete('a');
    await hold.release();
    await Promise.all([deleted, cache.flush()]);
    expect(heard).toEqual([]);
  });
});

test('events of a store carry long keys as `keyOf` shows them', async () => {
  const store = new Map<string, unknown>();
  const { cache, clock } = pond({ name: 'shop', store, logger: { warn: () => {} } });
  const heard = record(cache, 'stored', 'notStored', 'storeDamaged');
  const long = 'x'.repeat(300);
  const load = cache.cacheData(async (id: string) => id, { name: 'load' });
  const large = cache.cacheData(async (id: string) => id, { name: 'large', maxValueBytes: 10 });
  await load(long);
  await large(long);
  await cache.flush();
  for (const key of store.keys()) if (key.includes('/e/')) store.set(key, 'damaged');
  await clock.advance(10_000);
  await load(long);
  expect(heard.map(({ type }) => type)).toEqual(['stored', 'notStored', 'storeDamaged']);
  for (const event of heard) expect(event).toMatchObject({ key: load.keyOf(long) });
});

test('1,000 functions of one name in one cache are told once, with the cure, also when nobody listens', () => {
  const warned: string[] = [];
  const cache = createCache({ clock: fakeClock(), logger: { warn: (message) => warned.push(message) } });
  const heard = record(cache, 'wrappedOften');
  const handle = (): void => {
    cache.cacheData(async function load(id: string) {
      return id;
    });
  };
  for (let request = 0; request < 999; request += 1) handle();
  expect([heard.length, warned.length]).toEqual([0, 0]);
  for (let request = 0; request < 1500; request += 1) handle();
  expect(heard).toMatchObject([{ type: 'wrappedOften', fn: 'load', error: { code: 'ERR_MILLPOND_WRAPPED_OFTEN' } }]);
  expect(warned).toEqual([expect.stringContaining('Wrap the function once, at the top of a module')]);
});

import { describe, expect, test } from 'vitest';
import { createCache, type CacheOptions, type DataOptions } from '@millpond/core';
import { fakeClock, settle, type FakeClock } from '../../support/fake-clock.js';
import { record, within } from '../support/cache.js';
import { watch } from '../support/gate.js';
import { GatedStore, holds, keysHolding, type Operation } from '../support/gated-store.js';

/** What all processes read when they compute: the truth, which a test changes. */
interface World {
  readonly data: Map<string, unknown>;
  readonly clock: FakeClock;
  truth: string;
}

function world(): World {
  return { data: new Map(), clock: fakeClock(), truth: 'old' };
}

/** One process of the app: a cache over the shared data, through requests of its own that a test may hold. */
function start(on: World, options: DataOptions<[id: string], string> = {}, cacheOptions: CacheOptions = {}) {
  const store = new GatedStore(on.data);
  const cache = createCache({ name: 'shop', store, clock: on.clock, logger: { warn: () => {} }, ...cacheOptions });
  const state = { calls: 0 };
  const load = cache.cacheData(
    async (id: string) => {
      state.calls += 1;
      return `needle ${on.truth} ${id}`;
    },
    { name: 'load', ...options },
  );
  return { store, cache, load, state };
}

const sets = ({ kind }: Operation): boolean => kind === 'set';
const setsOfEntry = (operation: Operation): boolean => sets(operation) && holds(operation.value, 'needle');
const setsOfToken = (operation: Operation): boolean => sets(operation) && !holds(operation.value, 'needle');

describe('hazard 2: a token that is missing', () => {
  test('is set and acknowledged before the function runs', async () => {
    const on = world();
    const { store, load, state } = start(on);
    const held = store.hold(setsOfToken, 'reply');
    const answer = load('1');
    await settle();
    await settle();
    expect(held.held).not.toEqual([]);
    expect(state.calls).toBe(0);
    await held.release();
    expect(await answer).toBe('needle old 1');
    expect(state.calls).toBe(1);
  });

  test('and not acknowledged in time costs the stored entry, not the answer', async () => {
    const on = world();
    const { store, load, state, cache } = start(on);
    const held = store.hold(setsOfToken);
    expect(await within(on.clock, 1_000, load('1'))).toBe('needle old 1');
    await held.release();
    await cache.flush();
    expect(keysHolding(on.data, 'needle')).toEqual([]);
    expect(await load('1')).toBe('needle old 1');
    expect(state.calls).toBe(1);
  });

  test('and lands late does not bring back what another process has cleared', async () => {
    const on = world();
    const [one, two] = [start(on), start(on)];
    const held = one.store.hold(sets);
    expect(await within(on.clock, 1_000, one.load('1'))).toBe('needle old 1');
    on.truth = 'new';
    expect(await two.load.clear()).toEqual({ store: 'acknowledged' });
    await held.release();
    await on.clock.advance(60_000);
    expect(await start(on).load('1')).toBe('needle new 1');
    expect(await one.load('1')).toBe('needle new 1');
  });

  test('and is made by two processes at once costs no more than a miss', async () => {
    const on = world();
    const [one, two] = [start(on), start(on)];
    expect(await Promise.all([one.load('1'), two.load('1')])).toEqual(['needle old 1', 'needle old 1']);
    await Promise.all([one.cache.flush(), two.cache.flush()]);
    on.truth = 'new';
    await one.load.clear();
    expect(await start(on).load('1')).toBe('needle new 1');
  });
});

describe('hazard 3: a token', () => {
  test('is written once, with a value that never comes again, and outlives every entry', async () => {
    const on = world();
    const processes = [start(on, { ttl: '1h', tags: ['users'] }), start(on, { ttl: '1h', tags: ['users'] })];
    for (let hour = 0; hour < 48; hour += 1) {
      for (const { load, cache } of processes) {
        await load('1');
        await load('2');
        await cache.flush();
      }
      if (hour % 12 === 5) await processes[0]?.load.clear();
      if (hour % 12 === 8) await processes[1]?.cache.invalidateTags('users');
      if (hour % 24 === 11) await processes[1]?.cache.clear();
      await on.clock.advance(3_600_000);
    }
    const log = processes.flatMap(({ store }) => store.log);
    const tokens = log.filter(setsOfToken);
    const writes = tokens.map(({ key, value }) => `${key} ${String(value)}`);
    expect(new Set(writes).size).toBe(writes.length);
    const lives = (matches: (operation: Operation) => boolean): number[] =>
      log.filter(matches).map(({ ttl }) => ttl ?? Infinity);
    expect(Math.min(...lives(setsOfToken))).toBeGreaterThanOrEqual(Math.max(...lives(setsOfEntry)));
    expect(tokens.length).toBeGreaterThan(8);
    expect(tokens.length).toBeLessThan(60);
  });

  test('that is lost makes its entries misses, never fresh', async () => {
    const on = world();
    const one = start(on, { tags: ['users'] });
    await one.load('1');
    await one.cache.flush();
    const [entry = ''] = keysHolding(on.data, 'needle');
    // What another tag's invalidation changes is a fence for writers, which no entry carries (hazard 1).
    const elsewhere = new Map(on.data);
    await start({ ...on, data: elsewhere }).cache.invalidateTags('others');
    const tokens = [...on.data.keys()].filter((key) => key !== entry && elsewhere.get(key) === on.data.get(key));
    expect(tokens.length).toBeGreaterThanOrEqual(2);
    on.truth = 'new';
    for (const token of tokens) {
      const copy = new Map(on.data);
      copy.delete(token);
      const later = start({ ...on, data: copy }, { tags: ['users'] });
      expect([token, await later.load('1')]).toEqual([token, 'needle new 1']);
    }
    expect(await start(on, { tags: ['users'] }).load('1')).toBe('needle old 1');
  });

  test('that is replayed after an outage is a new one, and revives nothing', async () => {
    const on = world();
    const [one, two, three] = [start(on), start(on), start(on)];
    const held = one.store.hold(sets, 'reply');
    expect(await within(on.clock, 5_000, one.load.clear())).toEqual({ store: 'pending' });
    await two.load('1');
    await two.cache.flush();
    on.truth = 'new';
    expect(await three.load.clear()).toEqual({ store: 'acknowledged' });
    await held.fail(new Error('connection reset'));
    await on.clock.advance(600_000);
    expect(await start(on).load('1')).toBe('needle new 1');
  });
});

describe('hazard 5: a write that was given up', () => {
  test('and lands after an acknowledged delete is not read by anybody', async () => {
    const on = world();
    const one = start(on);
    const held = one.store.hold(setsOfEntry);
    await one.load('1');
    await on.clock.advance(600_000);
    on.truth = 'new';
    expect(await within(on.clock, 100, one.load.delete('1'))).toEqual({ store: 'acknowledged' });
    await held.release();
    for (let turn = 0; turn < 5; turn += 1) await settle();
    await one.cache.flush();
    // It does not wait in the store for the end of the tombstone's life either.
    expect(keysHolding(on.data, 'needle old')).toEqual([]);
    expect(await start(on).load('1')).toBe('needle new 1');
    await on.clock.advance(60_000);
    expect(await one.load('1')).toBe('needle new 1');
  });

  test('by another process is not read either', async () => {
    const on = world();
    const [one, two] = [start(on), start(on)];
    const held = one.store.hold(setsOfEntry);
    await one.load('1');
    on.truth = 'new';
    expect(await two.load.delete('1')).toEqual({ store: 'acknowledged' });
    await held.release();
    await one.cache.flush();
    expect(keysHolding(on.data, 'needle old')).toEqual([]);
    expect(await start(on).load('1')).toBe('needle new 1');
    await on.clock.advance(10_000);
    expect(await one.load('1')).toBe('needle new 1');
  });

  test('and lands before the delete is dropped by it', async () => {
    const on = world();
    const one = start(on);
    const held = one.store.hold(setsOfEntry);
    await one.load('1');
    const deleting = one.load.delete('1');
    await held.release();
    expect(await deleting).toEqual({ store: 'acknowledged' });
    expect(keysHolding(on.data, 'needle')).toEqual([]);
  });

  test('by a run that the delete overtook is not read', async () => {
    const on = world();
    const [one, two] = [start(on), start(on)];
    await one.load('2');
    await one.cache.flush();
    // The old run has read the truth and the tokens before the delete, and ends after it.
    const held = one.store.hold(setsOfEntry);
    await one.load('1');
    await two.load.delete('1');
    on.truth = 'new';
    await two.load('1');
    await two.cache.flush();
    await held.release();
    await one.cache.flush();
    expect(await start(on).load('1')).toBe('needle new 1');
  });
});

type Drop = (made: ReturnType<typeof start>) => Promise<unknown>;
const drops: [string, Drop][] = [
  ['delete', ({ load }) => load.delete('1')],
  ['clear', ({ load }) => load.clear()],
  ['clear of the cache', ({ cache }) => cache.clear()],
  ['invalidateTags', ({ cache }) => cache.invalidateTags('users')],
];

describe.each(drops)('hazard 8: %s', (_, drop) => {
  test('resolves when the store has acknowledged, and not before', async () => {
    const on = world();
    const one = start(on, { tags: ['users'] });
    await one.load('1');
    await one.cache.flush();
    const held = one.store.hold(({ kind }) => kind !== 'get', 'reply');
    const dropping = drop(one);
    const state = watch(dropping);
    await settle();
    await settle();
    expect(state.settled).toBe(false);
    expect(one.load.has('1')).toBe(false);
    await held.release();
    expect(await dropping).toEqual({ store: 'acknowledged' });
    on.truth = 'new';
    expect(await start(on, { tags: ['users'] }).load('1')).toBe('needle new 1');
  });

  test('resolves as pending after its deadline, with an event, and is tried until it holds', async () => {
    const on = world();
    const one = start(on, { tags: ['users'] });
    await one.load('1');
    await one.cache.flush();
    const heard = record(one.cache, 'invalidationPending');
    const mend = one.store.break(({ kind }) => kind !== 'get');
    on.truth = 'new';
    expect(await within(on.clock, 5_000, drop(one))).toEqual({ store: 'pending' });
    expect(heard).toHaveLength(1);
    expect(await within(on.clock, 1_000, one.load('1'))).toBe('needle new 1');
    mend();
    await on.clock.advance(600_000);
    expect(await start(on, { tags: ['users'] }).load('1')).toBe('needle new 1');
  });
});

test('hazard 5: a delete holds in a second process once its memory has aged', async () => {
  const on = world();
  const [one, two] = [start(on), start(on)];
  await one.load('1');
  await one.cache.flush();
  expect(await two.load('1')).toBe('needle old 1');
  on.truth = 'new';
  await one.load.delete('1');
  expect(await one.load('1')).toBe('needle new 1');
  await on.clock.advance(10_000);
  expect(await two.load('1')).toBe('needle new 1');
});

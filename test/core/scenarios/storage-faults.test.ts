import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { fakeClock, type FakeClock } from '../../support/fake-clock.js';
import { runs } from '../../support/runs.js';
import { record, within } from '../support/cache.js';
import { failureOf } from '../support/gate.js';
import { GatedStore, keysHolding } from '../support/gated-store.js';

const quiet = { warn: () => {} };

function boot(store: GatedStore | Map<string, unknown>, clock: FakeClock) {
  const cache = createCache({ name: 'shop', store, clock, logger: quiet });
  const state = { calls: 0, failing: false };
  const load = cache.cacheData(
    async (id: string) => {
      state.calls += 1;
      if (state.failing) throw new Error('the database is down');
      return { text: `needle of ${id}`, list: [1, new Date(0), -0] };
    },
    { name: 'load' },
  );
  return { cache, load, state };
}

const right = { text: 'needle of 1', list: [1, new Date(0), -0] };

/** A store in which one entry was kept, its key and its text. */
async function stored(): Promise<{ data: Map<string, unknown>; key: string; text: string; clock: FakeClock }> {
  const [data, clock] = [new Map<string, unknown>(), fakeClock()];
  const { cache, load } = boot(data, clock);
  await load('1');
  await cache.close();
  const [key = ''] = keysHolding(data, 'needle');
  return { data, key, text: String(data.get(key)), clock };
}

const damages: [string, (text: string) => unknown][] = [
  ['garbage', () => 'garbage'],
  ['half of it', (text) => text.slice(0, text.length / 2)],
  ['all but the last character', (text) => text.slice(0, -1)],
  ['something more', (text) => `${text}x`],
  ['nothing', () => ''],
  ['another format version', (text) => text.replace(/\d/, (digit) => String((Number(digit) + 1) % 10))],
  ['a number', () => 42],
  ['an object', () => ({})],
  ['JSON', () => '{"value":1}'],
  ['binary data', () => Buffer.from([0, 255, 1])],
];

describe('S55: an entry that the store gives back as', () => {
  test.each(damages)('%s is a miss and an event', async (_, damage) => {
    const { data, key, text, clock } = await stored();
    data.set(key, damage(text));
    const { cache, load, state } = boot(data, clock);
    const heard = record(cache, 'storeDamaged', 'miss', 'hit');
    expect(await load('1')).toEqual(right);
    expect(state.calls).toBe(1);
    expect(heard).toContainEqual(expect.objectContaining({ type: 'miss' }));
    expect(heard).toContainEqual(
      expect.objectContaining({
        type: 'storeDamaged',
        error: expect.objectContaining({ code: 'ERR_MILLPOND_STORE_DAMAGED' }),
      }),
    );
    await cache.close();
    expect(await boot(data, clock).load('1')).toEqual(right);
  });

  test.each(damages)('%s is dropped from the store even when the run fails', async (_, damage) => {
    const { data, key, text, clock } = await stored();
    data.set(key, damage(text));
    const { cache, load, state } = boot(data, clock);
    state.failing = true;
    expect(await failureOf(load('1'))).toMatchObject({ message: 'the database is down' });
    await cache.close();
    expect(data.has(key)).toBe(false);
  });
});

test('S55: null is what some stores say for nothing: a miss', async () => {
  const { data, key, clock } = await stored();
  data.set(key, null);
  const { load, state } = boot(data, clock);
  expect(await load('1')).toEqual(right);
  expect(state.calls).toBe(1);
});

test('S55: an entry of other arguments is not an answer', async () => {
  const { data, key, text, clock } = await stored();
  const { cache, load } = boot(data, clock);
  await load('2');
  await cache.flush();
  const [other = ''] = keysHolding(data, 'needle of 2');
  data.set(other, text);
  expect(other).not.toBe(key);
  expect(await boot(data, clock).load('2')).toMatchObject({ text: 'needle of 2' });
});

test('S55: a text damaged at random is a miss, and never another value', async () => {
  const { data, key, text, clock } = await stored();
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: text.length - 1 }),
      fc.constantFrom('0', '1', 'x', ' ', '\u0000', '"', '}', '9', '\ud800'),
      fc.nat({ max: 3 }),
      async (at, character, removed) => {
        const changed = text.slice(0, at) + character + text.slice(at + removed);
        const copy = new Map(data).set(key, changed);
        const { cache, load, state } = boot(copy, clock);
        expect(await load('1')).toEqual(right);
        expect(state.calls).toBe(changed === text ? 0 : 1);
        await cache.close();
      },
    ),
    { numRuns: runs(300, 5000) },
  );
});

describe('S56: the caller gets the value although', () => {
  test('writes fail, and an event tells', async () => {
    const [store, clock] = [new GatedStore(), fakeClock()];
    const cause = new Error('disk full');
    store.break(({ kind }) => kind === 'set', cause);
    const { cache, load, state } = boot(store, clock);
    const heard = record(cache, 'storeFailed');
    expect([await load('1'), await load('1')]).toEqual([right, right]);
    await clock.advance(60_000);
    expect(state.calls).toBe(1);
    expect(heard[0]).toMatchObject({ type: 'storeFailed', error: { code: 'ERR_MILLPOND_STORE_FAILED', cause } });
  });

  test('reads fail, and an event tells', async () => {
    const [store, clock] = [new GatedStore(), fakeClock()];
    const cause = new Error('connection reset');
    const mend = store.break(({ kind }) => kind === 'get', cause);
    const { cache, load, state } = boot(store, clock);
    const heard = record(cache, 'storeFailed');
    expect(await load('1')).toEqual(right);
    expect(state.calls).toBe(1);
    expect(heard[0]).toMatchObject({ type: 'storeFailed', error: { code: 'ERR_MILLPOND_STORE_FAILED', cause } });
    mend();
    await clock.advance(60_000);
    expect(await load('1')).toEqual(right);
  });

  test('the store refuses to delete: the drop holds in this process', async () => {
    const [store, clock] = [new GatedStore(), fakeClock()];
    const { cache, load, state } = boot(store, clock);
    await load('1');
    await cache.flush();
    store.break(() => true);
    expect(await within(clock, 5_000, load.delete('1'))).toEqual({ store: 'pending' });
    expect(await within(clock, 1_000, load('1'))).toEqual(right);
    expect(state.calls).toBe(2);
  });

  test.each(['get', 'set', 'delete'] as const)('the store never answers a %s', async (kind) => {
    const [store, clock] = [new GatedStore(), fakeClock()];
    store.hold((operation) => operation.kind === kind);
    const { cache, load, state } = boot(store, clock);
    expect(await within(clock, 1000, load('1'))).toEqual(right);
    expect(await load('1')).toEqual(right);
    expect(state.calls).toBe(1);
    await within(clock, 60_000, cache.close());
  });

  test('a method of the store throws instead of rejecting', async () => {
    const [store, clock] = [new GatedStore(), fakeClock()];
    const thrower = (): never => {
      throw new Error('not connected');
    };
    Object.assign(store, { get: thrower, getMany: thrower, set: thrower, delete: thrower });
    const { cache, load, state } = boot(store, clock);
    const heard = record(cache, 'storeFailed');
    expect([await load('1'), await load('1')]).toEqual([right, right]);
    expect(state.calls).toBe(1);
    expect(heard[0]).toMatchObject({ error: { code: 'ERR_MILLPOND_STORE_FAILED' } });
    expect(await within(clock, 5_000, load.delete('1'))).toEqual({ store: 'pending' });
  });
});

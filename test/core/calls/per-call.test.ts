import { describe, expect, test } from 'vitest';
import { createCache, type DataOptions } from '@millpond/core';
import { fakeClock, settle } from '../../support/fake-clock.js';
import { pond, record } from '../support/cache.js';
import { failureOf, gate, unchecked } from '../support/gate.js';
import { gatedRuns } from '../support/gated-runs.js';

function numbered(options: DataOptions<[id?: string], number> = {}) {
  const { cache, clock } = pond();
  const state = { calls: 0, failing: false };
  const load = cache.cacheData(async (_id?: string) => {
    state.calls += 1;
    if (state.failing) throw new Error('down');
    return state.calls;
  }, options);
  return { cache, clock, load, state };
}

describe('freshWithin', () => {
  test('computes what is too old for one call, and others get what that has computed', async () => {
    const { clock, load } = numbered({ ttl: '1h' });
    const strict = load.withOptions({ freshWithin: '10s' });
    expect(await load()).toBe(1);
    await clock.advance(9_999);
    expect(await strict()).toBe(1);
    await clock.advance(1);
    expect(await load()).toBe(1);
    expect(await strict()).toBe(2);
    expect(await load()).toBe(2);
  });

  test('is not served by the stale window of the function, but by that of the call', async () => {
    const { clock, load, state } = numbered({ ttl: '1h', staleWhileRevalidate: '1h' });
    await load();
    await clock.advance(20_000);
    expect(await load.withOptions({ freshWithin: '10s' })()).toBe(2);
    await clock.advance(20_000);
    expect(await load.withOptions({ freshWithin: '10s', staleWhileRevalidate: '30s' })()).toBe(2);
    await settle();
    expect(state.calls).toBe(3);
  });

  test('holds for what a store has, and for what another call has found there', async () => {
    const clock = fakeClock();
    const data = new Map<string, unknown>();
    const start = () => {
      const cache = createCache({ name: 'shop', store: data, clock });
      let calls = 0;
      const load = cache.cacheData(async (of: string) => `${of} ${(calls += 1)}`, {
        name: 'load',
        ttl: '1h',
        key: () => 1,
      });
      return { cache, load };
    };
    const one = start();
    await one.load('one');
    await one.cache.flush();
    await clock.advance(20_000);
    const two = start();
    const loose = two.load('two');
    const strict = two.load.withOptions({ freshWithin: '10s' })('two');
    expect(await Promise.all([loose, strict])).toEqual(['one 1', 'two 1']);
    await two.cache.flush();
    await clock.advance(10_000);
    expect(await start().load.withOptions({ freshWithin: '10s' })('three')).toBe('three 1');
  });
});

describe('forceFresh', () => {
  test('runs now, whatever is kept, and keeps the result', async () => {
    const { load } = numbered();
    expect([await load(), await load.withOptions({ forceFresh: true })(), await load()]).toEqual([1, 2, 2]);
  });

  test('joins no run that has begun before', async () => {
    const { load, answer, doors } = gatedRuns();
    const before = load('a');
    const fresh = load.withOptions({ forceFresh: true })('a');
    await settle();
    expect(doors).toHaveLength(2);
    await answer(2, 'second');
    await answer(1, 'first');
    expect(await Promise.all([before, fresh, load('a')])).toEqual(['first', 'second', 'second']);
  });

  test('on failure gives the error, and what is kept stays', async () => {
    const { load, state } = numbered({ ttl: '1h', staleIfError: '1h' });
    await load();
    state.failing = true;
    expect(await failureOf(load.withOptions({ forceFresh: true })())).toMatchObject({ message: 'down' });
    expect(await load()).toBe(1);
  });
});

describe('hazard 54: a stale window of one call', () => {
  test('serves what was kept since it was made', async () => {
    const { clock, load, state } = numbered({ ttl: '10s' });
    const patient = load.withOptions({ staleIfError: '1h' });
    await load();
    await clock.advance(60_000);
    state.failing = true;
    expect(await patient()).toBe(1);
    expect(await failureOf(load())).toMatchObject({ message: 'down' });
    // The failure of the others has not cost the entry.
    expect(await patient()).toBe(1);
  });

  test('does not bring back what was dropped before', async () => {
    const { clock, load, state } = numbered({ ttl: '10s' });
    await load();
    await clock.advance(60_000);
    state.failing = true;
    expect(await failureOf(load.withOptions({ staleIfError: '1h' })())).toMatchObject({ message: 'down' });
  });

  test('can be narrower than that of the function, down to none', async () => {
    const { clock, load, state } = numbered({ ttl: '10s', staleIfError: '1h', staleWhileRevalidate: '1h' });
    await load();
    await clock.advance(60_000);
    expect(await load.withOptions({ staleWhileRevalidate: 0 })()).toBe(2);
    await clock.advance(60_000);
    state.failing = true;
    const none = load.withOptions({ staleIfError: 0, staleWhileRevalidate: 0 });
    expect(await failureOf(none())).toMatchObject({ message: 'down' });
    expect(await load()).toBe(2);
  });

  test('works over a store, in another process', async () => {
    const clock = fakeClock();
    const data = new Map<string, unknown>();
    let failing = false;
    const start = () => {
      const cache = createCache({ name: 'shop', store: data, clock });
      const load = cache.cacheData(
        async () => {
          if (failing) throw new Error('down');
          return 'value';
        },
        { name: 'load', ttl: '10s' },
      );
      return { cache, patient: load.withOptions({ staleIfError: '1h' }) };
    };
    const one = start();
    await one.patient();
    await one.cache.flush();
    await clock.advance(60_000);
    failing = true;
    expect(await start().patient()).toBe('value');
  });

  test('needs a ttl of the function', () => {
    const { load } = numbered();
    expect(() => load.withOptions({ staleIfError: '1h' })).toThrow(/staleIfError.*ttl/);
  });
});

test('a signal lets its caller go also where nothing is cached', async () => {
  const cache = createCache({ enabled: false });
  let runs = 0;
  const load = cache.cacheData(async () => {
    runs += 1;
    return gate<number>().passed;
  });
  const caller = new AbortController();
  const left = failureOf(load.withOptions({ signal: caller.signal })());
  await settle();
  caller.abort('gone');
  expect(await left).toBe('gone');
  expect(await failureOf(load.withOptions({ signal: caller.signal })())).toBe('gone');
  expect(runs).toBe(1);
});

test('a joiner has a stale window of its own when the run fails', async () => {
  const { clock, load, doors, answer } = gatedRuns({ ttl: '10s' });
  const patient = load.withOptions({ staleIfError: '1h' });
  const first = load('a');
  await answer(1, 'old');
  await first;
  await clock.advance(60_000);
  const [leader, joiner] = [failureOf(load('a')), patient('a')];
  await settle();
  doors[1]?.fail(new Error('down'));
  expect(await leader).toMatchObject({ message: 'down' });
  expect(await joiner).toBe('old');
});

test('what one call may not say for itself is refused by name', () => {
  const { load } = numbered();
  for (const options of [
    { copy: 'share' },
    { ttl: '1m' },
    { freshWithin: 0 },
    { forceFresh: 1 },
    { hardTimeout: '5' },
  ]) {
    expect(() => load.withOptions(unchecked(options))).toThrow(new RegExp(Object.keys(options).join()));
  }
});

test('a call that is observed hears of a failure that was turned into a stale answer', async () => {
  const { clock, load, state, cache } = numbered({ ttl: '10s', staleIfError: '1h' });
  const failed = record(cache, 'failed');
  const heard: string[] = [];
  await load();
  await clock.advance(60_000);
  state.failing = true;
  await load.withOptions({ observe: (event) => heard.push(event.type) })();
  expect(heard).toEqual(['stale']);
  expect(failed).toHaveLength(1);
});

import { describe, expect, test } from 'vitest';
import type { DataOptions } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { record } from '../support/cache.js';
import { failureOf, unchecked, watch } from '../support/gate.js';
import { gatedRuns, type GatedRuns } from '../support/gated-runs.js';
import { pond } from '../support/cache.js';

type Options = DataOptions<[_id: string], string>;

/** A value that has aged, and a run that waits for the test. */
async function aged(options: Options): Promise<GatedRuns> {
  const made = gatedRuns({ ttl: '10s', staleIfError: '1h', ...options });
  const first = made.load('a');
  await made.answer(1, 'old');
  await first;
  await made.clock.advance(10_000);
  return made;
}

describe('softTimeout', () => {
  test('serves what is stale to a caller who has waited so long; the run goes on and is kept', async () => {
    const { cache, clock, load, answer } = await aged({ softTimeout: '100ms' });
    const stale = record(cache, 'stale');
    const call = load('a');
    await clock.advance(99);
    expect(watch(call).settled).toBe(false);
    await clock.advance(1);
    expect(await call).toBe('old');
    expect(stale).toMatchObject([{ cause: 'timeout', age: 10_100 }]);
    await answer(2, 'new');
    expect(await load('a')).toBe('new');
  });

  test('counts for each caller from their own call, those who join included', async () => {
    const { clock, load, answer } = await aged({ softTimeout: '100ms' });
    const one = load('a');
    await clock.advance(50);
    const other = load('a');
    await clock.advance(50);
    expect(await one).toBe('old');
    expect(watch(other).settled).toBe(false);
    await answer(2, 'new');
    expect(await other).toBe('new');
  });

  test('lets wait who has nothing stale to be served', async () => {
    const { clock, load, answer } = gatedRuns({ ttl: '10s', staleIfError: '1h', softTimeout: '100ms' });
    const call = load('a');
    await clock.advance(1_000);
    const state = watch(call);
    await settle();
    expect(state.settled).toBe(false);
    await answer(1, 'new');
    expect(await call).toBe('new');
  });

  test('serves nothing that was invalidated meanwhile', async () => {
    const { clock, load, answer } = await aged({ softTimeout: '100ms' });
    const call = load('a');
    await clock.advance(50);
    await load.delete('a');
    await clock.advance(50);
    const state = watch(call);
    await settle();
    expect(state.settled).toBe(false);
    await answer(2, 'new');
    expect(await call).toBe('new');
  });

  test('does not count the time for which the event loop was busy while the answer was ready', async () => {
    const { cache } = pond();
    const busy = cache.cacheData(async () => 'new', { ttl: '10s', staleIfError: '1h', softTimeout: '1ms' });
    expect(await busy()).toBe('new');
  });
});

describe('hardTimeout', () => {
  test('rejects a caller who has waited so long; the run goes on and is kept', async () => {
    const { clock, load, answer, doors } = gatedRuns({ hardTimeout: '1s' });
    const call = failureOf(load('a'));
    await clock.advance(1_000);
    expect(await call).toMatchObject({ code: 'ERR_MILLPOND_TIMEOUT', message: expect.stringMatching(/1000 ms/) });
    const next = load('a');
    await answer(1, 'late');
    expect(await next).toBe('late');
    expect(await load('a')).toBe('late');
    expect(doors).toHaveLength(1);
  });

  test('serves what is stale, when there is something', async () => {
    const { clock, load } = await aged({ hardTimeout: '1s' });
    const call = load('a');
    await clock.advance(1_000);
    expect(await call).toBe('old');
  });

  test('does not tell the run that nobody waits: its result is wanted', async () => {
    const { clock, load, answer } = gatedRuns({ hardTimeout: '1s' });
    const call = failureOf(load('a'));
    await clock.advance(1_000);
    await call;
    await answer(1, 'late');
    expect(load.peek('a')).toBe('late');
  });

  test('of one call does not touch the others', async () => {
    const { clock, load, answer } = gatedRuns();
    const patient = load('a');
    const hurried = failureOf(load.withOptions({ hardTimeout: 5 })('a'));
    await clock.advance(5);
    expect(await hurried).toMatchObject({ code: 'ERR_MILLPOND_TIMEOUT' });
    await answer(1, 'value');
    expect(await patient).toBe('value');
  });

  test('counts from the call, also when the run that it has waited for is no answer for it (hazard 13)', async () => {
    const { cache, clock, load, answer } = gatedRuns({ hardTimeout: '1s', tags: () => ['t'] });
    const first = load('a');
    await cache.invalidateTags('t');
    const joined = failureOf(load('a'));
    await clock.advance(600);
    await answer(1, 'outdated');
    expect(await first).toBe('outdated');
    const state = watch(joined);
    await clock.advance(399);
    await settle();
    expect(state.settled).toBe(false);
    await clock.advance(1);
    await settle();
    expect(state.settled).toBe(true);
    expect(await joined).toMatchObject({ code: 'ERR_MILLPOND_TIMEOUT' });
  });

  test('leaves no timer behind', async () => {
    const { clock, load, answer } = gatedRuns({ hardTimeout: '1s' });
    const before = clock.pending;
    const call = load('a');
    await answer(1, 'value');
    await call;
    expect(clock.pending).toBe(before);
  });
});

test('a softTimeout that could never do anything is refused', () => {
  const { cache } = pond();
  const wrap = (options: Options) => () => cache.cacheData(async (_id: string) => '', options);
  expect(wrap({ ttl: '1m', softTimeout: '1s' })).toThrow(/softTimeout.*staleIfError/);
  expect(wrap({ ttl: '1m', staleIfError: '1m', softTimeout: '2s', hardTimeout: '1s' })).toThrow(/hardTimeout/);
  expect(() => cache.cacheDataSync((_id: string) => '', unchecked({ softTimeout: '1s' }))).toThrow(/softTimeout/);
});

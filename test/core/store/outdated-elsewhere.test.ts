import { describe, expect, test } from 'vitest';
import { createCache, type Cache, type CachedData, type DataOptions } from '@millpond/core';
import { fakeClock, type FakeClock } from '../../support/fake-clock.js';
import { gate } from '../../support/gate.js';

type Load = CachedData<[id: string], string>;

interface Process {
  readonly cache: Cache;
  readonly load: Load;
}

/** Two processes over one store, the first of which is in the middle of a run. */
async function inTheMiddle(
  options: DataOptions<[id: string], string> = {},
): Promise<{ one: Process; other: Process; clock: FakeClock; finish: () => Promise<string> }> {
  const [data, clock] = [new Map<string, unknown>(), fakeClock()];
  let truth = 'old';
  const [begun, mayEnd] = [gate(), gate()];
  const start = (run: (id: string) => Promise<string>): Process => {
    const cache = createCache({ name: 'shop', store: data, clock, memoryTtl: '1h' });
    return { cache, load: cache.cacheData(run, { name: 'load', version: '1', ttl: '3h', ...options }) };
  };
  const one = start(async () => {
    const value = truth;
    begun.open();
    await mayEnd.opened;
    return value;
  });
  const other = start(async () => truth);
  const answer = one.load('1');
  await begun.opened;
  truth = 'new';
  const finish = async (): Promise<string> => {
    mayEnd.open();
    const value = await answer;
    await one.cache.flush();
    return value;
  };
  return { one, other, clock, finish };
}

describe('what another process outdates while a run is under way here', () => {
  test.each<[string, (other: Process) => Promise<unknown>]>([
    ['by clear of the cache', ({ cache }) => cache.clear()],
    ['by clear of the function', ({ load }) => load.clear()],
    ['by delete', ({ load }) => load.delete('1')],
    ['by expire', ({ load }) => load.expire('1')],
    ['by a tag', ({ cache }) => cache.invalidateTags('tag')],
  ])('is not served from memory either, once it is stored: %s', async (_, invalidate) => {
    const { one, other, finish } = await inTheMiddle({ tags: ['tag'] });
    await invalidate(other);
    // Who has asked before gets what was asked for.
    expect(await finish()).toBe('old');
    expect(await one.load('1')).toBe('new');
  });

  test('is trusted as if it were as old as its run, when it can only be told that some tags were invalidated', async () => {
    const { one, other, clock, finish } = await inTheMiddle({ tags: (value) => [`of ${value.length}`] });
    await other.cache.invalidateTags('of 3');
    await clock.advance('20m');
    expect(await finish()).toBe('old');
    await clock.advance('39m');
    expect(one.load.has('1')).toBe(true);
    await clock.advance('1m');
    expect(await one.load('1')).toBe('new');
  });

  test('stays in memory when nothing was outdated, or something else was', async () => {
    const { one, other, finish } = await inTheMiddle();
    await other.load.delete('2');
    expect(await finish()).toBe('old');
    expect(one.load.has('1')).toBe(true);
    expect(await one.load('1')).toBe('old');
  });
});

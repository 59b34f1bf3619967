import { describe, expect, test, vi } from 'vitest';
import { createCache, type Cache, type FunctionStats } from '@millpond/core';
import { systemClock } from '../../../packages/core/src/clock.js';
import { settle } from '../../support/fake-clock.js';
import { pond, record } from '../support/cache.js';

/** So often that a call is known by its arguments, and needs no key any more. */
async function often(call: () => unknown): Promise<void> {
  for (let time = 0; time < 5; time += 1) await call();
}

describe('a call that is known goes the shortest way only as long as there is nothing else to do', () => {
  test('when its time is over, it is stale, and refreshed', async () => {
    const { cache, clock } = pond();
    let run = 0;
    const load = cache.cacheData(async (_id: string) => (run += 1), { ttl: '1m', staleWhileRevalidate: '1m' });
    await often(() => load('a'));
    await clock.advance(60_000);
    expect(await load('a')).toBe(1);
    await settle();
    expect([await load('a'), load.stats().stale]).toEqual([2, 1]);
  });

  test('synchronous, it is computed again', async () => {
    const { cache, clock } = pond();
    let run = 0;
    const load = cache.cacheDataSync((_id: string) => (run += 1), { ttl: '1m', staleIfError: '1m' });
    await often(() => load('a'));
    await clock.advance(60_000);
    expect(load('a')).toBe(2);
  });

  test('hazard 51: a short ttl holds on the machine’s clock', async () => {
    const cache = createCache();
    let run = 0;
    const load = cache.cacheDataSync((_id: string) => (run += 1), { ttl: '50ms', staleIfError: '1h' });
    const start = performance.now();
    await often(() => load('a'));
    while (performance.now() < start + 80) {
      // The event loop stands still, so no timer tells that its time is over.
    }
    expect(load('a')).toBeGreaterThan(1);
    await cache.close();
  });

  test.each([[[]], [['all']]])(
    'with the tags %j, a long ttl is over on the machine’s clock after 64 hits at the latest',
    (tags) => {
      const cache = createCache();
      let run = 0;
      const load = cache.cacheDataSync((_id: string) => (run += 1), { ttl: '1m', tags });
      for (let time = 0; time < 100; time += 1) load('a');
      const later = Date.now() + 60_000;
      const clock = vi.spyOn(systemClock as { now(): number }, 'now').mockImplementation(() => later);
      try {
        const answers = Array.from({ length: 65 }, () => load('a'));
        expect(answers.at(-1)).toBe(2);
      } finally {
        clock.mockRestore();
      }
    },
  );

  test('what takes one argument, and gets none or two, is answered for those', async () => {
    const { cache } = pond();
    const load = cache.cacheData(async (...ids: string[]) => ids.join('+'));
    const loadSync = cache.cacheDataSync((...ids: string[]) => ids.join('+'));
    for (let time = 0; time < 5; time += 1) {
      for (const ids of [[], ['a'], ['a', 'b']]) {
        expect([await load(...ids), loadSync(...ids)]).toEqual([ids.join('+'), ids.join('+')]);
      }
    }
    expect([load.stats().runs, loadSync.stats().runs]).toEqual([3, 3]);
  });

  test('a tag that it carries may be invalidated', async () => {
    const { cache } = pond();
    let run = 0;
    const load = cache.cacheData(async (_id: string) => (run += 1), { tags: ['all'] });
    await often(() => load('a'));
    await cache.invalidateTags('all');
    expect(await load('a')).toBe(2);
  });

  test.each<[string, (cache: Cache) => ((id: string) => unknown) & { stats(): FunctionStats }]>([
    ['asynchronous', (cache) => cache.cacheData(async (id: string) => ({ id }))],
    ['synchronous', (cache) => cache.cacheDataSync((id: string) => ({ id }))],
  ])('%s: who listens from now on hears of every hit', async (_, wrap) => {
    const { cache } = pond();
    const load = wrap(cache);
    await often(() => load('a'));
    const heard = record(cache, 'hit');
    await often(() => load('a'));
    expect(heard).toHaveLength(5);
    expect(load.stats().hits).toBe(9);
  });

  test('and who asks to hear of its own call alone', async () => {
    const { cache } = pond();
    const load = cache.cacheData(async (id: string) => ({ id }));
    await often(() => load('a'));
    const heard: string[] = [];
    await load.withOptions({ observe: ({ type }) => heard.push(type) })('a');
    await load('a');
    expect(heard).toEqual(['hit']);
  });

  test('S109: a run that uses it takes over its tags', async () => {
    const { cache } = pond();
    let run = 0;
    const inner = cache.cacheData(async (id: string) => `${id}${(run += 1)}`, { tags: ['inner'] });
    const outer = cache.cacheData(async (id: string) => `outer ${await inner(id)}`);
    await often(() => inner('a'));
    expect(await outer('a')).toBe('outer a1');
    await cache.invalidateTags('inner');
    expect(await outer('a')).toBe('outer a2');
  });

  test('S106: what it has done acts again', async () => {
    const { cache } = pond();
    const told: string[] = [];
    const tell = cache.effect('tell', (text: string) => void told.push(text));
    const load = cache.cacheData(async (id: string) => tell(id));
    await often(() => load('a'));
    expect(told).toEqual(['a', 'a', 'a', 'a', 'a']);
  });

  test('S107: a run may come to read an input', async () => {
    const { cache } = pond();
    let locale: string | undefined;
    const here = cache.input('locale', () => locale ?? 'none');
    let reads = false;
    const load = cache.cacheData(async (id: string) => (reads ? `${id} ${here()}` : id));
    await often(() => load('a'));
    reads = true;
    locale = 'fr';
    expect(await load.refresh('a')).toBe('a fr');
    locale = 'en';
    expect(await load('a')).toBe('a en');
    await often(() => load('a'));
    locale = 'fr';
    expect(await load('a')).toBe('a fr');
  });

  test('a cache that is closed passes on', async () => {
    const { cache } = pond();
    let run = 0;
    const load = cache.cacheData(async (_id: string) => (run += 1));
    const sync = cache.cacheDataSync((_id: string) => (run += 1));
    await often(() => [load('a'), sync('a')]);
    await cache.close();
    expect([await load('a'), sync('a')]).toEqual([3, 4]);
  });
});

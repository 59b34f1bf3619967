import { describe, expect, test } from 'vitest';
import { createCache, type Cache } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf, gate } from '../support/gate.js';
import { GatedStore, keysHolding } from '../support/gated-store.js';
import { counted, inSession } from '../support/sessions.js';

describe('a session-scoped function', () => {
  test('S95: computes once for each session, and a clear in one leaves the other', async () => {
    const { cache, load } = counted();
    expect(await inSession(cache, 'one', load)).toBe(1);
    expect(await inSession(cache, 'two', load)).toBe(2);
    expect(await inSession(cache, 'two', load)).toBe(2);
    expect(await inSession(cache, 'two', load.clear)).toEqual({ store: 'none' });
    expect(await inSession(cache, 'one', load)).toBe(1);
    expect(await inSession(cache, 'two', load)).toBe(3);
  });

  test.each<[string, (cache: Cache) => (id: string) => unknown]>([
    ['data', (cache) => cache.cacheData(async (id: string) => [id], { scope: 'session' })],
    ['synchronous data', (cache) => cache.cacheDataSync((id: string) => [id], { scope: 'session' })],
    ['a resource', (cache) => cache.cacheResource(async (id: string) => ({ id }), { scope: 'session' })],
  ])('S95: of %s: two sessions never share', async (_, make) => {
    const { cache } = pond();
    const load = make(cache);
    for (const session of ['one', 'two', 'one', 'two']) await inSession(cache, session, async () => load('x'));
    const [stats] = cache.stats().functions;
    expect(stats).toMatchObject({ runs: 2, hits: 2, entries: 2 });
  });

  test.each<[string, (cache: Cache, run: () => number) => () => unknown]>([
    ['data', (cache, run) => cache.cacheData(async () => run(), { name: 'load', scope: 'session' })],
    ['synchronous data', (cache, run) => cache.cacheDataSync(run, { name: 'load', scope: 'session' })],
    ['a resource', (cache, run) => cache.cacheResource(() => ({ it: run() }), { name: 'load', scope: 'session' })],
  ])('S96: of %s: without a session it is refused, and not run', async (_, make) => {
    const { cache } = pond();
    let runs = 0;
    const load = make(cache, () => (runs += 1));
    const outside = await failureOf((async () => load())());
    expect(outside).toMatchObject({ code: 'ERR_MILLPOND_NO_SCOPE' });
    expect(String(outside)).toContain("load: its scope is 'session', and it was called outside any");
    for (const none of [undefined, '', () => undefined, () => '', { id: '' }]) {
      const error = await failureOf(inSession(cache, none, async () => load()));
      expect(error).toMatchObject({ code: 'ERR_MILLPOND_NO_SCOPE' });
      expect(String(error)).toContain('the request that called it has no session');
    }
    expect(runs).toBe(0);
  });

  test('its methods are about the session of their caller; keyOf tells the arguments alone', async () => {
    const { cache, load } = counted();
    await inSession(cache, 'one', () => load('x'));
    await inSession(cache, 'two', () => load('x'));
    await inSession(cache, 'one', async () => {
      expect([load.has('x'), load.peek('x'), load.keyOf('x')]).toEqual([true, 1, '(s1:x)']);
      expect((await load.explain('x')).key.text).toBe('(s1:x)');
      await load.delete('x');
      expect(load.has('x')).toBe(false);
      await load.prime(7, 'x');
      expect(await load.refresh('x')).toBe(3);
    });
    expect(await inSession(cache, 'two', () => load('x'))).toBe(2);
    expect(load.keyOf('x')).toBe('(s1:x)');
    expect(() => load.has('x')).toThrow(expect.objectContaining({ code: 'ERR_MILLPOND_NO_SCOPE' }));
  });

  test('outside any session, a clear is for all of them', async () => {
    const { cache, load } = counted();
    for (const session of ['one', 'two']) await inSession(cache, session, load);
    await load.clear();
    expect(load.stats().entries).toBe(0);
  });

  test('joins within a session, and not across', async () => {
    const { cache } = pond();
    const door = gate<string>();
    const load = cache.cacheData(async () => door.passed, { scope: 'session' });
    const calls = ['one', 'one', 'two'].map((session) => inSession(cache, session, load));
    await settle();
    expect(load.stats()).toMatchObject({ runs: 2, joins: 1 });
    door.open('x');
    await Promise.all(calls);
  });

  test('S97: over a shared store, a session never gets what another has stored, and its own comes back', async () => {
    const store = new Map<string, unknown>();
    const runs: string[] = [];
    const answer = async (session: string): Promise<string> => {
      await using cache = createCache({ name: 'shop', store });
      const load = cache.cacheData(async () => (runs.push(session), `of ${session}`), {
        name: 'load',
        scope: 'session',
      });
      const answered = await inSession(cache, session, load);
      await cache.flush();
      return answered;
    };
    expect(await answer('one')).toBe('of one');
    expect(await answer('two')).toBe('of two');
    expect([await answer('one'), await answer('two')]).toEqual(['of one', 'of two']);
    expect(runs).toEqual(['one', 'two']);
  });

  test('over a shared store, a clear in a session holds for what another process has stored, and for no other session', async () => {
    const store = new Map<string, unknown>();
    let runs = 0;
    const open = () => {
      const cache = createCache({ name: 'shop', store });
      const load = cache.cacheData(async (_id: string) => (runs += 1), { name: 'load', scope: 'session' });
      return { cache, load };
    };
    const [here, there] = [open(), open()];
    const other = await inSession(there.cache, 'two', () => there.load('x'));
    expect(await inSession(there.cache, 'one', () => there.load('x'))).toBe(2);
    await there.cache.flush();
    expect(await inSession(here.cache, 'one', here.load.clear)).toEqual({ store: 'acknowledged' });
    expect(await inSession(here.cache, 'one', () => here.load('x'))).toBe(3);
    expect(await inSession(here.cache, 'two', () => here.load('x'))).toBe(other);
    await Promise.all([here.cache.close(), there.cache.close()]);
  });

  test('over a shared store, what a refresh or a prime has stored is found by another process', async () => {
    const store = new Map<string, unknown>();
    const open = () => {
      const cache = createCache({ name: 'shop', store });
      return { cache, load: cache.cacheData(async (id: string) => `run of ${id}`, { name: 'load', scope: 'session' }) };
    };
    const [here, there] = [open(), open()];
    await inSession(here.cache, 'one', () => here.load.refresh('x'));
    await inSession(here.cache, 'one', () => here.load.prime('primed', 'y'));
    await here.cache.flush();
    const found = await inSession(there.cache, 'one', async () => [await there.load('x'), await there.load('y')]);
    expect(found).toEqual(['run of x', 'primed']);
    expect(there.load.stats()).toMatchObject({ runs: 0, hits: 2 });
    await inSession(there.cache, 'one', async () => {
      expect(await there.load.explain('x')).toMatchObject({
        memory: { tags: [] },
        store: { state: 'fresh', tags: [] },
      });
      await there.load.clear();
      expect((await there.load.explain('x')).store).toMatchObject({ state: 'invalidated', by: { fence: 'function' } });
    });
    await Promise.all([here.cache.close(), there.cache.close()]);
  });

  test('hazard 29: the id of a session is in no key that leaves the process', async () => {
    const store = new GatedStore();
    await using cache = createCache({ name: 'shop', store });
    const load = cache.cacheData(async () => 'x', { name: 'load', scope: 'session' });
    await inSession(cache, { id: 'secret-id', principal: 'secret-user' }, load);
    await cache.flush();
    expect(store.data.size).toBeGreaterThan(0);
    for (const secret of ['secret-id', 'secret-user']) {
      expect([...store.data.keys()].join(' ')).not.toContain(secret);
      expect(keysHolding(store.data, secret)).toEqual([]);
    }
  });
});

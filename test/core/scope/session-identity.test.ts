import { describe, expect, test } from 'vitest';
import type { SessionSource } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { record } from '../support/cache.js';
import { failureOf, unchecked } from '../support/gate.js';
import { GatedStore } from '../support/gated-store.js';
import { counted, inSession } from '../support/sessions.js';

describe('whose session it is', () => {
  test('hazard 29: another principal of one id ends the old scope, and sees nothing of it', async () => {
    const { cache, load } = counted();
    const released: unknown[] = [];
    const pool = cache.cacheResource(() => ({}), { scope: 'session', onRelease: (_it, why) => released.push(why) });
    const use = (principal?: string): Promise<number> =>
      inSession(cache, { id: 'one', principal }, async () => (await pool(), load()));
    expect([await use(), await use()]).toEqual([1, 1]);
    expect([await use('ann'), await use('ann')]).toEqual([2, 2]);
    await settle();
    expect(released).toEqual(['scope']);
    expect(await use('eve')).toBe(3);
    expect(await use('ann')).toBe(4);
  });

  test('hazard 29: ids and principals do not run into each other', async () => {
    const { cache, load } = counted();
    const identities: SessionSource[] = [
      { id: 'a', principal: 'b' },
      { id: '["a","b"]' },
      { id: 'a"', principal: 'b' },
      'a","b',
    ];
    const answers = [];
    for (const identity of identities) answers.push(await inSession(cache, identity, load));
    expect(answers).toEqual([1, 2, 3, 4]);
  });

  test('is asked at each use, so that a session that was regenerated is another', async () => {
    const { cache, load } = counted();
    let id = 'one';
    const answers = await inSession(
      cache,
      () => id,
      async () => {
        const first = await load();
        id = 'two';
        return [first, await load()];
      },
    );
    expect(answers).toEqual([1, 2]);
  });

  test.each<[unknown, string]>([
    [7, 'option `session` is 7'],
    [true, 'option `session` is true'],
    [{ id: 7 }, 'option `session` is 7'],
    [{ name: 'x' }, 'option `session` is an object'],
    [{ id: 'x', principal: 7 }, 'option `session` is 7'],
    [{ id: 'x', principal: '' }, 'option `session` is ""'],
  ])('%j is no session, and said so at once', async (session, message) => {
    const { cache, load } = counted();
    expect(() => cache.openScope({ session: unchecked(session) })).toThrow(message);
    expect(String(await failureOf(inSession(cache, () => unchecked(session), load)))).toContain(message);
  });

  test('a promise is no session, and an unknown option none at all', async () => {
    const { cache, load } = counted();
    const late = async (): Promise<string> => 'one';
    expect(String(await failureOf(inSession(cache, unchecked(late), load)))).toContain('at once');
    expect(() => cache.openScope(unchecked({ sesion: 'x' }))).toThrow('there is no option `sesion`');
    expect(() => cache.openScope(unchecked('x'))).toThrow('option `options` is "x"');
  });

  test('an anonymous visitor shares with nobody and stores nothing; what is kept is for the request, and told', async () => {
    const store = new GatedStore();
    const { cache, load } = counted({ name: 'shop', store });
    const told = record(cache, 'anonymous');
    const twice = async (): Promise<number[]> => [await load('x'), await load('x')];
    expect(await inSession(cache, { anonymous: true }, twice)).toEqual([1, 1]);
    expect(await inSession(cache, { anonymous: true }, twice)).toEqual([2, 2]);
    expect(told).toMatchObject([
      { fn: 'load', key: '(s1:x)' },
      { fn: 'load', key: '(s1:x)' },
    ]);
    await inSession(cache, { anonymous: true }, async () => {
      await load('x');
      expect(await load.delete('x')).toEqual({ store: 'acknowledged' });
      expect(await load.expire('x')).toEqual({ store: 'acknowledged' });
      expect(await load.clear()).toEqual({ store: 'none' });
      await load.prime(9, 'x');
      expect(await load('x')).toBe(9);
      expect(await load.explain('x')).toMatchObject({ next: 'hit', store: { state: 'none' } });
    });
    await cache.flush();
    expect(store.log).toEqual([]);
    expect(load.stats().entries).toBe(0);
  });
});

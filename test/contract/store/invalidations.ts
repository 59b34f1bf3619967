import { expect, test } from 'vitest';
import { entryOf, outcome, runAndKeep, type TestTier } from '../../support/stores.js';
import type { Bench } from './bench.js';

const MINUTE = 60_000;

/** An invalidation holds, in every process, and reaches nothing else. */
export function invalidationsContract(bench: Bench): void {
  test('S54: a delete removes the entry from the store, for every process', async () => {
    const [a, b] = bench.twoProcesses();
    await runAndKeep(a.fn(), 'k', 'one');
    await runAndKeep(a.fn(), 'other', 'two');
    expect(await bench.stored(bench.entryKey('k'))).toEqual(expect.any(String));
    expect(await b.fn().delete('k')).toBe('acknowledged');
    expect(await bench.stored(bench.entryKey('k'))).toBeUndefined();
    expect(await outcome(a.fn(), 'k')).toBe('(cold)');
    expect(await outcome(a.fn(), 'other')).toBe('two');
  });

  test('S54: after a delete the call is kept again', async () => {
    const [a, b] = bench.twoProcesses();
    await runAndKeep(a.fn(), 'k', 'one');
    await a.fn().delete('k');
    await runAndKeep(a.fn(), 'k', 'two');
    expect(await outcome(a.fn(), 'k')).toBe('two');
    expect(await outcome(b.fn(), 'k')).toBe('two');
  });

  test('S58: clearing a function outdates all of its entries, and no others', async () => {
    const [a, b] = bench.twoProcesses();
    await runAndKeep(a.fn('getUser'), '1', 'u1');
    await runAndKeep(a.fn('getUser', 'v2'), '2', 'u2');
    await runAndKeep(a.fn('getUserName'), '1', 'n1');
    expect(await b.fn('getUser').clear()).toBe('acknowledged');
    expect(await outcome(a.fn('getUser'), '1')).toBe('(cleared)');
    expect(await outcome(a.fn('getUser', 'v2'), '2')).toBe('(cleared)');
    expect(await outcome(a.fn('getUserName'), '1')).toBe('n1');
  });

  test('S57: clearing a cache outdates its entries, and touches nothing else in the store', async () => {
    const [a, b] = bench.twoProcesses();
    const neighbour = bench.process({ cache: `${bench.cache()}*` });
    await bench.raw().set('foreign', 'theirs', MINUTE);
    await runAndKeep(a.fn(), 'k', 'ours');
    await runAndKeep(neighbour.fn(), 'k', 'of the neighbour');
    expect(await b.tier.clear()).toBe('acknowledged');
    expect(await outcome(a.fn(), 'k')).toBe('(cleared)');
    expect(await outcome(neighbour.fn(), 'k')).toBe('of the neighbour');
    expect(await bench.stored('foreign')).toBe('theirs');
  });

  test('names with globs, separators and accents do not reach across', async () => {
    bench.newCache();
    const names = ['t*', 't', 't:a', 't/a', 'T', '*', 'é', '~', 'a'.repeat(300), `${'a'.repeat(300)}b`];
    const all = names.map((name) => bench.process({ cache: `${bench.cache()} ${name}` }));
    for (const [index, cache] of all.entries()) {
      for (const name of names) await runAndKeep(cache.fn(name), 'k', `${index} ${name}`);
    }
    await all[0]?.tier.clear();
    await all[1]?.fn('t*').clear();
    for (const [index, cache] of all.entries()) {
      for (const name of names) {
        const gone = index === 0 || (index === 1 && name === 't*');
        expect(await outcome(cache.fn(name), 'k')).toBe(gone ? '(cleared)' : `${index} ${name}`);
      }
    }
  });

  test('invalidating a tag outdates what carries it, whether it was known before the run or only from the result', async () => {
    const [a, b] = bench.twoProcesses();
    await runAndKeep(a.fn('static'), 'k', 'static', { tags: ['users', 'u:1'] });
    const { begun } = await a.fn('learned').lookup('k', []);
    await a.fn('learned').keep('k', begun, entryOf('learned', { tags: ['u:1'] }));
    await runAndKeep(a.fn('other'), 'k', 'other', { tags: ['u:2'] });
    expect(await outcome(b.fn('static'), 'k', ['users'])).toBe('static');
    expect(await outcome(b.fn('learned'), 'k')).toBe('learned');

    expect(await b.tier.invalidateTags(['u:1', 'nobody has this one'])).toBe('acknowledged');
    expect(await outcome(a.fn('static'), 'k', ['users'])).toBe('(tag)');
    expect(await outcome(a.fn('learned'), 'k')).toBe('(tag)');
    expect(await outcome(a.fn('other'), 'k', ['u:2'])).toBe('other');
  });

  test('an entry that lacks a tag that is known before the run is a miss: nobody could invalidate it', async () => {
    const [a, b] = bench.twoProcesses();
    await runAndKeep(a.fn(), 'k', 'untagged');
    expect(await outcome(b.fn(), 'k', ['added later'])).toBe('(fence)');
  });

  test('an expired call is found as expired, by every process, until it is computed anew', async () => {
    const [a, b] = bench.twoProcesses();
    await runAndKeep(a.fn(), 'k', 'one');
    await runAndKeep(a.fn(), 'other', 'two');
    const underWay = await a.fn().begin('k', []);
    expect(await b.fn().expire('k')).toBe('acknowledged');
    await a.fn().keep('k', underWay, entryOf('began before'));
    for (const { fn } of [a, b]) {
      expect((await fn().lookup('k', [])).found).toMatchObject({ payload: 'began before', expiredFor: 0 });
      expect((await fn().lookup('other', [])).found?.expiredFor).toBeUndefined();
    }
    await a.fn().keep('k', await a.fn().begin('k', []), entryOf('began after'));
    expect((await b.fn().lookup('k', [])).found).toMatchObject({ payload: 'began after', expiredFor: undefined });
  });

  test('hazard 4: an entry is outdated by the tags of the entries that it was made of', async () => {
    const [a, b] = bench.twoProcesses();
    await runAndKeep(a.fn(), 'inner', 'one', { tags: ['t'] });
    const { begun } = await b.fn('getPage').lookup('outer', []);
    const { found } = await b.fn().lookup('inner', []);
    const keepOuter = (): Promise<unknown> =>
      b.fn('getPage').keep('outer', begun, entryOf('page', { inherited: found === undefined ? [] : [found.pairs] }));
    await keepOuter();
    expect(await outcome(a.fn('getPage'), 'outer')).toBe('page');
    await a.tier.invalidateTags(['t']);
    expect(await outcome(b.fn('getPage'), 'outer')).toBe('(tag)');
    await keepOuter();
    expect(await outcome(b.fn('getPage'), 'outer')).toBe('(tag)');
  });

  for (const [what, invalidate] of Object.entries({
    delete: (tier: TestTier) => tier.fn().delete('k'),
    'clear of the function': (tier: TestTier) => tier.fn().clear(),
    'clear of the cache': (tier: TestTier) => tier.tier.clear(),
    'invalidation of a tag known before the run': (tier: TestTier) => tier.tier.invalidateTags(['known']),
    'invalidation of a tag known from the result': (tier: TestTier) => tier.tier.invalidateTags(['learned']),
  })) {
    test(`hazards 1, 2, 5: what was begun before a ${what} by any process is never found after it`, async () => {
      const [a, b] = bench.twoProcesses();
      await runAndKeep(a.fn(), 'warm', 'up', { tags: ['known', 'learned'] });
      const tags = { tags: ['known', 'learned'] };
      const ofA = await a.fn().lookup('k', ['known']);
      const ofB = await b.fn().lookup('k', ['known']);
      expect(await b.tier.flush()).toBeUndefined();
      await invalidate(b);
      await a.fn().keep('k', ofA.begun, entryOf('outdated, of a', tags));
      expect(await outcome(b.fn(), 'k', ['known'])).toMatch(/^\(/);
      await b.fn().keep('k', ofB.begun, entryOf('outdated, of b', tags));
      expect(await outcome(a.fn(), 'k', ['known'])).toMatch(/^\(/);
      expect(await outcome(b.fn(), 'k', ['known'])).toMatch(/^\(/);
    });
  }
}

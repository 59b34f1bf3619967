import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { DiskStoreInput, StoreInput } from '../../../packages/core/src/store/index.js';
import { cacheNames } from '../../../packages/core/src/store/names.js';
import { openPort } from '../../../packages/core/src/store/open-port.js';
import type { StorePort } from '../../../packages/core/src/store/port.js';
import { fakeClock } from '../../support/fake-clock.js';
import { entryOf, openTier, outcome, runAndKeep, stillClock, type TestTier } from '../../support/stores.js';

/** One store for a contract suite to run on. */
export interface StoreUnderTest {
  /** The store as one more process would be given it. */
  connect(): StoreInput | DiskStoreInput;
  /** Ends the connections, and the store. */
  end(): Promise<void>;
}

const MINUTE = 60_000;

/** Texts that serializers, stores and truthiness tests have been seen to mistake for something else. */
const PAYLOADS = [
  '',
  '0',
  'null',
  'undefined',
  'false',
  '""',
  ':base64:AAAA',
  ':1',
  '{"value":1,"expires":1}',
  'naïve ☃ 𝄞 \0\r\n\t"\\',
  'x'.repeat(1_000_000),
];

/** What every store must do: two tiers over one store stand for two processes. */
export function storeContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`store contract: ${name}`, () => {
    let store: StoreUnderTest;
    let tiers: TestTier[] = [];
    let caches = 0;

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.end());
    afterEach(async () => {
      await Promise.all(tiers.map(({ tier }) => tier.close()));
      tiers = [];
    });

    /** One process; each test has a cache of its own. */
    const process_ = (options: Parameters<typeof openTier>[1] = {}): TestTier => {
      const opened = openTier(store.connect(), { cache: cacheName(), ...options });
      tiers.push(opened);
      return opened;
    };
    const cacheName = (): string => `${expect.getState().currentTestName ?? ''} ${caches}`;
    const twoProcesses = (): [TestTier, TestTier] => {
      caches += 1;
      return [process_(), process_()];
    };

    /** The store as an outsider sees it. */
    const raw = (): StorePort => openPort(store.connect(), stillClock());
    const entryKey = (key: string, fn = 'getUser', version = 'v1'): string =>
      cacheNames(cacheName(), '').function(fn, version).call(key).entry;
    const stored = async (key: string): Promise<unknown> => (await raw().getMany([key]))[0];

    test('S62: what one process kept, another finds', async () => {
      const [a, b] = twoProcesses();
      await runAndKeep(a.fn(), 'k', 'from a', { computeMs: 7 });
      const { found } = await b.fn().lookup('k', []);
      expect(found).toMatchObject({ payload: 'from a', ttl: MINUTE, computeMs: 7, tags: [] });
      expect([...a.events, ...b.events]).toEqual([]);
    });

    test('S53: an entry outlives the process that kept it', async () => {
      const [a, b] = twoProcesses();
      await runAndKeep(a.fn(), 'k', 'before the restart');
      await a.tier.close();
      expect(await outcome(b.fn(), 'k')).toBe('before the restart');
    });

    test('S61: every payload comes back as it was', async () => {
      const [a, b] = twoProcesses();
      for (const [index, payload] of PAYLOADS.entries()) {
        await runAndKeep(a.fn(), String(index), payload);
        expect(await outcome(b.fn(), String(index))).toBe(payload);
      }
    });

    test('S54: a delete removes the entry from the store, for every process', async () => {
      const [a, b] = twoProcesses();
      await runAndKeep(a.fn(), 'k', 'one');
      await runAndKeep(a.fn(), 'other', 'two');
      expect(await stored(entryKey('k'))).toEqual(expect.any(String));
      expect(await b.fn().delete('k')).toBe('acknowledged');
      expect(await stored(entryKey('k'))).toBeUndefined();
      expect(await outcome(a.fn(), 'k')).toBe('(cold)');
      expect(await outcome(a.fn(), 'other')).toBe('two');
    });

    test('S54: after a delete the call is kept again', async () => {
      const [a, b] = twoProcesses();
      await runAndKeep(a.fn(), 'k', 'one');
      await a.fn().delete('k');
      await runAndKeep(a.fn(), 'k', 'two');
      expect(await outcome(a.fn(), 'k')).toBe('two');
      expect(await outcome(b.fn(), 'k')).toBe('two');
    });

    test('S58: clearing a function outdates all of its entries, and no others', async () => {
      const [a, b] = twoProcesses();
      await runAndKeep(a.fn('getUser'), '1', 'u1');
      await runAndKeep(a.fn('getUser', 'v2'), '2', 'u2');
      await runAndKeep(a.fn('getUserName'), '1', 'n1');
      expect(await b.fn('getUser').clear()).toBe('acknowledged');
      expect(await outcome(a.fn('getUser'), '1')).toBe('(invalidated)');
      expect(await outcome(a.fn('getUser', 'v2'), '2')).toBe('(invalidated)');
      expect(await outcome(a.fn('getUserName'), '1')).toBe('n1');
    });

    test('S57: clearing a cache outdates its entries, and touches nothing else in the store', async () => {
      const [a, b] = twoProcesses();
      const neighbour = openTier(store.connect(), { cache: `${cacheName()}*` });
      tiers.push(neighbour);
      await raw().set('foreign', 'theirs', MINUTE);
      await runAndKeep(a.fn(), 'k', 'ours');
      await runAndKeep(neighbour.fn(), 'k', 'of the neighbour');
      expect(await b.tier.clear()).toBe('acknowledged');
      expect(await outcome(a.fn(), 'k')).toBe('(invalidated)');
      expect(await outcome(neighbour.fn(), 'k')).toBe('of the neighbour');
      expect(await stored('foreign')).toBe('theirs');
    });

    test('names with globs, separators and accents do not reach across', async () => {
      caches += 1;
      const names = ['t*', 't', 't:a', 't/a', 'T', '*', 'é', '~', 'a'.repeat(300), `${'a'.repeat(300)}b`];
      const caches_ = names.map((name) => process_({ cache: `${cacheName()} ${name}` }));
      for (const [index, cache] of caches_.entries()) {
        for (const name of names) await runAndKeep(cache.fn(name), 'k', `${index} ${name}`);
      }
      await caches_[0]?.tier.clear();
      await caches_[1]?.fn('t*').clear();
      for (const [index, cache] of caches_.entries()) {
        for (const name of names) {
          const gone = index === 0 || (index === 1 && name === 't*');
          expect(await outcome(cache.fn(name), 'k')).toBe(gone ? '(invalidated)' : `${index} ${name}`);
        }
      }
    });

    test('another version of the function or of the cache has entries of its own', async () => {
      const [a] = twoProcesses();
      const upgraded = process_({ cacheVersion: '2' });
      await runAndKeep(a.fn(), 'k', 'old');
      expect(await outcome(a.fn('getUser', 'v2'), 'k')).toBe('(cold)');
      expect(await outcome(upgraded.fn(), 'k')).toBe('(cold)');
      expect(await outcome(a.fn(), 'k')).toBe('old');
    });

    test('invalidating a tag outdates what carries it, whether it was known before the run or only from the result', async () => {
      const [a, b] = twoProcesses();
      await runAndKeep(a.fn('static'), 'k', 'static', { tags: ['users', 'u:1'] });
      const { begun } = await a.fn('learned').lookup('k', []);
      await a.fn('learned').keep('k', begun, entryOf('learned', { tags: ['u:1'] }));
      await runAndKeep(a.fn('other'), 'k', 'other', { tags: ['u:2'] });
      expect(await outcome(b.fn('static'), 'k', ['users'])).toBe('static');
      expect(await outcome(b.fn('learned'), 'k')).toBe('learned');

      expect(await b.tier.invalidateTags(['u:1', 'nobody has this one'])).toBe('acknowledged');
      expect(await outcome(a.fn('static'), 'k', ['users'])).toBe('(invalidated)');
      expect(await outcome(a.fn('learned'), 'k')).toBe('(invalidated)');
      expect(await outcome(a.fn('other'), 'k', ['u:2'])).toBe('other');
    });

    test('an entry that lacks a tag that is known before the run is a miss: nobody could invalidate it', async () => {
      const [a, b] = twoProcesses();
      await runAndKeep(a.fn(), 'k', 'untagged');
      expect(await outcome(b.fn(), 'k', ['added later'])).toBe('(invalidated)');
    });

    for (const [what, invalidate] of Object.entries({
      delete: (tier: TestTier) => tier.fn().delete('k'),
      'clear of the function': (tier: TestTier) => tier.fn().clear(),
      'clear of the cache': (tier: TestTier) => tier.tier.clear(),
      'invalidation of a tag known before the run': (tier: TestTier) => tier.tier.invalidateTags(['known']),
      'invalidation of a tag known from the result': (tier: TestTier) => tier.tier.invalidateTags(['learned']),
    })) {
      test(`hazards 1, 2, 5: what was begun before a ${what} by any process is never found after it`, async () => {
        const [a, b] = twoProcesses();
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

    test('S55: garbage, truncated, empty and foreign text is a miss, an event, and gone', async () => {
      const [a, b] = twoProcesses();
      await runAndKeep(a.fn(), 'k', 'a payload that is long enough to be cut');
      const whole = await stored(entryKey('k'));
      if (typeof whole !== 'string') throw new Error('nothing was stored');
      const flipped = `${whole.slice(0, -3)}${whole.at(-3) === 'x' ? 'y' : 'x'}${whole.slice(-2)}`;
      const bad = [
        '',
        'garbage',
        'null',
        '42',
        '{}',
        '{"value":1}',
        whole.slice(0, -5),
        whole.slice(5),
        `${whole}x`,
        flipped,
      ];
      for (const [index, text] of bad.entries()) {
        await raw().set(entryKey('k'), text, MINUTE);
        expect(await outcome(b.fn(), 'k'), `text ${index}`).toBe('(damaged)');
        expect(b.told('storeDamaged')).toHaveLength(index + 1);
        await b.tier.flush();
        expect(await stored(entryKey('k')), `text ${index}`).toBeUndefined();
      }
      expect(b.told('storeDamaged')[0]).toMatchObject({
        fn: 'getUser',
        key: 'k',
        error: { code: 'ERR_MILLPOND_STORE_DAMAGED' },
      });
      await runAndKeep(b.fn(), 'k', 'new');
      expect(await outcome(a.fn(), 'k')).toBe('new');
    });

    test('S55: an intact entry of another call is not this call', async () => {
      const [a] = twoProcesses();
      await runAndKeep(a.fn(), 'mine', 'of mine');
      const text = await stored(entryKey('mine'));
      await raw().set(entryKey('yours'), String(text), MINUTE);
      expect(await outcome(a.fn(), 'yours')).toBe('(damaged)');
    });

    test('a payload that its reader finds undecodable is told, and gone', async () => {
      const [a, b] = twoProcesses();
      await runAndKeep(a.fn(), 'k', 'not what it seems');
      const cause = new SyntaxError('no');
      b.fn().damaged('k', 'its payload cannot be decoded', cause);
      await b.tier.flush();
      expect(b.told('storeDamaged')).toMatchObject([{ key: 'k', error: { cause } }]);
      expect(await outcome(a.fn(), 'k')).toBe('(cold)');
    });

    test('S110: a token that was lost makes its entries misses, and the function is kept again', async () => {
      const [a, b] = twoProcesses();
      const names = cacheNames(cacheName(), '');
      for (const lost of [names.cache, names.function('getUser', 'v1').token, names.tag('users')]) {
        await runAndKeep(a.fn(), 'k', 'kept', { tags: ['users'] });
        expect(await outcome(a.fn(), 'k', ['users'])).toBe('kept');
        await raw().delete(lost);
        expect(await outcome(b.fn(), 'k', ['users'])).toBe('(invalidated)');
      }
    });

    test('S52: an entry has the life that remains, and none after its ttl and stale windows', async () => {
      caches += 1;
      const clock = fakeClock(Date.now());
      const a = process_({ clock });
      const windows = { ttl: MINUTE, staleWhileRevalidate: 2 * MINUTE, staleIfError: 3 * MINUTE };
      await runAndKeep(a.fn(), 'fresh', 'short', { ttl: MINUTE });
      await runAndKeep(a.fn(), 'stale', 'long', windows);
      await clock.advance(MINUTE - 1);
      expect((await a.fn().lookup('fresh', [])).found?.age).toBe(MINUTE - 1);
      await clock.advance(1);
      expect(await outcome(a.fn(), 'fresh')).toMatch(/\((expired|cold)\)/);
      expect((await a.fn().lookup('stale', [])).found).toMatchObject({ ...windows, age: MINUTE });
      await clock.advance(3 * MINUTE - 1);
      expect(await outcome(a.fn(), 'stale')).toBe('long');
      await clock.advance(1);
      expect(await outcome(a.fn(), 'stale')).toMatch(/\((expired|cold)\)/);
    });

    test('an entry without ttl lives for storeTtl', async () => {
      caches += 1;
      const clock = fakeClock(Date.now());
      const a = process_({ clock, storeTtl: 5 * MINUTE });
      await runAndKeep(a.fn(), 'k', 'for ever', { ttl: undefined });
      await clock.advance(5 * MINUTE - 1);
      expect(await outcome(a.fn(), 'k')).toBe('for ever');
      await clock.advance(1);
      expect(await outcome(a.fn(), 'k')).toMatch(/\((expired|cold)\)/);
    });

    test('hazard 12: an entry from the future is of now', async () => {
      caches += 1;
      const ahead = process_({ clock: fakeClock(Date.now() + MINUTE) });
      const behind = process_({ clock: fakeClock(Date.now()) });
      await runAndKeep(ahead.fn(), 'k', 'from a clock that is fast');
      expect((await behind.fn().lookup('k', [])).found?.age).toBe(0);
    });

    test('a value that is too large is not stored, is told, and what was stored before it goes', async () => {
      const [a] = twoProcesses();
      const small = a.tier.function({ name: 'getUser', version: 'v1', shown: 'getUser', maxValueBytes: 1000 });
      await runAndKeep(small, 'k', 'small');
      await small.keep('k', await small.begin('k', []), entryOf('é'.repeat(600)));
      expect(a.told('notStored')).toMatchObject([{ key: 'k', error: { code: 'ERR_MILLPOND_VALUE_TOO_LARGE' } }]);
      expect(await outcome(small, 'k')).toBe('(cold)');
    });

    test('a run that did not look keeps what it computed', async () => {
      const [a, b] = twoProcesses();
      await a.fn().keep('k', await a.fn().begin('k', ['users']), entryOf('refreshed', { tags: ['users'] }));
      expect(await outcome(b.fn(), 'k', ['users'])).toBe('refreshed');
    });

    test('the last of many writes of one key is the one that stays', async () => {
      const [a, b] = twoProcesses();
      const begun = await a.fn().begin('k', []);
      await Promise.all([1, 2, 3, 4, 5].map((value) => a.fn().keep('k', begun, entryOf(`value ${value}`))));
      expect(await outcome(b.fn(), 'k')).toBe('value 5');
    });

    test('a closed tier finds nothing, keeps nothing, and leaves what it kept', async () => {
      const [a, b] = twoProcesses();
      await runAndKeep(a.fn(), 'k', 'kept');
      const begun = await a.fn().begin('late', []);
      await a.tier.close();
      await a.fn().keep('late', begun, entryOf('late'));
      expect(await outcome(a.fn(), 'k')).toBe('(store-down)');
      expect(await a.fn().delete('k')).toBe('pending');
      expect(await outcome(b.fn(), 'k')).toBe('kept');
      expect(await outcome(b.fn(), 'late')).toBe('(cold)');
    });

    test('close waits for the writes that are under way', async () => {
      const [a, b] = twoProcesses();
      const begun = await a.fn().begin('k', []);
      const kept = a.fn().keep('k', begun, entryOf('just in time'));
      await a.tier.close();
      await kept;
      expect(await outcome(b.fn(), 'k')).toBe('just in time');
    });
  });
}

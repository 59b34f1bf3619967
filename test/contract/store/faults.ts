import { expect, test } from 'vitest';
import { decodeFrame, encodeFrame } from '../../../packages/core/src/codec/index.js';
import { cacheNames } from '../../../packages/core/src/store/names.js';
import { fakeClock } from '../../support/fake-clock.js';
import { entryOf, outcome, runAndKeep } from '../../support/stores.js';
import type { Bench } from './bench.js';

const MINUTE = 60_000;

/** What is damaged, lost or over is a miss. */
export function faultsContract(bench: Bench): void {
  test('S55: garbage, truncated, empty and foreign text is a miss, an event, and gone', async () => {
    const [a, b] = bench.twoProcesses();
    await runAndKeep(a.fn(), 'k', 'a payload that is long enough to be cut');
    const whole = await bench.stored(bench.entryKey('k'));
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
      await bench.raw().set(bench.entryKey('k'), text, MINUTE);
      expect(await outcome(b.fn(), 'k'), `text ${index}`).toBe('(damaged)');
      expect(b.told('storeDamaged')).toHaveLength(index + 1);
      await b.tier.flush();
      expect(await bench.stored(bench.entryKey('k')), `text ${index}`).toBeUndefined();
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
    const [a] = bench.twoProcesses();
    await runAndKeep(a.fn(), 'mine', 'of mine');
    const text = await bench.stored(bench.entryKey('mine'));
    await bench.raw().set(bench.entryKey('yours'), String(text), MINUTE);
    expect(await outcome(a.fn(), 'yours')).toBe('(damaged)');
  });

  test('an entry with a fence of which this release knows nothing is a miss', async () => {
    const [a] = bench.twoProcesses();
    await runAndKeep(a.fn(), 'k', 'fenced');
    const { frame } = decodeFrame(await bench.stored(bench.entryKey('k')));
    if (frame === undefined) throw new Error('nothing was stored');
    await bench
      .raw()
      .set(bench.entryKey('k'), encodeFrame({ ...frame, fences: [...frame.fences, ['z', 'new']] }), MINUTE);
    expect(await outcome(a.fn(), 'k')).toBe('(fence)');
    await bench.raw().set(bench.entryKey('k'), encodeFrame(frame), MINUTE);
    expect(await outcome(a.fn(), 'k')).toBe('fenced');
  });

  test('a payload that its reader finds undecodable is told, and gone', async () => {
    const [a, b] = bench.twoProcesses();
    await runAndKeep(a.fn(), 'k', 'not what it seems');
    const cause = new SyntaxError('no');
    b.fn().damaged('k', 'its payload cannot be decoded', cause);
    await b.tier.flush();
    expect(b.told('storeDamaged')).toMatchObject([{ key: 'k', error: { cause } }]);
    expect(await outcome(a.fn(), 'k')).toBe('(cold)');
  });

  test('S110: a token that was lost makes its entries misses, and the function is kept again', async () => {
    const [a, b] = bench.twoProcesses();
    const names = cacheNames(bench.cache(), '');
    for (const lost of [names.cache, names.function('getUser', 'v1').token, names.tag('users')]) {
      await runAndKeep(a.fn(), 'k', 'kept', { tags: ['users'] });
      expect(await outcome(a.fn(), 'k', ['users'])).toBe('kept');
      await bench.raw().delete(lost);
      expect(await outcome(b.fn(), 'k', ['users'])).toBe('(fence)');
    }
  });

  test('S52: an entry has the life that remains, and none after its ttl and stale windows', async () => {
    bench.newCache();
    const clock = fakeClock(Date.now());
    const a = bench.process({ clock });
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
    bench.newCache();
    const clock = fakeClock(Date.now());
    const a = bench.process({ clock, storeTtl: 5 * MINUTE });
    await runAndKeep(a.fn(), 'k', 'for ever', { ttl: undefined });
    await clock.advance(5 * MINUTE - 1);
    expect(await outcome(a.fn(), 'k')).toBe('for ever');
    await clock.advance(1);
    expect(await outcome(a.fn(), 'k')).toMatch(/\((expired|cold)\)/);
  });

  test('hazard 12: an entry from the future is of now', async () => {
    bench.newCache();
    const ahead = bench.process({ clock: fakeClock(Date.now() + MINUTE) });
    const behind = bench.process({ clock: fakeClock(Date.now()) });
    await runAndKeep(ahead.fn(), 'k', 'from a clock that is fast');
    expect((await behind.fn().lookup('k', [])).found?.age).toBe(0);
  });

  test('hazard 12: clocks that disagree by minutes undo no invalidation, and make nothing live longer', async () => {
    bench.newCache();
    const [ahead, behind] = [10, -10].map((minutes) =>
      bench.process({ clock: fakeClock(Date.now() + minutes * MINUTE) }),
    );
    if (ahead === undefined || behind === undefined) throw new Error('there are two processes');
    for (const [one, other] of [
      [ahead, behind],
      [behind, ahead],
    ] as const) {
      const outdate = [
        () => one.fn().delete('k'),
        () => one.fn().clear(),
        () => one.tier.invalidateTags(['users']),
        () => one.tier.clear(),
      ];
      for (const each of outdate) {
        // It began before the invalidation, in the process with the other clock.
        const { begun } = await other.fn().lookup('k', ['users']);
        await each();
        await other.fn().keep('k', begun, entryOf('outdated', { ttl: undefined, tags: ['users'] }));
        for (const { fn } of [one, other]) expect((await fn().lookup('k', ['users'])).found).toBeUndefined();
        // What begins after it is found by both.
        await runAndKeep(other.fn(), 'k', 'new', { ttl: undefined, tags: ['users'] });
        expect(await outcome(one.fn(), 'k')).toBe('new');
      }
    }
    // Twenty minutes old to one, of now to the other: it is over when its ttl is, or before.
    await runAndKeep(behind.fn(), 'short', 'value', { ttl: 5 * MINUTE });
    expect((await ahead.fn().lookup('short', [])).found).toBeUndefined();
    await runAndKeep(ahead.fn(), 'short', 'value', { ttl: 5 * MINUTE });
    expect((await behind.fn().lookup('short', [])).found).toMatchObject({ age: 0, ttl: 5 * MINUTE });
  });
}

import { expect, test } from 'vitest';
import { entryOf, outcome, runAndKeep, untilEnded } from '../../support/stores.js';
import type { Bench } from './bench.js';

const MINUTE = 60_000;

/**
 * Texts that serializers, stores and truthiness tests have been seen to mistake for something else. None has a NUL, which
 * SQL databases cannot keep in a text: the codec escapes it.
 */
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
  'naïve ☃ 𝄞 \r\n\t"\\',
  'x'.repeat(1_000_000),
];

/** What is kept is found, as it was, and only where it belongs. */
export function entriesContract(bench: Bench): void {
  test('S62: what one process kept, another finds', async () => {
    const [a, b] = bench.twoProcesses();
    await runAndKeep(a.fn(), 'k', 'from a', { computeMs: 7 });
    const { found } = await b.fn().lookup('k', []);
    expect(found).toMatchObject({ payload: 'from a', ttl: MINUTE, computeMs: 7, tags: [] });
    expect([...a.events, ...b.events]).toEqual([]);
  });

  test('S53: an entry outlives the process that kept it', async () => {
    const [a, b] = bench.twoProcesses();
    await runAndKeep(a.fn(), 'k', 'before the restart');
    await a.tier.close();
    expect(await outcome(b.fn(), 'k')).toBe('before the restart');
  });

  test('S61: every payload comes back as it was', async () => {
    const [a, b] = bench.twoProcesses();
    for (const [index, payload] of PAYLOADS.entries()) {
      await runAndKeep(a.fn(), String(index), payload);
      expect(await outcome(b.fn(), String(index))).toBe(payload);
    }
  });

  test('another version of the function or of the cache has entries of its own', async () => {
    const [a] = bench.twoProcesses();
    const upgraded = bench.process({ cacheVersion: '2' });
    await runAndKeep(a.fn(), 'k', 'old');
    expect(await outcome(a.fn('getUser', 'v2'), 'k')).toBe('(cold)');
    expect(await outcome(upgraded.fn(), 'k')).toBe('(cold)');
    expect(await outcome(a.fn(), 'k')).toBe('old');
  });

  test('a value that is too large is not stored, is told, and what was stored before it goes', async () => {
    const [a] = bench.twoProcesses();
    const identity = { name: 'getUser', version: 'v1', shown: 'getUser', maxValueBytes: 1000 };
    const small = untilEnded(a.tier.function(identity));
    await runAndKeep(small, 'k', 'small');
    await small.keep('k', await small.begin('k', []), entryOf('é'.repeat(600)));
    expect(a.told('notStored')).toMatchObject([{ key: 'k', error: { code: 'ERR_MILLPOND_VALUE_TOO_LARGE' } }]);
    expect(await outcome(small, 'k')).toBe('(cold)');
  });

  test('a run that did not look keeps what it computed', async () => {
    const [a, b] = bench.twoProcesses();
    await a.fn().keep('k', await a.fn().begin('k', ['users']), entryOf('refreshed', { tags: ['users'] }));
    expect(await outcome(b.fn(), 'k', ['users'])).toBe('refreshed');
  });

  test('the last of many writes of one key is the one that stays', async () => {
    const [a, b] = bench.twoProcesses();
    const begun = await a.fn().begin('k', []);
    await Promise.all([1, 2, 3, 4, 5].map((value) => a.fn().keep('k', begun, entryOf(`value ${value}`))));
    expect(await outcome(b.fn(), 'k')).toBe('value 5');
  });

  test('a closed tier finds nothing, keeps nothing, and leaves what it kept', async () => {
    const [a, b] = bench.twoProcesses();
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
    const [a, b] = bench.twoProcesses();
    const begun = await a.fn().begin('k', []);
    const kept = a.fn().keep('k', begun, entryOf('just in time'));
    await a.tier.close();
    await kept;
    expect(await outcome(b.fn(), 'k')).toBe('just in time');
  });
}

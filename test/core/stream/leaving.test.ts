import { describe, expect, test } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf } from '../support/gate.js';
import { all, readOut, runOf, take, tapped } from './support.js';

describe('S66: a signal', () => {
  test('that aborts rejects its reader alone, with its reason, and once', async () => {
    const { cache } = pond();
    const { fn, taps } = tapped<number>();
    const rows = cache.cacheStream(fn);
    const caller = new AbortController();
    const leaver = rows.withOptions({ signal: caller.signal })('k');
    const others = all(rows('k'));
    const left = readOut(leaver);
    await settle();
    runOf(taps, 1).give(1);
    await settle();
    const reason = new Error('too slow');
    caller.abort(reason);
    expect(await left).toEqual({ items: [1], error: reason });
    expect(await leaver.next()).toEqual({ done: true, value: undefined });
    runOf(taps, 1).end();
    expect(await others).toEqual([1]);
  });

  test('that aborts between two items is told with the next, also in a replay', async () => {
    const { cache } = pond();
    const rows = cache.cacheStream(async function* () {
      yield* [1, 2];
    });
    for (let call = 0; call < 2; call += 1) {
      const caller = new AbortController();
      const reader = rows.withOptions({ signal: caller.signal })();
      await take(reader, 1);
      caller.abort();
      expect(await failureOf(reader.next())).toBe(caller.signal.reason);
      expect(await reader.next()).toEqual({ done: true, value: undefined });
      await all(rows());
    }
  });

  test('that has aborted before runs nothing', async () => {
    const { cache } = pond();
    const { fn, taps } = tapped<number>();
    const reader = cache.cacheStream(fn).withOptions({ signal: AbortSignal.abort() })('k');
    expect(await failureOf(reader.next())).toMatchObject({ name: 'AbortError' });
    expect(taps).toHaveLength(0);
  });
});

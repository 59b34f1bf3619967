import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createCache } from '@millpond/core';
import { createTestClock } from '@millpond/core/testing';

afterEach(() => {
  vi.useRealTimers();
});

describe('a test clock', () => {
  test('stands still until it is moved, in any spelling of a duration', async () => {
    const clock = createTestClock();
    expect([clock.now(), clock.wallTime()]).toEqual([0, Date.UTC(2024, 0, 1)]);
    await clock.advance('1h30m');
    await clock.advance(1);
    expect([clock.now(), clock.wallTime()]).toEqual([5_400_001, Date.UTC(2024, 0, 1, 1, 30, 0, 1)]);
  });

  test('starts at the instant that it is given', () => {
    expect(createTestClock(5).wallTime()).toBe(5);
    expect(createTestClock(new Date('2020-02-29T00:00:00Z')).wallTime()).toBe(Date.UTC(2020, 1, 29));
    expect(() => createTestClock(new Date('never'))).toThrow('createTestClock: option `start` is');
  });

  test('refuses what is no duration, and stays where it is', async () => {
    const clock = createTestClock();
    await expect(clock.advance(-1)).rejects.toThrow('advance: option `duration` is -1');
    await expect(clock.advance('soon')).rejects.toMatchObject({ code: 'ERR_MILLPOND_INVALID_OPTION' });
    expect(clock.now()).toBe(0);
  });

  test('fires timers in the order of their instants, those of one instant in that of their making', async () => {
    const clock = createTestClock();
    const fired: string[] = [];
    const at = (ms: number, name: string) =>
      clock.setTimer(() => fired.push(`${name} at ${clock.now()}`), ms, 'awaited');
    at(20, 'late');
    at(10, 'first');
    at(10, 'second');
    at(-5, 'overdue');
    at(31, 'never');
    await clock.advance(30);
    expect(fired).toEqual(['overdue at 0', 'first at 10', 'second at 10', 'late at 20']);
    expect([clock.now(), clock.pending]).toEqual([30, 1]);
  });

  test('fires what a timer, or a promise reaction behind it, sets for the time that it moves over', async () => {
    const clock = createTestClock();
    const fired: number[] = [];
    clock.setTimer(
      () => {
        void Promise.resolve().then(() => clock.setTimer(() => fired.push(clock.now()), 5, 'background'));
      },
      5,
      'background',
    );
    await clock.advance(10);
    expect(fired).toEqual([10]);
  });

  test('lets what is ready run before it moves: a call that was just made sets its timers at the time of the call', async () => {
    const clock = createTestClock();
    const fired: number[] = [];
    setImmediate(() => clock.setTimer(() => fired.push(clock.now()), 50, 'awaited'));
    await clock.advance(60);
    expect(fired).toEqual([50]);
  });

  test('lets what is ready run before `advance` resolves, also when it moves nothing', async () => {
    const clock = createTestClock();
    let turned = false;
    setImmediate(() => (turned = true));
    await clock.advance(0);
    expect([turned, clock.now()]).toEqual([true, 0]);
  });

  test('forgets a timer that was cancelled, before and after it has fired', async () => {
    const clock = createTestClock();
    let fired = 0;
    const timer = clock.setTimer(() => (fired += 1), 10, 'awaited');
    const other = clock.setTimer(() => (fired += 1), 10, 'awaited');
    expect(clock.pending).toBe(2);
    timer.cancel();
    expect(clock.pending).toBe(1);
    await clock.advance(10);
    other.cancel();
    expect([fired, clock.pending]).toEqual([1, 0]);
  });

  test('never goes back when two move it at once', async () => {
    const clock = createTestClock();
    const seen: number[] = [];
    clock.setTimer(() => seen.push(clock.now()), 5, 'awaited');
    const short = clock.advance(10).then(() => seen.push(clock.now()));
    const long = clock.advance(100).then(() => seen.push(clock.now()));
    await Promise.all([short, long]);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(clock.now()).toBe(105);
  });

  test('fires timers outside the async context of whoever moves it, and of whoever set them', async () => {
    const clock = createTestClock();
    const requests = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    requests.run('one who sets', () => clock.setTimer(() => seen.push(requests.getStore()), 10, 'awaited'));
    await requests.run('one who moves', () => clock.advance(10));
    expect(seen).toEqual([undefined]);
  });

  test('throws what a timer throws, where it stands', async () => {
    const clock = createTestClock();
    const error = new Error('mine');
    const fail = (): void => {
      throw error;
    };
    clock.setTimer(fail, 10, 'awaited');
    await expect(clock.advance(20)).rejects.toBe(error);
    expect(clock.now()).toBe(10);
  });

  test('moves on when fake timers have taken the place of the real ones', async () => {
    vi.useFakeTimers();
    const clock = createTestClock();
    await clock.advance('1s');
    expect(clock.now()).toBe(1000);
  });

  test('makes what a cache keeps expire', async () => {
    const clock = createTestClock();
    const { cacheData } = createCache({ clock });
    let runs = 0;
    const load = cacheData(async () => (runs += 1), { ttl: '1h' });
    await load();
    await clock.advance('59m');
    expect(await load()).toBe(1);
    await clock.advance('1m');
    expect(await load()).toBe(2);
  });
});

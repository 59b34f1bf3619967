import { describe, expect, test } from 'vitest';
import { currentSignal } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf, gate, watch, type Gate } from '../support/gate.js';

test('S63: fifty cold calls of one key share one run', async () => {
  const { cache } = pond();
  const door = gate<string>();
  let calls = 0;
  const load = cache.cacheData(async (_id: number) => {
    calls += 1;
    return door.passed;
  });
  const waiters = Array.from({ length: 50 }, () => load(1));
  door.open('value');
  expect(await Promise.all(waiters)).toEqual(Array(50).fill('value'));
  expect(calls).toBe(1);
  expect(load.stats()).toMatchObject({ misses: 1, joins: 49, hits: 0 });
});

test('S64: a slow key does not hold up another', async () => {
  const { cache } = pond();
  const door = gate<string>();
  const load = cache.cacheData(async (id: string) => (id === 'slow' ? door.passed : 'fast'));
  const slow = load('slow');
  const state = watch(slow);
  expect(await load('quick')).toBe('fast');
  expect(state.settled).toBe(false);
  door.open('slow');
  expect(await slow).toBe('slow');
});

test('S65: five callers of a failing run share its one error, and the next call runs again', async () => {
  const { cache } = pond();
  const door = gate<string>();
  let calls = 0;
  const load = cache.cacheData(async () => {
    calls += 1;
    return door.passed;
  });
  const failures = Array.from({ length: 5 }, () => failureOf(load()));
  const error = new Error('no');
  door.fail(error);
  for (const failure of await Promise.all(failures)) expect(failure).toBe(error);
  expect(calls).toBe(1);
  expect(await failureOf(load())).toBe(error);
  expect(calls).toBe(2);
});

describe('S66: a caller who aborts', () => {
  test('is the only one who is let go', async () => {
    const { cache } = pond();
    const door = gate<string>();
    let calls = 0;
    const load = cache.cacheData(async (_id: number) => {
      calls += 1;
      return door.passed;
    });
    const [leader, follower] = [new AbortController(), new AbortController()];
    const led = failureOf(load.withOptions({ signal: leader.signal })(1));
    const followed = failureOf(load.withOptions({ signal: follower.signal })(1));
    const others = [load(1), load(1)];
    const reason = new Error('client went away');
    leader.abort(reason);
    expect(await led).toBe(reason);
    follower.abort();
    expect(await followed).toMatchObject({ name: 'AbortError' });
    door.open('value');
    expect(await Promise.all(others)).toEqual(['value', 'value']);
    expect(await load(1)).toBe('value');
    expect(calls).toBe(1);
  });

  test('before the call is refused at once, and nothing runs', async () => {
    const { cache } = pond();
    let calls = 0;
    const load = cache.cacheData(async () => ++calls);
    expect(await failureOf(load.withOptions({ signal: AbortSignal.abort('gone') })())).toBe('gone');
    expect(calls).toBe(0);
    expect(await load()).toBe(1);
  });

  test('as the last one aborts the signal that the function sees', async () => {
    const { cache } = pond();
    const signals: (AbortSignal | undefined)[] = [];
    const load = cache.cacheData(async (_id: number) => {
      signals.push(currentSignal());
      return gate<string>().passed;
    });
    const callers = [new AbortController(), new AbortController()];
    const answers = callers.map(({ signal }) => failureOf(load.withOptions({ signal })(1)));
    callers[0]?.abort();
    await answers[0];
    await settle();
    expect(signals[0]?.aborted).toBe(false);
    callers[1]?.abort();
    await answers[1];
    await settle();
    expect(signals[0]?.aborted).toBe(true);
    expect(currentSignal()).toBeUndefined();
  });

  test('of a resource does not disturb the others', async () => {
    const { cache } = pond();
    const door = gate<object>();
    const pool = cache.cacheResource(async () => door.passed);
    const caller = new AbortController();
    const gone = failureOf(pool.withOptions({ signal: caller.signal })());
    const stays = pool();
    caller.abort();
    expect(await gone).toMatchObject({ name: 'AbortError' });
    const built = {};
    door.open(built);
    expect(await stays).toBe(built);
  });
});

/** A function each of whose runs waits for the test, and answers with its number. */
function gated(options: { readonly kind: 'data' | 'resource' } = { kind: 'data' }) {
  const { cache } = pond();
  const doors: Gate<void>[] = [];
  const run = async (_id?: string): Promise<{ run: number }> => {
    const door = gate();
    const number = doors.push(door);
    await door.passed;
    return { run: number };
  };
  const load = options.kind === 'data' ? cache.cacheData(run) : cache.cacheResource(run);
  return { cache, load, open: (number: number) => doors[number - 1]?.open(), doors };
}

describe.each(['data', 'resource'] as const)('with %s,', (kind) => {
  test('S67: a clear of the cache while it computes leaves its callers their value, and the next call runs', async () => {
    const { cache, load, open, doors } = gated({ kind });
    const first = load();
    await settle();
    await cache.clear();
    open(1);
    expect(await first).toEqual({ run: 1 });
    const second = load();
    await settle();
    open(2);
    expect([await second, await load()]).toEqual([{ run: 2 }, { run: 2 }]);
    expect(doors).toHaveLength(2);
  });

  test('S68: a delete while two keys compute outdates that key only', async () => {
    const { load, open, doors } = gated({ kind });
    const [one, two] = [load('one'), load('two')];
    await settle();
    await load.delete('one');
    open(1);
    open(2);
    expect(await Promise.all([one, two])).toEqual([{ run: 1 }, { run: 2 }]);
    const again = load('one');
    await settle();
    open(3);
    expect([await again, await load('two')]).toEqual([{ run: 3 }, { run: 2 }]);
    expect(doors).toHaveLength(3);
  });

  test('S70: a call after a clear does not join the run from before it', async () => {
    const { load, open, doors } = gated({ kind });
    const old = load();
    await settle();
    await load.clear();
    const fresh = load();
    await settle();
    expect(doors).toHaveLength(2);
    open(2);
    expect(await fresh).toEqual({ run: 2 });
    open(1);
    expect(await old).toEqual({ run: 1 });
    expect(await load()).toEqual({ run: 2 });
  });

  test('S70: an invalidation holds from the moment it is asked for, before its promise resolves', async () => {
    const { cache, load, open, doors } = gated({ kind });
    const old = load();
    await settle();
    const drops: (() => Promise<unknown>)[] = [load.delete, load.clear, cache.clear];
    const calls = drops.map((drop) => {
      void drop();
      return load();
    });
    await settle();
    expect(doors).toHaveLength(4);
    for (let number = 1; number <= 4; number += 1) open(number);
    expect(await Promise.all([old, ...calls])).toEqual([{ run: 1 }, { run: 2 }, { run: 3 }, { run: 4 }]);
  });
});

describe('S69: a clear inside the function itself', () => {
  test('outdates the run of an asynchronous function', async () => {
    const { cache } = pond();
    let calls = 0;
    const load: { (): Promise<number>; clear(): Promise<unknown> } = cache.cacheData(async (): Promise<number> => {
      calls += 1;
      const run = calls;
      if (run === 1) await load.clear();
      return run;
    });
    expect([await load(), await load(), await load()]).toEqual([1, 2, 2]);
    expect(calls).toBe(2);
  });

  test('outdates the run of a function that does not wait', async () => {
    const { cache } = pond();
    let calls = 0;
    const load: { (): Promise<number>; delete(): Promise<unknown> } = cache.cacheData((): number => {
      calls += 1;
      if (calls === 1) void load.delete();
      return calls;
    });
    expect([await load(), await load(), await load()]).toEqual([1, 2, 2]);
  });

  test.each(['delete', 'clear', 'all'] as const)('outdates the run of a synchronous one (%s)', (how) => {
    const { cache } = pond();
    let calls = 0;
    const drop = (): void => {
      if (how === 'all') void cache.clear();
      else load[how]();
    };
    const load: { (): number; delete(): void; clear(): void } = cache.cacheDataSync((): number => {
      calls += 1;
      if (calls === 1) drop();
      return calls;
    });
    expect([load(), load(), load()]).toEqual([1, 2, 2]);
  });
});

import { describe, expect, test } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf, gate, unchecked } from '../support/gate.js';

class Handle {
  readonly socket = (): void => {};
}

test('S71: a result that a clear has discarded need not be data', async () => {
  const { cache } = pond();
  const door = gate();
  const handle = new Handle();
  const load = cache.cacheData(async () => {
    await door.passed;
    return handle;
  });
  const first = load();
  await settle();
  await load.clear();
  door.open();
  expect(await first).toBe(handle);
  expect(load.has()).toBe(false);
});

test('S71: a resource that a clear has discarded is released only after its owner has it', async () => {
  const { cache } = pond();
  const door = gate();
  const released: unknown[] = [];
  const pool = cache.cacheResource(
    async () => {
      await door.passed;
      return { name: 'pool' };
    },
    { onRelease: (resource, reason) => released.push([resource, reason]) },
  );
  const owners = [pool(), pool()];
  await settle();
  await pool.clear();
  door.open();
  for (const owner of owners) {
    await owner;
    expect(released).toEqual([]);
    await Promise.resolve();
    expect(released).toEqual([]);
  }
  await settle();
  await settle();
  expect(released).toEqual([[{ name: 'pool' }, 'discard']]);
});

test('S72: delete drops one call, whatever its arguments look like', async () => {
  const { cache } = pond();
  let calls = 0;
  const load = cache.cacheData(async (_id?: unknown) => ++calls);
  const ids = [0, '', false, null, undefined, Number.NaN, 'a', { a: 1 }];
  for (const id of ids) await load(id);
  for (const id of ids) {
    const before = calls;
    await load.delete(id);
    expect(ids.map((other) => load.has(other))).toEqual(ids.map((other) => !Object.is(other, id)));
    await load(id);
    expect(calls).toBe(before + 1);
  }
});

test('S72: dropping what is not there does nothing, and arguments without a key are refused', async () => {
  const { cache } = pond();
  let calls = 0;
  const load = cache.cacheData(async (_id: unknown) => ++calls);
  await load('a');
  expect(await load.delete('b')).toEqual({ store: 'none' });
  expect(await load('a')).toBe(1);
  expect(await failureOf(load.delete(() => {}))).toMatchObject({ code: 'ERR_MILLPOND_UNHASHABLE_ARGUMENT' });
  expect(await load('a')).toBe(1);
  const sync = cache.cacheDataSync((_id: unknown) => ++calls);
  sync('a');
  expect(() => sync.delete(() => {})).toThrow(expect.objectContaining({ code: 'ERR_MILLPOND_UNHASHABLE_ARGUMENT' }));
  sync.delete('b');
  expect(sync.has('a')).toBe(true);
});

test('S73: clearing an inner function leaves the kept result of the outer', async () => {
  const { cache } = pond();
  const calls = { inner: 0, outer: 0 };
  const inner = cache.cacheData(async () => ++calls.inner);
  const outer = cache.cacheData(async () => {
    calls.outer += 1;
    return { inner: await inner() };
  });
  expect(await outer()).toEqual({ inner: 1 });
  await inner.clear();
  expect(await outer()).toEqual({ inner: 1 });
  expect(calls).toEqual({ inner: 1, outer: 1 });
});

describe('S74: a call that would wait for itself', () => {
  test('rejects at once, and the function works afterwards', async () => {
    const { cache } = pond();
    const load: (n: number) => Promise<number> = cache.cacheData(async (n: number) => n + (await load(n)), {
      name: 'load',
    });
    const error = await failureOf(load(1));
    expect(error).toMatchObject({ code: 'ERR_MILLPOND_RECURSIVE_CALL', message: expect.stringContaining('load') });
    expect(await failureOf(load(1))).toMatchObject({ code: 'ERR_MILLPOND_RECURSIVE_CALL' });
  });

  test('may catch that and answer', async () => {
    const { cache } = pond();
    const load: (n: number) => Promise<string> = cache.cacheData(async (n: number): Promise<string> => {
      const error = await failureOf(load(n));
      return (error as Error).name;
    });
    expect(await load(1)).toBe('CacheError');
  });

  test('is found through other functions', async () => {
    const { cache } = pond();
    const even: (n: number) => Promise<boolean> = cache.cacheData(async (n: number): Promise<boolean> => odd(n));
    const odd: (n: number) => Promise<boolean> = cache.cacheData(async (n: number): Promise<boolean> => even(n));
    expect(await failureOf(even(1))).toMatchObject({ code: 'ERR_MILLPOND_RECURSIVE_CALL' });
  });

  test('is found in a synchronous function and in a resource', async () => {
    const { cache } = pond();
    const sync: (n: number) => number = cache.cacheDataSync((n: number): number => sync(n) + 1);
    expect(() => sync(1)).toThrow(expect.objectContaining({ code: 'ERR_MILLPOND_RECURSIVE_CALL' }));
    const pool: () => Promise<object> = cache.cacheResource(async (): Promise<object> => ({ inner: await pool() }));
    expect(await failureOf(pool())).toMatchObject({ code: 'ERR_MILLPOND_RECURSIVE_CALL' });
  });

  test('is none when its key is another: Fibonacci runs once a number', async () => {
    const { cache } = pond();
    let calls = 0;
    const fibonacci: (n: number) => Promise<number> = cache.cacheData(async (n: number): Promise<number> => {
      calls += 1;
      if (n < 2) return n;
      const [one, two] = await Promise.all([fibonacci(n - 1), fibonacci(n - 2)]);
      return one + two;
    });
    expect(await fibonacci(30)).toBe(832_040);
    expect(calls).toBe(31);
  });
});

test('S75: fifty clears at once are safe, and the function works afterwards', async () => {
  const { cache } = pond();
  const door = gate();
  let calls = 0;
  const load = cache.cacheData(async (id: number) => {
    calls += 1;
    await door.passed;
    return id;
  });
  const running = [load(1), load(2)];
  await settle();
  const drops: (() => Promise<unknown>)[] = [() => cache.clear(), load.clear, () => load.delete(1)];
  await Promise.all(Array.from({ length: 50 }, async (_, turn) => drops[turn % 3]?.()));
  door.open();
  expect(await Promise.all(running)).toEqual([1, 2]);
  expect(calls).toBe(2);
  expect([await load(1), await load(1)]).toEqual([1, 1]);
  expect(calls).toBe(3);
});

/** Bytes in use after everything unreachable has gone. */
async function heap(): Promise<number> {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error('run with --expose-gc');
  for (let turn = 0; turn < 3; turn += 1) {
    await settle();
    gc();
  }
  return process.memoryUsage().heapUsed;
}

test('S76: nothing is left of keys that have expired, failed or been dropped', async () => {
  const { cache, clock } = pond();
  const load = cache.cacheData(
    async (id: string) => {
      if (id.startsWith('fail')) throw new Error(id);
      return { id };
    },
    { ttl: '1m', tags: (_, id) => [`tag ${id}`] },
  );
  const pool = cache.cacheResource(async (id: string) => ({ id }), { ttl: '1m', releaseAfter: 0 });
  const refused = cache.cacheDataSync((id: string) => id, { tags: (id) => [`tag ${id}`], when: () => false });
  let round = 0;
  const turn = async (): Promise<void> => {
    round += 1;
    for (let i = 0; i < 2_500; i += 1) {
      await load(`expire ${round} ${i}`);
      await load(`delete ${round} ${i}`);
      await load.delete(`delete ${round} ${i}`);
      await load.delete(`unknown ${round} ${i}`);
      await load(`fail ${round} ${i}`).catch(() => {});
      await load(`tag ${round} ${i}`);
      await cache.invalidateTags(`tag tag ${round} ${i}`);
      await pool(`${round} ${i}`);
      refused(`refused ${round} ${i}`);
      const gone = AbortSignal.abort();
      const beside = [load(`beside ${round} ${i}`), load.refresh(`beside ${round} ${i}`)];
      await Promise.allSettled([...beside, load.withOptions({ signal: gone })(`gone ${round} ${i}`)]);
    }
    await clock.advance(10 * 60_000);
    await load.clear();
    await pool.clear();
    await settle();
  };
  await turn();
  await turn();
  const before = await heap();
  await turn();
  await turn();
  await turn();
  const left = (await heap()) - before;
  expect(cache.stats().entries).toBe(0);
  // 60,000 keys more: one remembered text of each would be above 2.5 MB.
  expect(left).toBeLessThan(1_000_000);
});

test('a signal that is none is refused where the options are given', () => {
  const { cache } = pond();
  const load = cache.cacheData(async () => 1);
  for (const options of [{ signal: 'stop' }, { copy: 'share' }, { ttl: '1m' }]) {
    expect(() => load.withOptions(unchecked(options))).toThrow(
      expect.objectContaining({ code: 'ERR_MILLPOND_INVALID_OPTION' }),
    );
  }
});

import { describe, expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf, unchecked } from '../support/gate.js';

test('hazard 44: the computing caller, its waiters and its refreshes own their copies', async () => {
  const { cache } = pond();
  const kept = { rows: [{ n: 1 }] };
  const load = cache.cacheData(async () => kept);
  const [leader, follower] = await Promise.all([load(), load()]);
  const refreshed = await load.refresh();
  const answers = [leader, follower, refreshed, await load()];
  expect(new Set([kept, ...answers]).size).toBe(5);
  expect(new Set([kept, ...answers].map(({ rows }) => rows[0])).size).toBe(5);
  for (const answer of answers) answer.rows[0] = { n: 99 };
  kept.rows.push({ n: 2 });
  expect(await load()).toEqual({ rows: [{ n: 1 }] });
});

test('hazard 44: a synchronous function keeps no reference into the cache either', () => {
  const { cache } = pond();
  const kept = { rows: [1] };
  const load = cache.cacheDataSync(() => kept);
  const first = load();
  first.rows.push(2);
  kept.rows.push(3);
  expect(load()).toEqual({ rows: [1] });
});

describe('hazard 45: a value is read once:', () => {
  test('a getter that answers otherwise the second time does not get past the check', async () => {
    const { cache } = pond();
    let reads = 0;
    const load = cache.cacheData(async () => ({
      get shifty(): unknown {
        reads += 1;
        return reads === 1 ? 'data' : () => 'code';
      },
    }));
    const [first, second] = [await load(), await load()];
    expect([first, second]).toStrictEqual([{ shifty: 'data' }, { shifty: 'data' }]);
    expect(reads).toBe(1);
  });

  test('neither does a proxy', async () => {
    const { cache } = pond();
    const reads = new Map<PropertyKey, number>();
    const target = { a: 1, b: [1] };
    const load = cache.cacheData(async () => ({
      inner: new Proxy(target, {
        get(object, key, receiver): unknown {
          const before = reads.get(key) ?? 0;
          reads.set(key, before + 1);
          return before === 0 ? Reflect.get(object, key, receiver) : () => 'code';
        },
      }),
    }));
    const answer = await load().catch((error: unknown) => error);
    // A proxy may be refused as a whole; what is kept of one must be what was checked.
    if (answer instanceof Error) expect(answer).toMatchObject({ code: 'ERR_MILLPOND_UNCACHEABLE_VALUE' });
    else expect([answer, await load()]).toEqual([{ inner: { a: 1, b: [1] } }, { inner: { a: 1, b: [1] } }]);
    expect([reads.get('a') ?? 0, reads.get('b') ?? 0].every((count) => count <= 1)).toBe(true);
  });

  test('an array whose items change under the walk', async () => {
    const { cache } = pond();
    let reads = 0;
    const load = cache.cacheData(async () => {
      const list: unknown[] = [1, 2];
      return Object.defineProperty(list, 1, {
        enumerable: true,
        get: () => (++reads === 1 ? 'data' : () => 'code'),
      });
    });
    expect([await load(), await load()]).toEqual([
      [1, 'data'],
      [1, 'data'],
    ]);
    expect(reads).toBe(1);
  });
});

describe('hazard 46: binary data', () => {
  test('that is a window of a large buffer is kept without the rest', async () => {
    const { cache } = pond();
    const pool = Buffer.alloc(1_000_000, 'secret ');
    const views = () => ({
      buffer: pool.subarray(10, 20),
      bytes: new Uint8Array(pool.buffer, pool.byteOffset + 10, 10),
      view: new DataView(pool.buffer, pool.byteOffset + 10, 10),
    });
    const load = cache.cacheData(async () => views());
    for (const answer of [await load(), await load()]) {
      for (const view of [answer.buffer, answer.bytes, answer.view]) {
        expect([view.byteLength, view.buffer.byteLength]).toEqual([10, 10]);
        expect(view.buffer).not.toBe(pool.buffer);
      }
      expect(answer.buffer.toString()).toBe(pool.toString('latin1', 10, 20));
      expect(Buffer.isBuffer(answer.buffer)).toBe(true);
      answer.buffer.fill(0);
    }
    expect(cache.stats().bytes).toBeLessThan(10_000);
  });

  test('that is small is not a window of Node’s pool', async () => {
    const { cache } = pond();
    const load = cache.cacheData(async () => Buffer.from('abc'));
    for (const answer of [await load(), await load()]) expect(answer.buffer.byteLength).toBe(3);
  });

  test('that other threads can change is refused', async () => {
    const { cache } = pond();
    for (const make of [() => new SharedArrayBuffer(8), () => new Uint8Array(new SharedArrayBuffer(8))]) {
      const error = await failureOf(cache.cacheData(async () => ({ shared: make() }))());
      expect(error).toMatchObject({ code: 'ERR_MILLPOND_UNCACHEABLE_VALUE' });
      expect(error).toMatchObject({ message: expect.stringContaining('result.shared') });
    }
  });
});

describe('hazard 46: `copy: freeze`', () => {
  test('shares one frozen value, and leaves the function’s own object alone', async () => {
    const { cache } = pond();
    const kept = { list: [{ n: 1 }] };
    const load = cache.cacheData(async () => kept, { copy: 'freeze' });
    const [first, second] = [await load(), await load()];
    expect(first).toBe(second);
    expect(load.peek()).toBe(first);
    expect([first, first.list, first.list[0]].every((part) => Object.isFrozen(part))).toBe(true);
    expect([kept, kept.list, kept.list[0]].some((part) => Object.isFrozen(part))).toBe(false);
    expect(first).not.toBe(kept);
    kept.list.push({ n: 2 });
    expect(await load()).toEqual({ list: [{ n: 1 }] });
    expect(() => (first as { list: unknown[] }).list.push(3)).toThrow(TypeError);
  });

  test('works in a synchronous function, and from a store', async () => {
    const { cache } = pond();
    const sync = cache.cacheDataSync(() => ({ list: [1] }), { copy: 'freeze' });
    expect(sync()).toBe(sync());
    expect(Object.isFrozen(sync().list)).toBe(true);
    const data = new Map<string, unknown>();
    const clock = fakeClock();
    for (let turn = 0; turn < 2; turn += 1) {
      const over = createCache({ name: 'shop', store: data, clock });
      const load = over.cacheData(async () => ({ list: [1] }), { name: 'load', copy: 'freeze' });
      expect(Object.isFrozen((await load()).list)).toBe(true);
      expect(await load()).toBe(await load());
      await over.close();
    }
  });

  test.each<[string, () => unknown]>([
    ['a Map', () => new Map([[1, 2]])],
    ['a Set', () => new Set([1])],
    ['a Date', () => new Date(0)],
    ['a Buffer', () => Buffer.from('a')],
    ['a typed array', () => new Float64Array(1)],
    ['an ArrayBuffer', () => new ArrayBuffer(1)],
  ])('refuses %s, which freezing does not make constant', async (_, make) => {
    const { cache } = pond();
    const load = cache.cacheData(async () => ({ inner: [make()] }), { copy: 'freeze' });
    const error = await failureOf(load());
    expect(error).toMatchObject({ code: 'ERR_MILLPOND_UNCACHEABLE_VALUE' });
    expect(error).toMatchObject({ message: expect.stringContaining('result.inner[0]') });
    expect(load.has()).toBe(false);
  });
});

test('hazard 46: `copy: share` hands out the kept value itself', async () => {
  const { cache } = pond();
  const load = cache.cacheData(async () => ({ list: [1] }), { copy: 'share' });
  const first = await load();
  expect([await load(), load.peek()]).toEqual([first, first]);
  expect(await load()).toBe(first);
});

test('hazard 46: one call cannot loosen how the function copies', async () => {
  const { cache } = pond();
  const load = cache.cacheData(async () => ({ list: [1] }));
  for (const copy of ['share', 'freeze', 'clone']) {
    expect(() => load.withOptions(unchecked({ copy }))).toThrow(
      expect.objectContaining({ code: 'ERR_MILLPOND_INVALID_OPTION' }),
    );
  }
});

describe('hazard 46: the unusual', () => {
  test('array with properties of its own keeps them, or is refused', async () => {
    const { cache } = pond();
    const load = cache.cacheData(async () => Object.assign([1, 2], { total: 3 }));
    for (const answer of [await load(), await load()]) {
      expect([...answer]).toEqual([1, 2]);
      expect(answer.total).toBe(3);
    }
  });

  test('object without a prototype stays one', async () => {
    const { cache } = pond();
    const load = cache.cacheData(async (): Promise<unknown> => Object.assign(Object.create(null) as object, { a: 1 }));
    for (const answer of [await load(), await load()]) {
      expect(Object.getPrototypeOf(answer)).toBeNull();
      expect(answer).toMatchObject({ a: 1 });
    }
  });

  test.each<[string, () => unknown]>([
    ['array', () => new (class Rows extends Array<number> {})(3)],
    ['Map', () => new (class Registry extends Map<string, number> {})([['a', 1]])],
    ['Date', () => new (class Day extends Date {})(0)],
    ['Uint8Array', () => new (class Bytes extends Uint8Array {})(3)],
  ])('subclass of %s is never quietly turned into its base', async (_, make) => {
    const { cache } = pond();
    const load = cache.cacheData(async () => ({ value: make() }));
    const answer = await load().catch((error: unknown) => error);
    expect(answer).toMatchObject({ code: 'ERR_MILLPOND_UNCACHEABLE_VALUE' });
  });

  test('result nested 100 000 deep comes back, or is an error of its own', async () => {
    const { cache } = pond();
    let calls = 0;
    const load = cache.cacheData(async (deep: boolean) => {
      calls += 1;
      let value: unknown = 1;
      for (let i = deep ? 100_000 : 0; i > 0; i -= 1) value = i % 2 === 0 ? [value] : { value };
      return { value };
    });
    const answer = await load(true).catch((error: unknown) => error);
    if (answer instanceof Error) expect(answer).toMatchObject({ code: 'ERR_MILLPOND_UNCACHEABLE_VALUE' });
    else expect(Object.keys(answer as object)).toEqual(['value']);
    expect(await load(false)).toEqual({ value: 1 });
    expect(calls).toBe(2);
  });
});

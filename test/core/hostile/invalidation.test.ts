import { describe, expect, test } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf, gate } from '../support/gate.js';

type Drop = (made: {
  cache: ReturnType<typeof pond>['cache'];
  load: { delete(): unknown; clear(): unknown };
}) => unknown;

const drops: [string, Drop][] = [
  ['delete', ({ load }) => load.delete()],
  ['clear', ({ load }) => load.clear()],
  ['clear of the cache', ({ cache }) => cache.clear()],
  ['invalidateTags', ({ cache }) => cache.invalidateTags('t')],
];

describe.each(drops)('an invalidation by %s holds when it comes', (_, drop) => {
  test('from the option `when`', async () => {
    const { cache } = pond();
    let calls = 0;
    const load = cache.cacheData(async () => ++calls, {
      tags: () => ['t'],
      when(value) {
        if (value === 1) void drop({ cache, load });
        return true;
      },
    });
    expect(await load()).toBe(1);
    expect(await load()).toBe(2);
    expect(await load()).toBe(2);
  });

  test('from the option `when` of a synchronous function', () => {
    const { cache } = pond();
    let calls = 0;
    const load = cache.cacheDataSync(() => ++calls, {
      tags: () => ['t'],
      when(value) {
        if (value === 1) void drop({ cache, load });
        return true;
      },
    });
    expect([load(), load(), load()]).toEqual([1, 2, 2]);
  });

  test.each(['tags', 'ttl'] as const)('from the option `%s`', async (option) => {
    const { cache } = pond();
    let calls = 0;
    const dropOnce = (value: number): void => void (value === 1 && drop({ cache, load }));
    const load = cache.cacheData(async (): Promise<number> => ++calls, {
      tags: (value: number) => (option === 'tags' && dropOnce(value), ['t']),
      ttl: (value: number) => (option === 'ttl' && dropOnce(value), '1h'),
    });
    expect([await load(), await load(), await load()]).toEqual([1, 2, 2]);
  });

  test('from a listener that hears that the run has ended, whose own call runs anew', async () => {
    const { cache } = pond();
    let calls = 0;
    const load = cache.cacheData(async () => ++calls, { tags: () => ['t'] });
    let again: Promise<number> | undefined;
    cache.on('computed', () => {
      if (again !== undefined) return;
      void drop({ cache, load });
      again = load();
    });
    expect(await load()).toBe(1);
    expect(await again).toBe(2);
    expect(await load()).toBe(2);
  });

  test('from a listener that hears what the new entry has pushed out', async () => {
    const { cache } = pond();
    let calls = 0;
    const load = cache.cacheData(async () => ++calls, { tags: () => ['t'], maxEntries: 5 });
    await load();
    let dropped = false;
    cache.on('removed', () => {
      if (dropped) return;
      dropped = true;
      void drop({ cache, load });
    });
    expect(await load.refresh()).toBe(2);
    expect(await load()).toBe(3);
    expect(await load()).toBe(3);
  });

  test('from a listener that hears what a synchronous run has pushed out', () => {
    const { cache } = pond();
    let calls = 0;
    const load = cache.cacheDataSync(() => ++calls, { tags: () => ['t'] });
    load();
    let dropped = false;
    cache.on('removed', () => {
      if (dropped) return;
      dropped = true;
      void drop({ cache, load });
    });
    expect([load.refresh(), load(), load()]).toEqual([2, 3, 3]);
  });

  test('in any microtask around the end of a run', async () => {
    for (let turns = 0; turns < 12; turns += 1) {
      const { cache } = pond();
      let calls = 0;
      const door = gate<number>();
      const load = cache.cacheData(async () => (++calls === 1 ? door.passed : calls), { tags: () => ['t'] });
      const first = load();
      await settle();
      door.open(1);
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      void drop({ cache, load });
      const after = load();
      expect([turns, await first, await after]).toEqual([turns, 1, 2]);
      expect(await load()).toBe(2);
    }
  });

  test('for resources, from a listener that hears what the new one has pushed out', async () => {
    const { cache } = pond();
    if (drop === drops[3]?.[1]) return;
    let built = 0;
    const pool = cache.cacheResource(async () => ({ id: ++built }));
    await pool();
    let dropped = false;
    cache.on('removed', () => {
      if (dropped) return;
      dropped = true;
      void drop({ cache, load: pool });
    });
    expect((await pool.refresh()).id).toBe(2);
    expect((await pool()).id).toBe(3);
    expect((await pool()).id).toBe(3);
  });
});

test('a call made as soon as a run has failed runs anew', async () => {
  const { cache } = pond();
  let calls = 0;
  const load = cache.cacheData(async () => {
    if (++calls === 1) throw new Error('first');
    return calls;
  });
  let again: Promise<number> | undefined;
  cache.on('failed', () => {
    again = load();
  });
  expect(await failureOf(load())).toMatchObject({ message: 'first' });
  expect(await again).toBe(2);
});

test('a resource asked for as soon as its factory has failed is built anew', async () => {
  const { cache } = pond();
  let calls = 0;
  const pool = cache.cacheResource(async () => {
    if (++calls === 1) throw new Error('first');
    return { calls };
  });
  let again: Promise<unknown> | undefined;
  cache.on('failed', () => {
    again = pool();
  });
  expect(await failureOf(pool())).toMatchObject({ message: 'first' });
  expect(await again).toEqual({ calls: 2 });
});

test('hazard 14: an expired value that was pushed out and then invalidated does not stand in for a failure', async () => {
  const { cache, clock } = pond();
  const door = gate<string>();
  let waits = false;
  const load = cache.cacheData(async (id: string) => (waits && id === 'a' ? door.passed : `old ${id}`), {
    ttl: '1m',
    staleIfError: '1h',
    tags: () => ['t'],
    maxEntries: 1,
  });
  await load('a');
  await clock.advance(60_000);
  waits = true;
  const waiting = failureOf(load('a'));
  await settle();
  await load('b');
  await load.delete('b');
  await cache.invalidateTags('t');
  door.fail(new Error('down'));
  expect(await waiting).toMatchObject({ message: 'down' });
});
test('hazard 14: the same for synchronous functions', async () => {
  const { cache, clock } = pond();
  let failing = false;
  const other = cache.cacheDataSync((id: string) => id, { tags: () => ['t'] });
  const load = cache.cacheDataSync(
    (id: string): string => {
      if (!failing) return `old ${id}`;
      load2('b');
      void cache.invalidateTags('t');
      throw new Error('down');
    },
    { ttl: '1m', staleIfError: '1h', tags: () => ['t'], maxEntries: 1 },
  );
  const load2 = (id: string): void => {
    failing = false;
    load(id);
    load.delete(id);
    failing = true;
    other('x');
  };
  load('a');
  await clock.advance(60_000);
  failing = true;
  expect(() => load('a')).toThrow('down');
});

test('hazard 14: what is deleted by a listener that hears of the failure does not stand in for it', async () => {
  const { cache, clock } = pond();
  let failing = false;
  const load = cache.cacheData(
    async () => {
      if (failing) throw new Error('down');
      return 'old';
    },
    { ttl: '1m', staleIfError: '1h' },
  );
  await load();
  failing = true;
  await clock.advance('2m');
  cache.on('failed', () => void load.delete());
  expect(await failureOf(load())).toMatchObject({ message: 'down' });
});

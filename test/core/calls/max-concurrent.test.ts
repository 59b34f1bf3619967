import { describe, expect, test } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { pond, record } from '../support/cache.js';
import { failureOf, gate, watch, type Gate } from '../support/gate.js';
import { gatedRuns } from '../support/gated-runs.js';

describe('hazard 50: maxConcurrent', () => {
  test('runs so many at once, and the others in the order of their calls', async () => {
    const { load, answer, doors } = gatedRuns({ maxConcurrent: 2 });
    const calls = ['a', 'b', 'c', 'd'].map((id) => load(id));
    await settle();
    expect(doors).toHaveLength(2);
    await answer(1, 'A');
    expect(doors).toHaveLength(3);
    await answer(3, 'C');
    await answer(2, 'B');
    await answer(4, 'D');
    expect(await Promise.all(calls)).toEqual(['A', 'B', 'C', 'D']);
  });

  test('gives the place of a run that fails to the next', async () => {
    const { load, answer, doors } = gatedRuns({ maxConcurrent: 1 });
    const failing = failureOf(load('a'));
    const next = load('b');
    await settle();
    doors[0]?.fail(new Error('down'));
    await failing;
    await answer(2, 'B');
    expect(await next).toBe('B');
  });

  test('lets those wait together who wait for one key', async () => {
    const { load, answer, doors } = gatedRuns({ maxConcurrent: 1 });
    const first = load('a');
    const waiting = [load('b'), load('b')];
    await answer(1, 'A');
    await answer(2, 'B');
    expect(await Promise.all([first, ...waiting])).toEqual(['A', 'B', 'B']);
    expect(doors).toHaveLength(2);
  });

  test('refuses what finds the line full, with an error of its own', async () => {
    const { load } = gatedRuns({ maxConcurrent: 1 });
    for (let id = 0; id < 11; id += 1) void load(String(id));
    await settle();
    expect(await failureOf(load('one too many'))).toMatchObject({
      code: 'ERR_MILLPOND_OVERLOADED',
      message: expect.stringMatching(/maxConcurrent/),
    });
  });

  test('serves what is stale to one who finds the line full', async () => {
    const { clock, load, answer } = gatedRuns({ maxConcurrent: 1, ttl: '10s', staleIfError: '1h' });
    const first = load('a');
    await answer(1, 'old');
    await first;
    await clock.advance(10_000);
    for (let id = 0; id < 11; id += 1) void load(String(id));
    await settle();
    expect(await load('a')).toBe('old');
  });

  test('does not begin what nobody waits for any more', async () => {
    const { load, answer, doors } = gatedRuns({ maxConcurrent: 1 });
    const first = load('a');
    const leaving = new AbortController();
    const left = failureOf(load.withOptions({ signal: leaving.signal })('b'));
    const last = load('c');
    await settle();
    leaving.abort();
    await left;
    await answer(1, 'A');
    await first;
    await answer(2, 'C');
    expect(await last).toBe('C');
    expect(doors).toHaveLength(2);
  });

  test('hazard 18: does not let runs that never end keep others from running for ever', async () => {
    const { clock, load, answer, doors } = gatedRuns({ maxConcurrent: 1, flightTimeout: '10s' });
    void load('hangs');
    const inLine = load('a');
    await clock.advance('10s');
    const next = load('b');
    await answer(2, 'A');
    expect(await inLine).toBe('A');
    await answer(3, 'B');
    expect(await next).toBe('B');
    // One that ends after all gives its place back once.
    await answer(1, 'late');
    void load('c');
    void load('d');
    await settle();
    expect(doors).toHaveLength(4);
  });

  test('does not let a key stand in line twice, nor leave its run behind as soon as it has begun', async () => {
    const { cache, clock, load, answer, doors } = gatedRuns({ maxConcurrent: 1, flightTimeout: '10s' });
    const abandoned = record(cache, 'abandoned');
    const first = load('a');
    await clock.advance('9s');
    const early = load('b');
    await answer(1, 'A');
    await first;
    const inLine = load('c');
    await clock.advance('9s');
    await answer(2, 'B');
    await early;
    await clock.advance('5s');
    const joins = load('c');
    await answer(3, 'C');
    expect(doors).toHaveLength(3);
    expect(abandoned).toEqual([]);
    expect(await Promise.all([inLine, joins])).toEqual(['C', 'C']);
  });

  test('does not let a run wait for its own place', async () => {
    const { cache } = pond();
    const count: (n: number) => Promise<number> = cache.cacheData(
      async (n: number): Promise<number> => (n === 0 ? 0 : 1 + (await count(n - 1))),
      { maxConcurrent: 1 },
    );
    expect(await count(20)).toBe(20);
  });

  test('lets in what a run with a place calls, though the line is full', async () => {
    const { cache } = pond();
    const door = gate();
    const load: (id: string) => Promise<string> = cache.cacheData(
      async (id: string): Promise<string> => {
        if (id !== 'outer') return id;
        await door.passed;
        return load('inner');
      },
      { maxConcurrent: 1 },
    );
    const outer = load('outer');
    const line = Array.from({ length: 10 }, (_, place) => load(`in line ${place}`));
    await settle();
    door.open();
    expect(await outer).toBe('inner');
    expect(await Promise.all(line)).toHaveLength(10);
  });

  test('does not let runs of two functions wait for the places of each other', async () => {
    const { cache } = pond();
    const doors: Gate<void>[] = [];
    const atDoor = (): Promise<void> => {
      const door = gate();
      doors.push(door);
      return door.passed;
    };
    const left: (n: number) => Promise<string> = cache.cacheData(
      async (n: number): Promise<string> => {
        await atDoor();
        return n === 0 ? 'l' : `l${await right(n - 1)}`;
      },
      { maxConcurrent: 1 },
    );
    const right: (n: number) => Promise<string> = cache.cacheData(
      async (n: number): Promise<string> => {
        await atDoor();
        return n === 0 ? 'r' : `r${await left(n - 1)}`;
      },
      { maxConcurrent: 1 },
    );
    const both = Promise.all([left(3), right(3), left(2), right(2)]);
    const state = watch(both);
    for (let turn = 0; turn < 20 && !state.settled; turn += 1) {
      await settle();
      for (const door of doors.splice(0)) door.open();
    }
    expect(await both).toEqual(['lrlr', 'rlrl', 'lrl', 'rlr']);
  });

  test('lets in what stands in line when a run with a place comes to wait for it', async () => {
    const { cache } = pond();
    const door = gate();
    const seen: string[] = [];
    const load: (id: string) => Promise<string> = cache.cacheData(
      async (id: string): Promise<string> => {
        seen.push(id);
        if (id !== 'outer') return id;
        await door.passed;
        return `outer of ${await load('inner')}`;
      },
      { maxConcurrent: 1 },
    );
    const outer = load('outer');
    const inner = load('inner');
    await settle();
    expect(seen).toEqual(['outer']);
    door.open();
    expect(await Promise.all([outer, inner])).toEqual(['outer of inner', 'inner']);
  });

  test('holds behind a look into the store too', async () => {
    const { cache } = pond({ name: 'shop', store: new Map() });
    const doors: Gate<void>[] = [];
    const load = cache.cacheData(
      async (id: string) => {
        const door = gate();
        doors.push(door);
        await door.passed;
        return id;
      },
      { maxConcurrent: 1 },
    );
    const calls = [load('a'), load('b')];
    for (let turn = 0; turn < 10; turn += 1) await settle();
    expect(doors).toHaveLength(1);
    doors[0]?.open();
    for (let turn = 0; turn < 10; turn += 1) await settle();
    doors[1]?.open();
    expect(await Promise.all(calls)).toEqual(['a', 'b']);
  });

  test('hands the function what its arguments were at the call, however long it stands in line', async () => {
    const { cache } = pond();
    const door = gate();
    const seen: unknown[] = [];
    const load = cache.cacheData(
      async (query: { id: string }) => {
        seen.push({ ...query });
        await door.passed;
        return query.id;
      },
      { maxConcurrent: 1 },
    );
    const first = load({ id: 'a' });
    const query = { id: 'b' };
    const second = load(query);
    query.id = 'changed';
    door.open();
    expect(await Promise.all([first, second])).toEqual(['a', 'b']);
    expect(seen).toEqual([{ id: 'a' }, { id: 'b' }]);
  });
});

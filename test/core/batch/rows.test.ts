import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { defineHasher } from '@millpond/core';
import { pond } from '../support/cache.js';
import { failureOf, unchecked } from '../support/gate.js';
import { Table, usersOf, type User } from './support/users.js';

/** What each of several calls came to: its row, or what it failed with. */
async function outcomes(calls: readonly Promise<unknown>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(calls);
  return settled.map((each) => (each.status === 'fulfilled' ? each.value : each.reason));
}

describe('an id without a row', () => {
  test('answers undefined, and is kept like any answer', async () => {
    const table = new Table();
    table.missing.add('nobody');
    const user = usersOf(pond().cache, table);
    expect(await user.many(['a', 'nobody'])).toEqual([{ id: 'a', version: 1 }, undefined]);
    expect([await user('nobody'), user.has('nobody')]).toEqual([undefined, true]);
    expect(table.loads).toHaveLength(1);
  });

  test('answers undefined when a Map does not have it', async () => {
    const load = pond().cache.cacheBatch(async (_ids: readonly string[]) => new Map([['a', 1]]));
    expect(await load.many(['a', 'b'])).toEqual([1, undefined]);
  });

  test('answers null when that is its row', async () => {
    const load = pond().cache.cacheBatch(async (ids: readonly string[]) => ids.map(() => null));
    expect([await load('a'), load.has('a'), load.peek('a')]).toEqual([null, true, null]);
  });
});

describe('rows by idOf', () => {
  test('of ids that were not asked for are ignored', async () => {
    let loads = 0;
    const load = pond().cache.cacheBatch(
      async (_ids: readonly string[]) => {
        loads += 1;
        return [{ id: 'x' }, { id: 'a' }];
      },
      { idOf: (row) => row.id },
    );
    expect(await load('a')).toEqual({ id: 'a' });
    expect(load.has('x')).toBe(false);
    await load('x');
    expect(loads).toBe(2);
  });

  test('of which there are two for one id fail that id alone', async () => {
    const load = pond().cache.cacheBatch(
      async (_ids: readonly string[]) => [
        { id: 'a', n: 1 },
        { id: 'b', n: 2 },
        { id: 'a', n: 3 },
      ],
      { name: 'load', idOf: (row) => row.id },
    );
    const [a, b] = await outcomes([load('a'), load('b')]);
    expect(b).toEqual({ id: 'b', n: 2 });
    expect(a).toMatchObject({
      code: 'ERR_MILLPOND_BATCH',
      message: expect.stringMatching(/^load: the load returned more than one row of "a".*a Map from id to list/),
    });
    expect([load.has('a'), load.has('b')]).toEqual([false, true]);
  });

  test('whose ids are of another type are an error, and not a lack of rows', async () => {
    const load = pond().cache.cacheBatch(async (_ids: readonly string[]) => [{ id: 42 }], {
      name: 'load',
      idOf: unchecked((row: { id: number }) => row.id),
    });
    expect(await failureOf(load('42'))).toMatchObject({
      code: 'ERR_MILLPOND_BATCH',
      message: expect.stringContaining('asked for "42" (a string) and returned the row of 42 (a number)'),
    });
    expect(load.has('42')).toBe(false);
  });

  test('fail the load when one of them is an error, since it cannot be told whose', async () => {
    const error = new Error('mine');
    const load = pond().cache.cacheBatch(async (_ids: readonly string[]) => [{ id: 'a' }, error], {
      idOf: (row) => ('id' in row ? row.id : ''),
    });
    expect(await outcomes([load('a'), load('b')])).toEqual([error, error]);
  });

  test('fail with what idOf throws', async () => {
    const error = new Error('mine');
    const load = pond().cache.cacheBatch(async (ids: readonly string[]) => [...ids], {
      idOf: () => {
        throw error;
      },
    });
    expect(await failureOf(load('a'))).toBe(error);
  });

  test('fail when an id of theirs has no key, with the cause', async () => {
    class Id {}
    const load = pond().cache.cacheBatch(async (_ids: readonly unknown[]) => [{ id: new Id() }], {
      name: 'load',
      idOf: (row) => row.id,
    });
    expect(await failureOf(load('a'))).toMatchObject({
      message: expect.stringContaining('returned a row whose id, an instance of Id, has no key'),
      cause: { code: 'ERR_MILLPOND_UNHASHABLE_ARGUMENT' },
    });
  });

  test('may have ids of a class that has a hasher', async () => {
    class ObjectId {
      constructor(readonly hex: string) {}
    }
    const load = pond().cache.cacheBatch(
      async (ids: readonly ObjectId[]) => ids.map(({ hex }) => ({ hex })).toReversed(),
      {
        idOf: (row) => new ObjectId(row.hex),
        hashers: [defineHasher(ObjectId, (id) => id.hex)],
      },
    );
    expect(await load.many([new ObjectId('a'), new ObjectId('b')])).toEqual([{ hex: 'a' }, { hex: 'b' }]);
  });
});

describe('rows in the order of the ids', () => {
  test.each([
    [1, 'asked for 2 and returned an array of 1'],
    [3, 'asked for 2 and returned an array of 3'],
  ])('that are %i for 2 ids are an error for both, and nothing is kept', async (length, message) => {
    const load = pond().cache.cacheBatch(async (_ids: readonly string[]) => Array<number>(length).fill(0));
    const [a, b] = await outcomes([load('a'), load('b')]);
    expect(a).toBe(b);
    expect(a).toMatchObject({ code: 'ERR_MILLPOND_BATCH', message: expect.stringContaining(message) });
    expect(load.stats().entries).toBe(0);
  });

  test.each([[undefined], ['rows'], [{ a: 1 }], [new Set([1])]])('that are %o are an error', async (answer) => {
    const cache = pond().cache;
    for (const options of [{}, { idOf: () => 'a' }]) {
      const load = cache.cacheBatch(
        unchecked(async () => answer),
        unchecked(options),
      ) as (id: string) => Promise<unknown>;
      expect(await failureOf(load('a'))).toMatchObject({ code: 'ERR_MILLPOND_BATCH' });
    }
  });

  test('may come as they are, without a promise', async () => {
    const load = pond().cache.cacheBatch((ids: readonly number[]) => ids.map((id) => id * 2));
    expect(await load.many([2, 1])).toEqual([4, 2]);
  });
});

describe('partial failure', () => {
  const error = new Error('no a');

  test.each<[string, (ids: readonly string[]) => unknown]>([
    ['in its place', (ids) => ids.map((id) => (id === 'a' ? error : id))],
    ['in a Map', (ids) => new Map(ids.map((id) => [id, id === 'a' ? error : id]))],
  ])('an error %s is the failure of its id alone, and is not kept', async (_where, answer) => {
    let loads = 0;
    const load = pond().cache.cacheBatch((ids: readonly string[]) => {
      loads += 1;
      return answer(ids) as string[];
    });
    expect(await outcomes([load('a'), load('b'), load('a')])).toEqual([error, 'b', error]);
    expect([load.has('a'), load.has('b')]).toEqual([false, true]);
    expect(await failureOf(load.many(['b', 'a']))).toBe(error);
    expect(loads).toBe(2);
    expect(load.stats().errors).toBe(2);
  });

  test('an error of another realm is one too', async () => {
    const foreign: unknown = runInNewContext('new Error("from elsewhere")');
    const load = pond().cache.cacheBatch(async (ids: readonly string[]) => ids.map(() => foreign));
    expect(await failureOf(load('a'))).toBe(foreign);
  });

  test('a value that cannot be kept fails its id alone', async () => {
    const load = pond().cache.cacheBatch(async (ids: readonly string[]) =>
      ids.map((id) => (id === 'a' ? () => id : id)),
    );
    const [a, b] = await outcomes([load('a'), load('b')]);
    expect(a).toMatchObject({ code: 'ERR_MILLPOND_UNCACHEABLE_VALUE' });
    expect(b).toBe('b');
  });

  test('a load that rejects fails all of its ids with the same error, and the next call loads again', async () => {
    const table = new Table();
    const user = usersOf(pond().cache, table, { maxBatchSize: 2 });
    const down = new Error('down');
    table.failure = down;
    for (const failure of await outcomes(['a', 'b', 'a', 'c'].map(user))) expect(failure).toBe(down);
    expect(user.stats().entries).toBe(0);
    table.failure = undefined;
    expect(await user('a')).toEqual({ id: 'a', version: 1 });
    expect(table.loads).toEqual([['a', 'b'], ['c'], ['a']]);
  });

  test('a load that throws at once is one that rejects', async () => {
    const down = new Error('down');
    const load = pond().cache.cacheBatch((_ids: readonly string[]): string[] => {
      throw down;
    });
    expect(await outcomes([load('a'), load('b')])).toEqual([down, down]);
  });

  test('one of two loads that fails leaves the other alone', async () => {
    const load = pond().cache.cacheBatch(
      async (ids: readonly number[]) => {
        if (ids.includes(3)) throw new Error('three');
        return [...ids];
      },
      { maxBatchSize: 2 },
    );
    expect(await outcomes([1, 2, 3, 4].map((id) => load(id)))).toEqual([1, 2, new Error('three'), new Error('three')]);
  });

  test('staleIfError serves the old row of each id', async () => {
    const { cache, clock } = pond();
    const table = new Table();
    const user = usersOf(cache, table, { ttl: '1m', staleIfError: '1h' });
    await user('a');
    await clock.advance('2m');
    table.failure = new Error('down');
    const [a, b] = await outcomes([user('a'), user('b')]);
    expect([a, b]).toEqual([{ id: 'a', version: 1 } satisfies User, table.failure]);
  });
});

import { execFile } from 'node:child_process';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runInThisContext } from 'node:vm';
import { expect, test } from 'vitest';
import { CacheError, createCache } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';
import { pond } from '../support/cache.js';
import { failureOf } from '../support/gate.js';
import { keysAmong, serial } from '../support/serial.js';

class Session {
  readonly user = 'ann';
}

test.each<[string, unknown, RegExp]>([
  ['a function', () => {}, /function/i],
  ['a promise', Promise.resolve(1), /promise/i],
  ['a stream', Readable.from([]), /stream|Readable/i],
  ['a symbol', Symbol('id'), /symbol/i],
  ['a WeakMap', new WeakMap(), /WeakMap/],
  ['a WeakSet', new WeakSet(), /WeakSet/],
  ['a generator', (function* () {})(), /generator|iterator/i],
  ['an instance of a class', new Session(), /Session/],
  ['an Error', new Error('no'), /Error/],
])('S23, S24: %s as an argument is refused with its place and type, and nothing runs', async (_, value, type) => {
  const fn = serial();
  const direct = await failureOf(fn(1, value));
  expect(direct).toBeInstanceOf(CacheError);
  expect(direct).toMatchObject({ code: 'ERR_MILLPOND_UNHASHABLE_ARGUMENT' });
  expect(direct).toMatchObject({ message: expect.stringMatching(type) });
  expect(direct).toMatchObject({ message: expect.stringMatching(/load.*args\[1\]/) });
  const deep = await failureOf(fn({ user: { list: [0, value] } }));
  expect(deep).toMatchObject({ message: expect.stringMatching(/args\[0\]\.user\.list\[1\]/) });
  const inMap = await failureOf(fn(new Map([['a', value]])));
  expect(inMap).toMatchObject({ code: 'ERR_MILLPOND_UNHASHABLE_ARGUMENT' });
  expect(fn.calls).toBe(0);
});

test('S29: what `ignoreArgs` leaves out may differ, and may have no key', async () => {
  const fn = serial({ ignoreArgs: [1] });
  const lists = [[1, 'a'], [1, 'b'], [1, () => {}], [1, new Session()], [1]];
  expect(await keysAmong(lists, fn)).toBe(1);
  expect(fn.calls).toBe(1);
  expect(
    await keysAmong(
      [
        [1, 'a'],
        [2, 'a'],
        [1, 'a', 3],
      ],
      fn,
    ),
  ).toBe(3);
  expect(fn.calls).toBe(3);
});

test('S30: a property named _id is part of the key', async () => {
  expect(await keysAmong([[{ _id: 1 }], [{ _id: 2 }], [{}]])).toBe(3);
});

test('S31: a trailing undefined is as good as nothing', async () => {
  const fn = serial();
  expect(await keysAmong([[1], [1, undefined], [1, undefined, undefined]], fn)).toBe(1);
  expect(fn.calls).toBe(1);
  expect(await keysAmong([[], [undefined]])).toBe(1);
  expect(await keysAmong([[1], [undefined, 1], [1, undefined, 2], [1, null]])).toBe(4);
});

test('S32: the key is taken before the function can change its argument', async () => {
  const { cache } = pond();
  let calls = 0;
  const grow = cache.cacheData(async (list: number[]) => {
    calls += 1;
    list.push(99);
    return list.length;
  });
  const mine = [1];
  expect(await grow(mine)).toBe(2);
  expect(mine).toEqual([1, 99]);
  expect(await grow(mine)).toBe(3);
  expect(calls).toBe(2);
  expect(await grow([1])).toBe(2);
  expect(calls).toBe(2);
});

test('S32: a caller who changes the argument while the store is read does not leave a wrong entry', async () => {
  const data = new Map<string, unknown>();
  const cache = createCache({ name: 'shop', store: data, clock: fakeClock() });
  const sum = cache.cacheData(async (list: number[]) => list.reduce((total, n) => total + n, 0), { name: 'sum' });
  const mine = [1, 2];
  const first = sum(mine);
  const second = sum([1, 2]);
  mine.push(10);
  expect([3, 13]).toContain(await first);
  expect(await second).toBe(3);
  expect([await sum([1, 2]), await sum([1, 2, 10])]).toEqual([3, 13]);
  await cache.close();
});

test('S34: an argument nested 100 000 deep has a key or an error of its own, and the next call works', async () => {
  const nested = (): unknown => {
    let value: unknown = 1;
    for (let i = 0; i < 100_000; i += 1) value = i % 2 === 0 ? [value] : { value };
    return value;
  };
  const fn = serial();
  const outcome = await fn(nested()).catch((error: unknown) => error);
  if (typeof outcome === 'number') expect(await fn(nested())).toBe(outcome);
  else expect(outcome).toMatchObject({ code: 'ERR_MILLPOND_UNHASHABLE_ARGUMENT' });
  expect(await fn('next')).toBe(fn.calls);
});

test('the `key` option replaces the arguments, and its answer is keyed like one', async () => {
  const fn = serial({ key: (request) => [(request as { id: number }).id] });
  const lists = [[{ id: 1, at: 1 }], [{ id: 1, at: 2 }, 'more'], [{ id: 1, socket: () => {} }]];
  expect(await keysAmong(lists, fn)).toBe(1);
  expect(await keysAmong([[{ id: 1 }], [{ id: '1' }], [{ id: 2 }]], fn)).toBe(3);
});

const list = `[
  ['42', 7, -0, 1n, NaN, null, undefined, true],
  [{ b: 2, a: [1, { c: new Date(5) }] }, new Map([['y', 1], ['x', new Set([2, 1])]])],
  [new Uint8Array([1, 2, 3]), /a+/gi, new URL('https://example.org/')],
  ['long '.repeat(1000), Array.from({ length: 500 }, (_, i) => ({ i }))],
]`;

test('S35: another process gives the same arguments the same key', async () => {
  // The other process runs the built package: its hash seeds, caches of shapes and order of calls are its own.
  const script = `
    import { createCache } from '@millpond/core';
    const load = createCache().cacheData(async (...args) => args.length, { name: 'load' });
    load.keyOf('something else first', { z: 1 });
    console.log(JSON.stringify(${list}.reverse().map((args) => load.keyOf(...args)).reverse()));`;
  const cwd = fileURLToPath(new URL('../../..', import.meta.url));
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd });
  const here = createCache({ clock: fakeClock() }).cacheData(async (...args: readonly unknown[]) => args.length);
  const lists = runInThisContext(list) as unknown[][];
  expect(JSON.parse(stdout)).toEqual(lists.map((args) => here.keyOf(...args)));
});

test('S35: a restarted process finds what was kept under equal arguments', async () => {
  const data = new Map<string, unknown>();
  const clock = fakeClock();
  let calls = 0;
  const start = async (): Promise<void> => {
    const cache = createCache({ name: 'shop', store: data, clock });
    const load = cache.cacheData(async (...args: readonly unknown[]) => ((calls += 1), args.length), { name: 'load' });
    for (const args of runInThisContext(list) as unknown[][]) await load(...args);
    await cache.close();
  };
  await start();
  expect(calls).toBe(4);
  await start();
  expect(calls).toBe(4);
});

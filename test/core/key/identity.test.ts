import { runInThisContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { defineHasher, digest, identify, showKey } from '../../../packages/core/src/key/index.js';
import { errorOf, keyOf } from './support.js';

const none = { name: undefined, version: undefined, stored: false, where: 'cacheData(load)' };

describe('identify', () => {
  test('S05: functions of different names or different code have different identities', () => {
    const load = { load: (id: number) => id }.load;
    const other = { load: (id: number) => id + 1 }.load;
    const named = { find: (id: number) => id }.find;
    const names = [load, other, named].map((fn) => identify(fn, none).name);
    expect(new Set(names).size).toBe(3);
    expect(names[0]).toMatch(/^load@[\w-]{32}$/);
    expect(identify(load, none).version).not.toBe(identify(other, none).version);
  });

  test('S06 and S07: closures of one factory have one identity, which is for the cache to tell apart', () => {
    const make = (n: number) => (id: number) => id + n;
    expect(identify(make(1), none)).toEqual(identify(make(2), none));
  });

  test('a given name and version stand for themselves', () => {
    expect(identify(() => 1, { ...none, name: 'load', version: '7' })).toEqual({ name: 'load', version: '7' });
    const { name, version } = identify(() => 1, { ...none, name: 'load' });
    expect([name, version]).toEqual(['load', identify(() => 1, none).version]);
  });

  test('a function without a name is anonymous, and the source is its own, not what toString says', () => {
    const fn = (
      () => () =>
        1
    )();
    expect(identify(fn, none).name).toMatch(/^anonymous@/);
    expect(
      identify(
        Object.assign(() => 1, { toString: () => 'x' }),
        none,
      ).version,
    ).toBe(identify(() => 1, none).version);
  });

  test('S33: hashers are no part of it', () => {
    const fn = (date: Date): number => date.getTime();
    const before = identify(fn, none);
    defineHasher(Date, (date) => date.getTime());
    expect(identify(fn, none)).toEqual(before);
  });

  test('S35: it is the same in every process', () => {
    expect(identify(runInThisContext('(function load(id) { return id })'), none)).toEqual({
      name: 'load@snJCK0KlJvYCadukRv6ZHfCkYdbOjK4X',
      version: 'snJCK0KlJvYCadukRv6ZHfCkYdbOjK4X',
    });
  });

  test.each([
    ['bound', keyOf.bind(undefined), 'wrap the function before you bind it'],
    ['built-in', Math.max, 'wrap it as (...args) => fn(...args)'],
    ['built-in', new Proxy(() => 1, {}), 'wrap it as (...args) => fn(...args)'],
  ])('hazard 21: over a store a %s function needs a version', (kind, fn, cure) => {
    const error = errorOf(() => identify(fn, { ...none, stored: true }));
    expect(error.code).toBe('ERR_MILLPOND_INVALID_OPTION');
    expect(error.message).toContain(`cacheData(load): the code of a ${kind} function cannot be seen`);
    expect(error.message).toContain("{ version: '1' }");
    expect(error.message).toContain(cure);
    expect(identify(fn, { ...none, stored: true, version: '1' }).version).toBe('1');
    expect(identify(fn, none).version).toMatch(/^[\w-]{32}$/);
  });
});

describe('digest', () => {
  test('is 192 bits of SHA-256, as base64url', () => {
    // SHA-256 of "abc" is ba7816bf 8f01cfea 414140de 5dae2223 b00361a3 96177a9c ... (FIPS 180-4, example).
    expect(Buffer.from(digest('abc'), 'base64url').toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9c',
    );
    expect(digest('abc')).toHaveLength(32);
  });

  test('tells texts apart that differ in a lone surrogate only', () => {
    expect(new Set(['\ud800', '\ud801', '\ufffd', '\udc00'].map(digest)).size).toBe(4);
  });
});

test('a key is shown as it is, or as its digest when it is long', () => {
  expect(showKey(keyOf('42'))).toBe('(s2:42)');
  const long = keyOf('x'.repeat(200));
  expect(showKey(long)).toBe(`digest:${digest(long)}`);
});

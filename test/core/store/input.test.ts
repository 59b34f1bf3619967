import KeyvRedis from '@keyv/redis';
import { Keyv as Keyv5 } from 'keyv5';
import { Keyv as Keyv6, KeyvMemoryAdapter } from 'keyv6';
import { describe, expect, test } from 'vitest';
import { checkStoreInput, diskStore, lmdbStore } from '../../../packages/core/src/store/index.js';

const refusal = (value: unknown): string => {
  try {
    checkStoreInput(value, 'createCache');
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_MILLPOND_INVALID_OPTION' });
    return error instanceof Error ? error.message : '';
  }
  return 'accepted';
};

describe('the option store', () => {
  test('takes a Keyv of 5 or 6, an adapter, a Map', () => {
    const stores = [
      new Keyv5(),
      new Keyv6(),
      new KeyvRedis('redis://127.0.0.1:1'),
      new KeyvMemoryAdapter(new Map()),
      new Map(),
    ];
    for (const store of stores) expect(refusal(store)).toBe('accepted');
  });

  test('refuses what is no store, and says what to do', () => {
    const cases: readonly (readonly [unknown, RegExp])[] = [
      ['redis://localhost', /createCache.*"redis:\/\/localhost".*silently become a store in memory.*KeyvRedis/s],
      [undefined, /undefined.*must be a Keyv instance/s],
      [null, /null.*must be/s],
      [42, /42.*must be/s],
      [{}, /an object.*must be/s],
      [[], /an array.*must be/s],
      [new WeakMap(), /WeakMap.*must be/s],
      [new Set(), /Set.*must be/s],
      [Keyv5, /call it first/],
      [async () => new Keyv5(), /call it first/],
      [Promise.resolve(new Keyv5()), /Await the promise/],
      [{ get() {}, set() {}, del() {} }, /bare client.*KeyvRedis/s],
      [diskStore({ path: 'somewhere' }), /persist/],
    ];
    for (const [value, message] of cases) expect(refusal(value)).toMatch(message);
  });
});

describe.each([
  ['diskStore', diskStore],
  ['lmdbStore', lmdbStore],
])('%s', (name, make) => {
  test('refuses a path that is none, a bound that is none, and what it does not know', () => {
    for (const path of ['', '  ', 'a\0b', undefined, 42]) {
      expect(() => make({ path: path as string })).toThrow(`${name}: option \`path\``);
    }
    for (const maxBytes of [0, -1, 1.5, '1 GB', Infinity]) {
      expect(() => make({ path: 'a', maxBytes: maxBytes as number })).toThrow(`${name}: option \`maxBytes\``);
    }
    expect(() => make({ path: 'a', maxSize: 1 } as never)).toThrow(/no option `maxSize`.*path, maxBytes/);
    expect(() => make('folder' as never)).toThrow(`${name}: option \`options\``);
  });
});

import { describe, expect, test } from 'vitest';
import { errorOf, keyer, keyOf, repeated } from './support.js';

describe('a list of arguments', () => {
  test('S31: trailing undefined arguments are trimmed, others are not', () => {
    expect(keyOf(1)).toBe(keyOf(1, undefined, undefined));
    expect(keyOf()).toBe(keyOf(undefined));
    expect(
      repeated([keyOf(), keyOf(null), keyOf(undefined, 1), keyOf(1), keyOf(1, undefined, 1), keyOf(1, 1)]),
    ).toEqual([]);
  });

  test('arguments are not the elements of one array', () => {
    expect(repeated([keyOf(1, 2), keyOf([1, 2]), keyOf([1], 2), keyOf([[1, 2]])])).toEqual([]);
  });

  test('a key never grows with its arguments', () => {
    const rows = Array.from({ length: 20_000 }, (_, id) => ({ id, name: `row ${id}` }));
    expect(keyOf(...rows).length).toBeLessThan(5000);
    expect(keyOf(rows).length).toBeLessThan(5000);
    expect(keyOf(rows)).toBe(keyOf(structuredClone(rows)));
    rows[12_345] = { id: -1, name: 'row 12345' };
    expect(keyOf(rows)).not.toBe(keyOf(structuredClone(rows).toReversed()));
    expect(keyOf(...rows)).not.toBe(keyOf(...rows.toReversed()));
  });
});

describe('ignoreArgs', () => {
  test('S29: an ignored argument may differ, and may have no key', () => {
    const load = keyer({ ignoreArgs: [1] });
    const key = load.keyOf(undefined, [1, 'a', 2]);
    for (const ignored of ['b', undefined, Symbol('x'), () => 1, new (class Socket {})()]) {
      expect(load.keyOf(undefined, [1, ignored, 2])).toBe(key);
    }
    expect(load.keyOf(undefined, [2, 'a', 2])).not.toBe(key);
    expect(load.keyOf(undefined, [1, 'a', 3])).not.toBe(key);
  });

  test('the others keep their places', () => {
    const load = keyer({ ignoreArgs: [1] });
    const calls = [[], [1], [1, 'x', 2], [2, 'x', 1], [1, 'x', undefined, 2], [undefined, 'x', 1]];
    expect(repeated(calls.map((args) => load.keyOf(undefined, args)))).toEqual([]);
    expect(load.keyOf(undefined, [1, 2])).toBe(load.keyOf(undefined, [1]));
  });

  test('ignored and undefined arguments at the end are trimmed', () => {
    const load = keyer({ ignoreArgs: [1, 2] });
    expect(load.keyOf(undefined, [1, 2, 3, undefined])).toBe(load.keyOf(undefined, [1]));
    expect(keyer({ ignoreArgs: [0] }).keyOf(undefined, [() => 1])).toBe(keyOf());
  });

  test('an ignored argument is not looked at', () => {
    let looked = 0;
    const curious = new Proxy(
      {},
      { getPrototypeOf: () => ((looked += 1), null), get: () => (looked += 1), ownKeys: () => ((looked += 1), []) },
    );
    keyer({ ignoreArgs: [0] }).keyOf(undefined, [curious, 1]);
    expect(looked).toBe(0);
  });
});

describe('key', () => {
  test('its result is keyed like an argument, and replaces all of them', () => {
    const load = keyer({ key: (user: { id: number }) => ({ id: user.id }) });
    const withSocket = { id: 1, socket: Symbol('x') };
    expect(load.keyOf(undefined, [withSocket, () => 1])).toBe(load.keyOf(undefined, [{ id: 1 }]));
    expect(load.keyOf(undefined, [{ id: 1 }])).not.toBe(load.keyOf(undefined, [{ id: '1' }]));
  });

  test('is called with all arguments and the `this` of the caller, and that is not in the key by itself', () => {
    const load = keyer({
      original(this: unknown) {
        return this;
      },
      key: function (this: { tenant: number }, ...args: readonly number[]) {
        return [this.tenant, ...args];
      },
      stored: true,
    });
    expect(load.keyOf({ tenant: 1 }, [2, 3])).toBe(load.keyOf({ tenant: 1 }, [2, 3]));
    const calls = [load.keyOf({ tenant: 1 }, [2]), load.keyOf({ tenant: 2 }, [2]), load.keyOf({ tenant: 1 }, [3])];
    expect(repeated(calls)).toEqual([]);
  });

  test('a refused part of its result is told with its path', () => {
    const load = keyer({ key: () => ({ socket: Symbol('x') }) });
    expect(errorOf(() => load.keyOf(undefined, [])).message).toMatch(/^load: key\(\.\.\.\)\.socket is a symbol/);
    expect(errorOf(() => keyer({ key: () => () => 1 }).keyOf(undefined, [])).message).toContain(
      'key(...) is a function, which has no key, so the function was not run. Pass what it depends on instead, or leave it out of what is returned.',
    );
    expect(errorOf(() => keyer({ key: async () => 1 }).keyOf(undefined, [])).message).toContain(
      'key(...) is a Promise',
    );
  });

  test('S27: when it throws, that is told with the cause', () => {
    const boom = new TypeError('no user');
    const load = keyer({
      key: () => {
        throw boom;
      },
    });
    const error = errorOf(() => load.keyOf(undefined, [1]));
    expect([error.code, error.cause]).toEqual(['ERR_MILLPOND_HASHER_FAILED', boom]);
    expect(error.message).toContain(
      'load: the key of the call (its option `key`) could not be made: key(...) threw TypeError: no user',
    );
    const rude = keyer({
      key: () => {
        throw 'nothing';
      },
    });
    expect(errorOf(() => rude.keyOf(undefined, [1])).message).toContain('key(...) threw "nothing"');
  });
});

import { describe, expect, test } from 'vitest';
import type { DataOptions } from '@millpond/core';
import { pond } from '../support/cache.js';
import { unchecked } from '../support/gate.js';

const leaveOut = { ignoreUnderscored: true } as const;

interface Log {
  readonly lines: string[];
}

describe('S29: with `ignoreUnderscored`, a parameter whose name begins with _', () => {
  test('may differ and may have no key; the others count', async () => {
    const { cache } = pond();
    let calls = 0;
    const load = cache.cacheData(
      async (id: string, _log: () => void, page: number) => `${id} ${page} ${++calls}`,
      leaveOut,
    );
    expect(await load('a', () => {}, 1)).toBe('a 1 1');
    expect(await load('a', () => {}, 1)).toBe('a 1 1');
    expect(await load('b', () => {}, 1)).toBe('b 1 2');
    expect(await load('a', () => {}, 2)).toBe('a 2 3');
  });

  test('is left out of synchronous functions and of resources too', async () => {
    const { cache } = pond();
    let calls = 0;
    const parse = cache.cacheDataSync((_log: Log, text: string) => `${text} ${++calls}`, leaveOut);
    expect([parse({ lines: [] }, 'a'), parse({ lines: ['x'] }, 'a'), parse({ lines: [] }, 'b')]).toEqual([
      'a 1',
      'a 1',
      'b 2',
    ]);
    const pool = cache.cacheResource(async (host: string, _log?: Log) => ({ host }), leaveOut);
    expect(await pool('db', { lines: [] })).toBe(await pool('db'));
    expect(await pool('other')).not.toBe(await pool('db'));
  });

  test('may have a default value, and a rest takes all of its arguments along', async () => {
    const { cache } = pond();
    const load = cache.cacheData(async (id: string, _log: unknown = ['(', ','], ..._rest: unknown[]) => id, leaveOut);
    expect(load.keyOf('a', 1, 2, 3)).toBe(
      load.keyOf(
        'a',
        () => {},
        () => {},
        () => {},
        () => {},
      ),
    );
    expect(load.keyOf('a', 1, 2, 3)).not.toBe(load.keyOf('b', 1, 2, 3));
  });

  test('is left out beside those of `ignoreArgs`', () => {
    const { cache } = pond();
    const load = cache.cacheData(async (a: number, b: number, _c: number, d: number) => a + b + d, {
      ...leaveOut,
      ignoreArgs: [1],
    });
    expect(load.keyOf(1, 2, 3, 4)).toBe(load.keyOf(1, 0, 0, 4));
    expect(load.keyOf(1, 2, 3, 4)).not.toBe(load.keyOf(1, 2, 3, 0));
  });

  test('is that of the source: what is taken apart has no name, and S30 holds of its properties', () => {
    const { cache } = pond();
    const load = cache.cacheData(async ({ _id }: { _id: number }, _log: Log) => _id, leaveOut);
    expect(load.keyOf({ _id: 1 }, { lines: [] })).toBe(load.keyOf({ _id: 1 }, { lines: ['x'] }));
    expect(load.keyOf({ _id: 1 }, { lines: [] })).not.toBe(load.keyOf({ _id: 2 }, { lines: [] }));
  });
});

test('without the option an underscore is a letter like any other', async () => {
  const { cache } = pond();
  for (const options of [{}, { ignoreUnderscored: false }, { ignoreUnderscored: undefined }]) {
    const load = cache.cacheData(async (_id: number) => _id, options);
    expect([await load(1), await load(2)]).toEqual([1, 2]);
  }
});

describe('S10: `ignoreUnderscored` is refused where the function is wrapped', () => {
  async function load(id: string, _log: Log): Promise<string> {
    return id;
  }
  const plain = async (id: string, { page }: { page: number }, ...more: string[]): Promise<string> =>
    `${id}${page}${more.join()}`;
  function decorated(fn: (...args: never) => unknown): (...args: readonly unknown[]) => unknown {
    return Object.defineProperty((..._args: readonly unknown[]) => fn, 'length', { value: fn.length });
  }

  test.each<[string, unknown, string]>([
    [
      'for a bound function',
      load.bind(undefined),
      'left out for a bound function, whose parameter names cannot be seen',
    ],
    ['for a proxy', new Proxy(load, {}), 'left out for a built-in function or a proxy, whose parameter names cannot'],
    ['for a built-in function', Math.max, 'left out for a built-in function or a proxy'],
    [
      'for a function behind another',
      decorated(load),
      'left out for this function, whose parameter names cannot be seen',
    ],
    ['where no name begins so', plain, 'none of whose parameters begins with _ (it has id, {}, ...more)'],
    ['where there are no parameters', () => 1, 'none of whose parameters begins with _ (it has none)'],
  ])('%s', (_, fn, message) => {
    const { cache } = pond();
    for (const wrap of [cache.cacheData, cache.cacheResource]) {
      const wrapping = () => wrap(fn as () => unknown, leaveOut);
      expect(wrapping).toThrow(expect.objectContaining({ code: 'ERR_MILLPOND_INVALID_OPTION' }));
      expect(wrapping).toThrow(message);
      expect(wrapping).toThrow('list the indexes of the arguments instead, such as ignoreArgs: [1]');
    }
  });

  test('when it is neither true nor false', () => {
    const { cache } = pond();
    const wrap = () => cache.cacheData(load, unchecked({ ignoreUnderscored: '_' }));
    expect(wrap).toThrow('`ignoreUnderscored` is "_", but it must be true or false');
  });

  test.each<DataOptions<[string, Log], string>>([{ ignoreUnderscored: true }, { ignoreArgs: [1] }])(
    'beside `key`, which takes the place of all arguments: %o',
    (options) => {
      const { cache } = pond();
      const wrap = () => cache.cacheData(load, { ...options, key: (id) => id });
      expect(wrap).toThrow(/option `ignore(Args|Underscored)` is .*left out where `key` is given/);
    },
  );
});

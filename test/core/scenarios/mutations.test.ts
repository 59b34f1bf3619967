import { afterEach, describe, expect, test, vi } from 'vitest';
import { createCache, recordCodec, type CacheEvent } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';
import { pond, record } from '../support/cache.js';
import { Money, User } from '../support/classes.js';
import { unchecked } from '../support/gate.js';

class Row {
  id = 1;
  tags = ['a'];
}

const value = () => ({
  rows: [new Row(), new Row()],
  byId: new Map<unknown, unknown>([
    [1, { name: 'one' }],
    [{ a: 1 }, { name: 'two' }],
  ]),
  ids: new Set<unknown>([1, 2]),
  at: new Date(0),
  bytes: Buffer.from('abc'),
  memory: new ArrayBuffer(4),
  link: new URL('https://a.example/'),
  query: new URLSearchParams('a=1'),
  headers: new Headers({ a: '1' }),
  error: new Error('x', { cause: { code: 1 } }),
  nested: { list: [[1, 2, 3]] } as Record<string, unknown>,
});
type Value = ReturnType<typeof value>;

/** What is told when somebody changes what he got. */
async function told(change: (value: Value) => unknown): Promise<CacheEvent[]> {
  const { cache } = pond({ detectMutations: true, logger: { warn: () => {} } });
  const heard = record(cache, 'mutated');
  const load = cache.cacheData(async (id: string) => ({ id, ...value() }), { copy: 'share', name: 'load' });
  for (let call = 0; call < 3; call += 1) await load('42');
  expect(heard).toEqual([]);
  change(await load('42'));
  for (let call = 0; call < 5; call += 1) await load('42');
  return heard;
}

describe("hazard 46: a change of a value of copy: 'share' is told with its place:", () => {
  test.each<[string, (value: Value) => unknown]>([
    ['result.nested.list[0][1]', ({ nested }) => ((nested['list'] as number[][])[0] ??= []).splice(1, 1, 9)],
    ['result.nested.list[0][3]', ({ nested }) => (nested['list'] as number[][])[0]?.push(9)],
    ['result.nested.list[0][2]', ({ nested }) => (nested['list'] as number[][])[0]?.pop()],
    ['result.nested.more', ({ nested }) => Object.assign(nested, { more: 1 })],
    ['result.nested.list', ({ nested }) => delete nested['list']],
    ['result.nested', (it) => Object.assign(it, { nested: {} })],
    ['result.rows[1].id', ({ rows }) => Object.assign(rows[1] ?? {}, { id: 7 })],
    ['result.rows[0].tags[0]', ({ rows }) => rows[0]?.tags.sort().unshift('0')],
    ['result.rows[0]', ({ rows }) => rows.push(rows.shift() as Row)],
    ['result.byId.get(1).name', ({ byId }) => Object.assign(byId.get(1) as object, { name: 'x' })],
    ['[...result.byId.values()][1].name', ({ byId }) => Object.assign([...byId.values()][1] as object, { name: 'x' })],
    ['[...result.byId.keys()][1].a', ({ byId }) => Object.assign([...byId.keys()][1] as object, { a: 2 })],
    ['result.byId.get("new")', ({ byId }) => byId.set('new', 1)],
    ['result.byId.get(1)', ({ byId }) => byId.set(1, 1)],
    ['[...result.byId.values()][1]', ({ byId }) => byId.delete([...byId.keys()][1])],
    ['[...result.ids][2]', ({ ids }) => ids.add(3)],
    ['[...result.ids][0]', ({ ids }) => ids.delete(1)],
    ['result.at', ({ at }) => at.setTime(1)],
    ['result.bytes', ({ bytes }) => bytes.fill(0)],
    ['result.memory', ({ memory }) => structuredClone(memory, { transfer: [memory] })],
    ['result.link', ({ link }) => (link.hash = 'x')],
    ['result.query', ({ query }) => query.append('b', '2')],
    ['result.headers', ({ headers }) => headers.set('b', '2')],
    ['result.error.message', ({ error }) => (error.message = 'y')],
    ['result.error.cause.code', ({ error }) => Object.assign(error.cause as object, { code: 2 })],
  ])('%s', async (path, change) => {
    expect(await told(change)).toEqual([
      {
        type: 'mutated',
        cache: undefined,
        fn: 'load',
        key: '(s2:42)',
        path,
        error: expect.objectContaining({ code: 'ERR_MILLPOND_VALUE_MUTATED', message: expect.stringContaining(path) }),
      },
    ]);
  });

  test('is heard again of the next value', async () => {
    const { cache } = pond({ detectMutations: true, logger: { warn: () => {} } });
    const heard = record(cache, 'mutated');
    const load = cache.cacheDataSync(() => ({ list: [1] }), { copy: 'share' });
    for (let turn = 0; turn < 2; turn += 1) {
      load().list.push(2);
      load();
      load.clear();
    }
    expect(heard).toHaveLength(2);
  });

  test('is heard of what came from a store, and of instances with a codec', async () => {
    const store = new Map<string, unknown>();
    const heard: unknown[] = [];
    for (let process = 0; process < 2; process += 1) {
      const cache = createCache({
        name: 'shop',
        store,
        clock: fakeClock(),
        codecs: recordCodec(User),
        detectMutations: true,
        logger: { warn: () => {} },
      });
      cache.on('mutated', ({ path }) => heard.push(path));
      const load = cache.cacheData(async () => [new User('Ada')], { copy: 'share', name: 'load', version: '1' });
      await load();
      await cache.flush();
      (await load())[0]?.rename('Eve');
      await load();
      await cache.close();
    }
    expect(heard).toEqual(['result[0].name', 'result[0].name']);
  });

  test('is logged once, when nobody listens', async () => {
    const said: string[] = [];
    const { cache } = pond({ detectMutations: true, logger: { warn: (message) => said.push(message) } });
    const load = cache.cacheData(async (id: number) => ({ id, n: 1 }), { copy: 'share', name: 'load' });
    for (const id of [1, 2]) {
      (await load(id)).n = 2;
      await load(id);
    }
    expect(said).toEqual([
      "millpond: mutated: load: result.n was changed after the value was kept, for everybody who gets it, since copy is 'share'. " +
        "Find who changes it, and change a copy there; or use copy: 'clone' or 'freeze'. (said once; listen to 'mutated' for all)",
    ]);
  });
});

describe('looking for changes', () => {
  test('runs no code of the value, and does not mind what it cannot see', async () => {
    const { cache } = pond({ detectMutations: true, logger: { warn: () => {} } });
    const heard = record(cache, 'mutated');
    const fail = (): never => {
      throw new Error('code of the value was run');
    };
    const load = cache.cacheData(
      async (): Promise<unknown> => [
        Object.defineProperty({}, 'a', { get: fail, enumerable: true }),
        new Proxy({}, { get: fail, ownKeys: fail, getOwnPropertyDescriptor: fail, getPrototypeOf: fail }),
        Object.defineProperty(new Map([[1, 2]]), 'entries', { value: fail }),
        Money.of(1),
        () => 1,
        new Uint8Array(new SharedArrayBuffer(8)),
        new WeakMap(),
        null,
        Symbol('x'),
      ],
      { copy: 'share' },
    );
    for (let call = 0; call < 3; call += 1) await load();
    expect(heard).toEqual([]);
  });

  test('goes on where it stopped, so that a large value is looked through in some calls', async () => {
    const { cache } = pond({ detectMutations: true, logger: { warn: () => {} } });
    const heard = record(cache, 'mutated');
    const load = cache.cacheDataSync(() => Array.from({ length: 2000 }, (_, id) => ({ id })), { copy: 'share' });
    Object.assign(load()[1900] ?? {}, { id: -1 });
    let calls = 0;
    while (heard.length === 0 && calls < 20) {
      load();
      calls += 1;
    }
    expect(heard).toMatchObject([{ path: 'result[1900].id' }]);
    expect(calls).toBeGreaterThan(1);
  });

  test('ends at the first 10,000 places, whatever is behind them', async () => {
    const { cache } = pond({ detectMutations: true, logger: { warn: () => {} } });
    const heard = record(cache, 'mutated');
    const load = cache.cacheDataSync(
      () => ({ near: [1], far: new Uint32Array(1_000_000), list: Array(50_000).fill(0) }),
      {
        copy: 'share',
      },
    );
    const got = load();
    got.far[999_999] = 1;
    got.list[49_999] = 1;
    for (let call = 0; call < 30; call += 1) load();
    expect(heard).toEqual([]);
    got.near[0] = 2;
    for (let call = 0; call < 30; call += 1) load();
    expect(heard).toMatchObject([{ path: 'result.near[0]' }]);
  });
});

describe('whether it is looked for', () => {
  afterEach(() => vi.unstubAllEnvs());

  async function isTold(detectMutations: boolean | undefined): Promise<boolean> {
    const { cache } = pond({ detectMutations, logger: { warn: () => {} } });
    const heard = record(cache, 'mutated');
    const load = cache.cacheData(async () => ({ n: 1 }), { copy: 'share' });
    (await load()).n = 2;
    await load();
    return heard.length > 0;
  }

  test.each<[string | undefined, boolean | undefined, boolean]>([
    [undefined, undefined, false],
    ['production', undefined, false],
    ['test', undefined, false],
    ['development', undefined, true],
    ['development', false, false],
    ['production', true, true],
  ])('with NODE_ENV %s and the option %s: %s', async (env, option, expected) => {
    vi.stubEnv('NODE_ENV', env);
    expect(await isTold(option)).toBe(expected);
  });

  test('S10: is true or false', () => {
    expect(() => createCache({ detectMutations: unchecked('yes') })).toThrow('option `detectMutations` is "yes"');
  });

  test('nothing is told of copies, which are for one caller each', async () => {
    const { cache } = pond({ detectMutations: true, logger: { warn: () => {} } });
    const heard = record(cache, 'mutated');
    const load = cache.cacheData(async () => ({ n: 1 }));
    (await load()).n = 2;
    await load();
    expect(heard).toEqual([]);
  });
});
